//! The last rows of a stream as one frame.

/// The last `ROWS` rows of a stream of `CHANNELS` numbers each, as a frame of
/// `LEN = ROWS · CHANNELS` numbers, oldest row first; a new frame every `hop` rows, as
/// `elbow fit --window ROWS --hop HOP` cuts a file.
///
/// Each row is stored twice, `ROWS` places apart, so that the frame lies in one
/// piece wherever it begins and nothing is ever moved.
///
/// **Cost.** `2 · LEN` floats of memory; a row is two copies of itself, whatever the window.
#[derive(Clone, Debug)]
pub struct Window<const ROWS: usize, const CHANNELS: usize, const LEN: usize> {
    rows: [[[f32; CHANNELS]; ROWS]; 2],
    /// the place of the next row, which is that of the oldest
    next: usize,
    /// rows to the next frame
    left: usize,
    hop: usize,
}

impl<const ROWS: usize, const CHANNELS: usize, const LEN: usize> Window<ROWS, CHANNELS, LEN> {
    /// An empty window, of which a frame is wanted every `hop` rows, at least one.
    pub const fn new(hop: usize) -> Self {
        const { assert!(LEN == ROWS * CHANNELS && LEN > 0, "a frame has ROWS · CHANNELS numbers") }
        let hop = if hop == 0 { 1 } else { hop };
        Window { rows: [[[0.0; CHANNELS]; ROWS]; 2], next: 0, left: ROWS, hop }
    }

    /// Takes the next row, and gives a frame where one is due: behind the
    /// first `ROWS` rows, then behind every `hop`.
    pub fn push(&mut self, row: &[f32; CHANNELS]) -> Option<&[f32; LEN]> {
        for half in &mut self.rows {
            if let Some(place) = half.get_mut(self.next) {
                *place = *row;
            }
        }
        self.next = (self.next + 1) % ROWS;
        self.left -= 1;
        if self.left > 0 {
            return None;
        }
        self.left = self.hop;
        let numbers: &[f32] = self.rows.as_flattened().as_flattened();
        numbers.get(self.next * CHANNELS..)?.first_chunk()
    }

    /// Forgets all rows: after a gap, a frame must not join what was before it to what comes after.
    pub fn reset(&mut self) {
        (self.next, self.left) = (0, ROWS);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Frame j begins at row `hop·j`, whatever window and hop.
    fn check<const ROWS: usize, const LEN: usize>(hop: usize) {
        let mut window = Window::<ROWS, 3, LEN>::new(hop);
        for _ in 0..2 {
            let mut frames = 0;
            for row in 0..100 {
                let number = |row: usize, channel: usize| (3 * row + channel) as f32;
                let Some(frame) = window.push(&core::array::from_fn(|c| number(row, c))) else { continue };
                let first = frames * hop;
                assert_eq!(row + 1, first + ROWS, "due behind its last row");
                assert_eq!(*frame, core::array::from_fn(|i| number(first + i / 3, i % 3)));
                frames += 1;
            }
            assert_eq!(frames, (100 - ROWS) / hop + 1);
            window.reset();
        }
    }

    #[test]
    fn frames_are_those_of_a_file() {
        for hop in [1, 2, 3, 4, 5, 7, 40] {
            check::<1, 3>(hop);
            check::<2, 6>(hop);
            check::<4, 12>(hop);
            check::<7, 21>(hop);
        }
    }
}
