//! From unnormalised weights to masses in integers.

/// `m_k = 1 + ⌊a_k·(2^P − n)/Σa⌋`, cumulated; the first of the greatest shares also gets what is left over.
///
/// At most 2^P shares, each at most 2^16 and P at most 15, so that all fits in 32 bits. `cumulative` is one
/// longer than the shares.
pub(super) fn share_out(
    shares: impl ExactSizeIterator<Item = u32> + Clone,
    precision: u32,
    cumulative: &mut [u16],
) {
    let (slots, n) = (1_u32 << precision, shares.len() as u32);
    // where nothing has a weight, all have the same
    let (free, sum) = (slots - n, shares.clone().sum::<u32>());
    let mass = |share: u32| 1 + (share * free).checked_div(sum).unwrap_or(free / n);
    let rest = slots - shares.clone().map(mass).sum::<u32>();
    let greatest = shares.clone().max().unwrap_or(0);
    let mut gets_rest = shares.clone().take_while(|share| *share < greatest).count();
    let mut end = 0;
    for (cumulative, share) in cumulative.iter_mut().skip(1).zip(shares) {
        end += mass(share) + if gets_rest == 0 { rest } else { 0 };
        gets_rest = gets_rest.wrapping_sub(1);
        *cumulative = end as u16;
    }
}

#[cfg(test)]
mod tests {
    use super::share_out;

    #[test]
    fn all_slots_are_shared_out() {
        let cases: [([u32; 4], [u16; 4]); 5] = [
            ([1, 1, 1, 1], [4, 4, 4, 4]),
            ([0, 0, 0, 0], [4, 4, 4, 4]),
            ([0, 65_536, 0, 0], [1, 13, 1, 1]),
            ([5, 65_536, 65_536, 0], [1, 8, 6, 1]),
            ([3, 2, 3, 2], [6, 3, 4, 3]),
        ];
        for (shares, masses) in cases {
            let mut cumulative = [0; 5];
            share_out(shares.into_iter(), 4, &mut cumulative);
            let found: [u16; 4] = core::array::from_fn(|k| cumulative[k + 1] - cumulative[k]);
            assert_eq!(found, masses, "{shares:?}");
        }
    }
}
