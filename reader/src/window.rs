//! Consecutive rows joined to one frame, as rows come.

use crate::categories::Category;
use crate::error::Problem;
use crate::options::LoadOptions;
use crate::table::Table;

/// Joins `window` rows to one every `hop` rows of a stretch: rows that follow each other in a file, under one
/// label, without a gap. What it holds does not grow with the file.
pub(crate) struct Cutter {
    window: usize,
    hop: usize,
    /// rows of the window in the making, one behind the other
    rows: Vec<f32>,
    /// the numbers of those in the file
    source: Vec<usize>,
    /// rows still to be passed over before the next window begins
    pass: usize,
    /// file's number and label of the last row; none where a stretch begins
    last: Option<(usize, Option<u32>)>,
    /// rows of the stretch so far
    length: usize,
    longest: usize,
    /// whether there was a window
    any: bool,
}

impl Cutter {
    pub(crate) fn new(options: &LoadOptions) -> Result<Self, Problem> {
        let (window, hop) = (options.window, options.hop.unwrap_or(options.window));
        if window == 0 || hop == 0 {
            return Err(Problem::ZeroWindow);
        }
        let (rows, source) = (Vec::new(), Vec::new());
        Ok(Cutter { window, hop, rows, source, pass: 0, last: None, length: 0, longest: 0, any: false })
    }

    /// Rows that are in about as many windows.
    pub(crate) fn overlap(&self) -> usize {
        self.window.div_ceil(self.hop)
    }

    /// Whether each row is a frame.
    pub(crate) fn takes_rows(&self) -> bool {
        (self.window, self.hop) == (1, 1)
    }

    /// Ends the stretch, as between files.
    pub(crate) fn end_stretch(&mut self) {
        self.last = None;
    }

    /// The frames that some more rows complete. Each stands at its first row, under the label of all of them,
    /// with the kept cells of the last one.
    pub(crate) fn cut(&mut self, table: Table) -> Table {
        if self.takes_rows() {
            self.any |= table.rows() > 0;
            return table;
        }
        let Table { values, source, classes, kept, breaks, skipped } = table;
        let (width, kept_width) = (values.len() / source.len().max(1), kept.len() / source.len().max(1));
        let mut frames = Table { skipped, ..Table::default() };
        let mut breaks = breaks.into_iter().peekable();
        for (at, row) in source.into_iter().enumerate() {
            let class = classes.get(at).copied();
            let is_break = breaks.next_if_eq(&at).is_some();
            self.step(row, class, is_break);
            if self.pass > 0 {
                self.pass -= 1;
                continue;
            }
            self.rows.extend_from_slice(&values[at * width..(at + 1) * width]);
            self.source.push(row);
            if self.source.len() < self.window {
                continue;
            }
            frames.values.extend_from_slice(&self.rows);
            frames.source.push(self.source[0]);
            frames.classes.extend(class);
            frames.kept.extend_from_slice(&kept[at * kept_width..(at + 1) * kept_width]);
            let done = self.hop.min(self.window);
            self.rows.drain(..done * width);
            self.source.drain(..done);
            self.pass = self.hop - done;
        }
        self.any |= frames.rows() > 0;
        frames
    }

    /// Goes to the next row.
    fn step(&mut self, row: usize, class: Option<u32>, is_break: bool) {
        let follows = self.last.is_some_and(|(last, of)| last + 1 == row && of == class);
        if is_break || !follows {
            (self.length, self.pass) = (0, 0);
            self.rows.clear();
            self.source.clear();
        }
        self.last = Some((row, class));
        self.length += 1;
        self.longest = self.longest.max(self.length);
    }

    /// When all rows have come.
    pub(crate) fn finish(&self) -> Result<(), Problem> {
        match (self.any, self.longest) {
            (true, _) => Ok(()),
            (false, 0) => Err(Problem::NoRowsLeft),
            (false, longest) => Err(Problem::TooFewRows { window: self.window, longest }),
        }
    }

    /// Names of the numbers of a frame.
    pub(crate) fn columns(&self, of_row: &[String]) -> Vec<String> {
        if self.takes_rows() {
            return of_row.to_vec();
        }
        let step = |step: usize| of_row.iter().map(move |name| format!("{name}@{step}"));
        (0..self.window).flat_map(step).collect()
    }

    /// The categories of a frame.
    pub(crate) fn categories(&self, of_row: &[Category], width: usize) -> Vec<Category> {
        let shifted = |step: usize| {
            let at = move |category: &Category| Category {
                feature: category.feature + step * width,
                words: category.words.clone(),
            };
            of_row.iter().map(at)
        };
        (0..self.window).flat_map(shifted).collect()
    }
}
