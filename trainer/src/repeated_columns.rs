//! Columns that say nothing of their own: constant ones, and bit-for-bit repeats of others.

/// What the columns of some rows have to do with one another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repeats {
    /// of each column, the first with the same bits in every row: itself where there is none before it
    first: Vec<usize>,
    /// of each column, whether all rows have the same bits there; such a one repeats nothing
    constant: Vec<bool>,
}

impl Repeats {
    /// Of rows of `dims` numbers.
    ///
    /// # Cost
    /// One pass over the rows, and another for each column whose hash was there before.
    pub fn of(values: &[f32], dims: usize) -> Self {
        // FNV's step with words for bytes: only as a hint, since equal hashes are looked at again
        let mut hashes = vec![0xcbf2_9ce4_8422_2325_u64; dims];
        let mut constant = vec![true; dims];
        for row in values.chunks_exact(dims) {
            for (i, x) in row.iter().enumerate() {
                hashes[i] = (hashes[i] ^ u64::from(x.to_bits())).wrapping_mul(0x0000_0100_0000_01b3);
                constant[i] &= x.to_bits() == values[i].to_bits();
            }
        }
        let is_same =
            |i: usize, j: usize| values.chunks_exact(dims).all(|row| row[i].to_bits() == row[j].to_bits());
        let repeats = |i: usize, j: usize| !constant[i] && hashes[i] == hashes[j] && is_same(i, j);
        let first = (0..dims).map(|i| (0..i).find(|j| repeats(i, *j)).unwrap_or(i)).collect();
        Repeats { first, constant }
    }

    /// Dimensions in which the rows lie: columns that vary and repeat no other.
    pub fn dims(&self) -> usize {
        self.first
            .iter()
            .zip(&self.constant)
            .enumerate()
            .filter(|(i, (first, constant))| *first == i && !**constant)
            .count()
    }

    /// Of each column, whether all rows have the same bits there.
    pub fn constant(&self) -> &[bool] {
        &self.constant
    }

    /// How many columns each one is among that have the same bits.
    pub fn copies(&self) -> Vec<usize> {
        let copies = |first| self.first.iter().filter(|other| *other == first).count();
        self.first.iter().map(copies).collect()
    }

    /// What a person who fits should know of columns that repeat others.
    pub fn note(&self, names: &[String]) -> Option<String> {
        let name = |i: usize| names.get(i).map_or("", String::as_str);
        let repeated = self.first.iter().enumerate().filter(|(i, first)| *first != i);
        let repeated = repeated.map(|(i, first)| format!("{} (of {})", name(i), name(*first)));
        listed(repeated.collect()).map(|columns| format!("repeats: {columns}; --drop leaves columns out"))
    }
}

/// The first few of these.
fn listed(columns: Vec<String>) -> Option<String> {
    const SHOWN: usize = 6;
    let shown = columns.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join(", ");
    match columns.len() {
        0 => None,
        count if count > SHOWN => Some(format!("{shown} and {} more", count - SHOWN)),
        _ => Some(shown),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constant_and_repeated_columns_are_found() {
        let rows = (0..9).flat_map(|i| {
            let x = (i * i) as f32;
            // the last one differs from the first in one row, by the sign of a zero
            [x, 7.0, -x, x, 7.0, x, if i == 0 { -0.0 } else { x }]
        });
        let repeats = Repeats::of(&rows.collect::<Vec<f32>>(), 7);
        assert_eq!(repeats.copies(), [3, 1, 1, 3, 1, 3, 1]);
        assert_eq!(repeats.dims(), 3);
        let names: Vec<String> = (0..7).map(|i| format!("x{i}")).collect();
        let note = repeats.note(&names).unwrap();
        assert_eq!(note, "repeats: x3 (of x0), x5 (of x0); --drop leaves columns out");
        assert_eq!(repeats.constant(), [false, true, false, false, true, false, false]);
        assert_eq!(Repeats::of(&[1.0, 2.0, 3.0, 5.0], 2).note(&names), None);
    }
}
