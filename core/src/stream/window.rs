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
    turn: Turn,
}

/// Where the next row goes, and when the next frame is due.
#[derive(Clone, Copy, Debug)]
struct Turn {
    /// rows of a frame
    rows: usize,
    /// the place of the next row, which is that of the oldest
    next: usize,
    /// rows to the next frame
    left: usize,
    hop: usize,
}

impl Turn {
    const fn new(rows: usize, hop: usize) -> Self {
        Turn { rows, next: 0, left: rows, hop: if hop == 0 { 1 } else { hop } }
    }

    /// Behind the row that went to `next`: whether a frame is due, which begins at the new `next`.
    fn step(&mut self) -> bool {
        self.next += 1;
        if self.next >= self.rows {
            self.next = 0;
        }
        self.left = self.left.saturating_sub(1);
        if self.left > 0 {
            return false;
        }
        self.left = self.hop;
        true
    }
}

impl<const ROWS: usize, const CHANNELS: usize, const LEN: usize> Window<ROWS, CHANNELS, LEN> {
    /// An empty window, of which a frame is wanted every `hop` rows, at least one.
    pub const fn new(hop: usize) -> Self {
        const { assert!(LEN == ROWS * CHANNELS && LEN > 0, "a frame has ROWS · CHANNELS numbers") }
        Window { rows: [[[0.0; CHANNELS]; ROWS]; 2], turn: Turn::new(ROWS, hop) }
    }

    /// Takes the next row, and gives a frame where one is due: behind the
    /// first `ROWS` rows, then behind every `hop`.
    pub fn push(&mut self, row: &[f32; CHANNELS]) -> Option<&[f32; LEN]> {
        for half in &mut self.rows {
            if let Some(place) = half.get_mut(self.turn.next) {
                *place = *row;
            }
        }
        if !self.turn.step() {
            return None;
        }
        let numbers: &[f32] = self.rows.as_flattened().as_flattened();
        numbers.get(self.turn.next * CHANNELS..)?.first_chunk()
    }

    /// Forgets all rows: after a gap, a frame must not join what was before it to what comes after.
    pub fn reset(&mut self) {
        self.turn = Turn::new(ROWS, self.turn.hop);
    }
}

/// As [`Window`], of sizes known at run time, in memory of the caller's: beside a
/// [`Bounded`](crate::Bounded) model.
#[derive(Debug)]
pub struct BoundedWindow<'m> {
    /// twice the rows
    rows: &'m mut [f32],
    channels: usize,
    turn: Turn,
}

impl<'m> BoundedWindow<'m> {
    /// An empty window of `rows` rows of `channels` numbers, of which a frame is wanted every `hop` rows.
    /// Nothing where there is no row or number, or `memory` has less than `2 · rows · channels` numbers.
    pub fn new(rows: usize, channels: usize, hop: usize, memory: &'m mut [f32]) -> Option<Self> {
        let both = rows.checked_mul(channels)?.checked_mul(2).filter(|both| *both > 0)?;
        Some(BoundedWindow { rows: memory.get_mut(..both)?, channels, turn: Turn::new(rows, hop) })
    }

    /// Numbers of a row.
    pub fn channels(&self) -> usize {
        self.channels
    }

    /// As [`Window::push`]; nothing happens for a row of another length.
    pub fn push(&mut self, row: &[f32]) -> Option<&[f32]> {
        if row.len() != self.channels {
            return None;
        }
        let len = self.rows.len() / 2;
        for half in self.rows.chunks_exact_mut(len.max(1)) {
            half.iter_mut().skip(self.turn.next * self.channels).zip(row).for_each(|(place, x)| *place = *x);
        }
        if !self.turn.step() {
            return None;
        }
        self.rows.get(self.turn.next * self.channels..)?.get(..len)
    }

    /// As [`Window::reset`].
    pub fn reset(&mut self) {
        self.turn = Turn::new(self.turn.rows, self.turn.hop);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Frame j begins at row `hop·j`, whatever window and hop.
    fn check<const ROWS: usize, const LEN: usize>(hop: usize) {
        let mut window = Window::<ROWS, 3, LEN>::new(hop);
        let mut memory = [f32::NAN; 42];
        let mut bounded = BoundedWindow::new(ROWS, 3, hop, &mut memory).unwrap();
        assert_eq!(bounded.push(&[0.0; 2]), None, "no row");
        for _ in 0..2 {
            let mut frames = 0;
            for row in 0..100 {
                let number = |row: usize, channel: usize| (3 * row + channel) as f32;
                let numbers: [f32; 3] = core::array::from_fn(|c| number(row, c));
                let (frame, again) = (window.push(&numbers), bounded.push(&numbers));
                assert_eq!(frame.map(|frame| &frame[..]), again);
                let Some(frame) = frame else { continue };
                let first = frames * hop;
                assert_eq!(row + 1, first + ROWS, "due behind its last row");
                assert_eq!(*frame, core::array::from_fn(|i| number(first + i / 3, i % 3)));
                frames += 1;
            }
            assert_eq!(frames, (100 - ROWS) / hop + 1);
            window.reset();
            bounded.reset();
        }
    }

    #[test]
    fn memory_must_hold_the_rows_twice() {
        assert!(BoundedWindow::new(2, 3, 1, &mut [0.0; 11]).is_none());
        assert!(BoundedWindow::new(2, 3, 1, &mut [0.0; 12]).is_some());
        for (rows, channels) in [(0, 3), (3, 0), (usize::MAX, 2)] {
            assert!(BoundedWindow::new(rows, channels, 1, &mut [0.0; 12]).is_none());
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
