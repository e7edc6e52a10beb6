//! A line of a terminal that is written over and over: the last scores as a sparkline, and the last frame.

use std::collections::VecDeque;

/// Scores of the sparkline.
const WIDTH: usize = 32;
const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
/// Back to the start of the line, and nothing behind it.
const CLEAR: &str = "\r\x1b[K";

/// The last scores.
#[derive(Debug, Default)]
pub(super) struct Live(VecDeque<f32>);

impl Live {
    /// What to write for the next frame: a line that stays where it is told, and the line that lives.
    pub(super) fn next(&mut self, score: f32, text: &str, is_told: bool) -> String {
        if score.is_finite() {
            self.0.push_back(score);
            self.0.drain(..self.0.len().saturating_sub(WIDTH));
        }
        let stays = if is_told { format!("{text}\n") } else { String::new() };
        format!("{CLEAR}{stays}{}  {text}", self.bars())
    }

    fn bars(&self) -> String {
        let least = self.0.iter().copied().fold(f32::INFINITY, f32::min);
        let most = self.0.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let bar = |score: &f32| {
            let part = (score - least) / (most - least);
            BARS[if part.is_finite() { (part * 7.0).round() as usize } else { 7 }.min(7)]
        };
        self.0.iter().map(bar).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lowest_is_a_low_bar_and_memory_is_bounded() {
        let mut live = Live::default();
        let [.., last] = [-1.0, 0.0, -0.5].map(|score| live.next(score, "", false));
        assert_eq!(last, format!("{CLEAR}▁█▅  "));
        (0..1000).for_each(|_| drop(live.next(3.0, "row", true)));
        assert_eq!((live.0.len(), live.bars().chars().collect::<Vec<_>>()), (WIDTH, vec!['█'; WIDTH]));
        assert!(live.next(f32::NAN, "row 7", true).starts_with("\r\x1b[Krow 7\n"));
    }
}
