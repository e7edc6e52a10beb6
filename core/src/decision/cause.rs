//! Why a frame is unlikely: its features, the most surprising ones first.

/// A feature, and how unlikely its number is beside the others.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Cause {
    /// its place in the frame, from 0; in a window of rows of c numbers,
    /// number `feature % c` of row `feature / c`
    pub feature: usize,
    /// `−log p(x_i | the others)`, in nats of the features
    pub surprise: f32,
}

/// The `N` most surprising features, the greatest surprise first; as many
/// as there are, then features 0 with no surprise.
///
/// **Cost.** one comparison a feature for most of them.
pub fn top<const N: usize>(surprises: &[f32]) -> [Cause; N] {
    let mut top = [Cause::default(); N];
    for (feature, &surprise) in surprises.iter().enumerate() {
        if feature >= N && top.last().is_none_or(|last| last.surprise >= surprise) {
            continue;
        }
        let place = top.iter().take(feature).take_while(|cause| cause.surprise >= surprise).count();
        if let Some(behind) = top.get_mut(place..)
            && let Some(cause) = behind.last_mut()
        {
            *cause = Cause { feature, surprise };
            behind.rotate_right(1);
        }
    }
    top
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_greatest_come_first() {
        let of = |surprises: &[f32]| top::<3>(surprises).map(|cause| (cause.feature, cause.surprise));
        assert_eq!(of(&[1.0, 5.0, -2.0, 5.0, 3.0]), [(1, 5.0), (3, 5.0), (4, 3.0)]);
        assert_eq!(of(&[-3.0, -1.0, -2.0, -4.0]), [(1, -1.0), (2, -2.0), (0, -3.0)]);
        assert_eq!(of(&[-3.0]), [(0, -3.0), (0, 0.0), (0, 0.0)]);
        assert_eq!(of(&[]), [(0, 0.0); 3]);
        assert_eq!(top::<0>(&[1.0]), []);
    }
}
