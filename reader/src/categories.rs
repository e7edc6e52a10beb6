//! Columns of words, or of numbers that are only names: each value becomes a code.

use std::borrow::Cow;
use std::collections::HashMap;

use elbow::features::MAX_LEVELS;
use elbow::format::is_control;

use crate::cell::class;
use crate::error::{Fault, Names, Problem};
use crate::names::find;

/// Most values of a category: more of them are a number or a name of something.
pub const MOST_LEVELS: usize = MAX_LEVELS as usize;

/// Of fewer rows than this most may have a value of their own by chance.
const LEAST_ROWS: usize = 10;

/// What a file says of a category: its values are codes, places in this list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Category {
    /// which number of a frame it is
    pub feature: usize,
    /// the values, in the order of their codes
    pub words: Vec<String>,
}

/// A column that is asked to be a category.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Categorical {
    /// its name
    pub column: String,
    /// its values in the order of their codes; where there are none, those that the file has, sorted
    pub words: Option<Vec<String>>,
}

/// Of a row how many values each number has, 0 where it is no category; nothing where none is.
pub fn levels(categories: &[Category], dims: usize) -> Vec<u16> {
    let mut levels = vec![0; if categories.is_empty() { 0 } else { dims }];
    categories.iter().for_each(|category| levels[category.feature] = category.words.len() as u16);
    levels
}

/// Names of the columns of a row and their values as a model file keeps them: a line for each column, the
/// values behind its name and a tab before each.
pub fn describe(columns: &[&str], categories: &[Category]) -> String {
    let words = |at: usize| categories.iter().filter(move |category| category.feature == at);
    let line = |(at, name): (usize, &&str)| {
        let words = words(at).flat_map(|category| category.words.iter().map(String::as_str));
        std::iter::once(*name).chain(words).collect::<Vec<_>>().join("\t")
    };
    columns.iter().enumerate().map(line).collect::<Vec<_>>().join("\n")
}

/// Names of the columns of a row, as [`describe`] wrote them.
pub fn names(described: &str) -> Vec<&str> {
    described.split('\n').map(|line| line.split_once('\t').map_or(line, |(name, _)| name)).collect()
}

/// The categories of a row, likewise.
pub fn categories(described: &str) -> Vec<Category> {
    let category = |(feature, line): (usize, &str)| {
        let (_, words) = line.split_once('\t')?;
        Some(Category { feature, words: words.split('\t').map(str::to_string).collect() })
    };
    described.split('\n').enumerate().filter_map(category).collect()
}

/// What to read as categories to get the codes of a model again.
pub fn as_fitted(described: &str) -> Vec<Categorical> {
    let names = names(described);
    let known =
        |Category { feature, words }| Categorical { column: names[feature].to_string(), words: Some(words) };
    categories(described).into_iter().map(known).collect()
}

/// What becomes of words that a model has never seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Unseen {
    /// the file is refused
    #[default]
    Refuse,
    /// they get the code behind those of the words that are known: to a model they are anomalies
    Code {
        /// whether a cell without a word does, too
        missing: bool,
    },
}

/// The codes of the columns of a table, in the making.
#[derive(Debug)]
pub(crate) struct Codes {
    /// of each column
    coders: Vec<Option<Coder>>,
}

/// The codes of a column.
#[derive(Debug)]
pub(crate) struct Coder {
    column: String,
    words: Vec<String>,
    codes: HashMap<String, usize>,
    learns: bool,
    unseen: Unseen,
    /// words that were never seen
    count: u64,
}

impl Codes {
    /// For the columns that are read.
    pub(crate) fn new(columns: &[String], asked: &[Categorical], unseen: Unseen) -> Result<Self, Problem> {
        let mut coders: Vec<Option<Coder>> = columns.iter().map(|_| None).collect();
        for Categorical { column, words } in asked {
            let at = find(columns, column)?;
            let mut coder = Coder {
                column: column.clone(),
                words: Vec::new(),
                codes: HashMap::new(),
                learns: words.is_none(),
                unseen,
                count: 0,
            };
            words.iter().flatten().for_each(|word| coder.learn(word));
            coders[at] = Some(coder);
        }
        Ok(Codes { coders })
    }

    /// That of a column, where it is a category.
    pub(crate) fn of(&mut self, column: usize) -> Option<&mut Coder> {
        self.coders[column].as_mut()
    }

    /// How many words were never seen.
    pub(crate) fn unseen(&self) -> u64 {
        self.coders.iter().flatten().map(|coder| coder.count).sum()
    }

    /// Whether a column is a category.
    pub(crate) fn any(&self) -> bool {
        self.coders.iter().any(Option::is_some)
    }

    /// Refuses a category with more values than a model takes.
    pub(crate) fn check(&self) -> Result<(), Problem> {
        let many = |coder: &&Coder| coder.learns && coder.words.len() > MOST_LEVELS;
        match self.coders.iter().flatten().find(many) {
            Some(Coder { column, words, .. }) => {
                Err(Problem::TooManyWords { column: column.clone(), found: words.len(), most: MOST_LEVELS })
            }
            None => Ok(()),
        }
    }

    /// Refuses a category of which more than half of so many rows have a value of their own: it is a name of
    /// rows or a time, and nothing is learned of it.
    pub(crate) fn check_rows(&self, rows: usize) -> Result<(), Problem> {
        let many = |coder: &&Coder| coder.learns && rows >= LEAST_ROWS && 2 * coder.words.len() > rows;
        match self.coders.iter().flatten().find(many) {
            Some(Coder { column, words, .. }) => {
                Err(Problem::WordsOfRows { column: column.clone(), found: words.len(), rows })
            }
            None => Ok(()),
        }
    }

    /// The categories with the values that are known so far, in the order of their codes.
    pub(crate) fn known(&self) -> Vec<Category> {
        let category = |(feature, coder): (usize, &Option<Coder>)| {
            Some(Category { feature, words: coder.as_ref()?.words.clone() })
        };
        self.coders.iter().enumerate().filter_map(category).collect()
    }

    /// Sorts what was learned, and makes the codes of rows those of the sorted values.
    pub(crate) fn finish(self, values: &mut [f32]) -> Vec<Category> {
        let dims = self.coders.len();
        let mut categories = Vec::new();
        for (feature, coder) in self.coders.into_iter().enumerate() {
            let Some(Coder { words, learns, .. }) = coder else { continue };
            let mut order: Vec<usize> = (0..words.len()).collect();
            if learns {
                sort(&mut order, &words);
                let mut code = vec![0.0; words.len()];
                order.iter().enumerate().for_each(|(new, old)| code[*old] = new as f32);
                let column = values.iter_mut().skip(feature).step_by(dims);
                // a missing word has no code
                column.filter(|value| !value.is_nan()).for_each(|value| *value = code[*value as usize]);
            }
            let words = order.iter().map(|at| words[*at].clone()).collect();
            categories.push(Category { feature, words });
        }
        categories
    }
}

/// By size where all are numbers, so that 0, 1, 2, … are their own codes; else by their letters.
fn sort(order: &mut [usize], words: &[String]) {
    let numbers: Option<Vec<f64>> = words.iter().map(|word| word.parse().ok()).collect();
    match numbers {
        Some(numbers) => order.sort_by(|a, b| numbers[*a].total_cmp(&numbers[*b])),
        None => order.sort_by_key(|at| &words[*at]),
    }
}

impl Coder {
    fn learn(&mut self, word: &str) {
        self.codes.insert(word.to_string(), self.words.len());
        self.words.push(word.to_string());
    }

    /// The code of what was never seen.
    fn never_seen(&mut self) -> f32 {
        self.count += 1;
        self.words.len() as f32
    }

    /// The code of a cell's text.
    pub(crate) fn code(&mut self, cell: &[u8]) -> Result<f32, Fault> {
        let text = match class(cell) {
            Err(Fault::Missing) if self.unseen == (Unseen::Code { missing: true }) => {
                return Ok(self.never_seen());
            }
            text => text?,
        };
        let word = word(&text);
        if let Some(code) = self.codes.get(&*word) {
            return Ok(*code as f32);
        }
        if !self.learns && self.unseen != Unseen::Refuse {
            return Ok(self.never_seen());
        }
        if !self.learns {
            return Err(Fault::UnknownWord { word: shown(&word), known: Names(self.words.clone()) });
        }
        self.learn(&word);
        Ok((self.words.len() - 1) as f32)
    }
}

/// A value as it is kept: in one line, and whole numbers without a fraction, which some programs write.
fn word(text: &str) -> Cow<'_, str> {
    if let Some((whole, fraction)) = text.split_once('.')
        && whole.parse::<i64>().is_ok()
        && fraction.bytes().all(|digit| digit == b'0')
    {
        return whole.into();
    }
    if text.contains(is_control) { text.replace(is_control, " ").into() } else { text.into() }
}

/// For a message.
fn shown(word: &str) -> String {
    const LONGEST: usize = 40;
    word.chars().take(LONGEST).collect()
}
