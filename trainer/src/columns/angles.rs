//! Which numbers of a frame are angles, and how long a turn of each is.

use std::f64::consts::TAU;

use elbow::features::is_period;
use elbow_host::file::write::Sections;
use elbow_reader::Names;

/// Of each number of a frame.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Angles {
    /// the period, 0 of a number that is no angle
    periods: Vec<f32>,
    /// a restored angle lies in `[start, start + period)`
    starts: Vec<f32>,
}

impl Angles {
    /// As a file has them.
    pub fn new(periods: Vec<f32>, starts: Vec<f32>) -> Self {
        Angles { periods, starts }
    }

    /// With turns as the rows have them: from 0, or half to either side of it where an angle is negative.
    pub fn of_rows(periods: Vec<f32>, values: &[f32]) -> Self {
        let is_signed = |i| values.iter().skip(i).step_by(periods.len()).any(|x| *x < 0.0);
        let start = |(i, period): (usize, &f32)| if is_signed(i) { -0.5 * period } else { 0.0 };
        let starts = periods.iter().enumerate().map(start).collect();
        Angles { periods, starts }
    }

    /// The period of each of the `columns` of a row, 0 of one that is no angle, as `--period` spells them:
    /// one for all columns, or `NAME=PERIOD` for each that is an angle.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn periods_of(words: &[String], columns: &[&str]) -> Result<Vec<f32>, String> {
        let named = match Spelled::read(words)? {
            Spelled::All(period) => return Ok(vec![period; columns.len()]),
            Spelled::Named(named) => named,
        };
        let mut periods = vec![0.0; columns.len()];
        for (name, period) in named {
            let Some(at) = columns.iter().position(|column| *column == name) else {
                let known = Names(columns.iter().map(|column| (*column).to_owned()).collect());
                return Err(format!("there is no column `{name}`; the columns are {known}"));
            };
            if std::mem::replace(&mut periods[at], period) > 0.0 {
                return Err(format!("`{name}` has two periods; give one"));
            }
        }
        Ok(periods)
    }

    /// Refuses a spelling that is wrong for whatever columns.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn check(words: &[String]) -> Result<(), String> {
        Spelled::read(words).map(drop)
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.which().into_iter().filter(|is| *is).count()
    }

    /// Which numbers are.
    pub fn which(&self) -> Vec<bool> {
        self.periods.iter().map(|period| *period > 0.0).collect()
    }

    /// The period of each number, 0 of one that is no angle.
    pub fn periods(&self) -> &[f32] {
        &self.periods
    }

    /// `Σ log 2π/period`: what a density in radians lacks of one in the units of the columns.
    pub(super) fn log_jacobian(&self) -> f64 {
        self.periods
            .iter()
            .filter(|period| **period > 0.0)
            .map(|period| (TAU / f64::from(*period)).ln())
            .sum()
    }

    pub(super) fn write(&self, features: &mut Sections, encoder: &mut Sections) {
        features.floats(&self.periods);
        features.floats(&self.starts);
        features.floats(&[self.log_jacobian() as f32]);
        encoder.integers(&self.which().into_iter().map(u16::from).collect::<Vec<_>>());
    }
}

/// One period for all columns, or those of some.
enum Spelled<'a> {
    All(f32),
    Named(Vec<(&'a str, f32)>),
}

impl<'a> Spelled<'a> {
    fn read(words: &'a [String]) -> Result<Self, String> {
        if let [all] = words
            && !all.contains('=')
        {
            return period(all).map(Spelled::All);
        }
        let named = |word: &'a String| match word.rsplit_once('=') {
            Some((name, turn)) => Ok((name, period(turn)?)),
            None => {
                Err(format!("give one period for all columns, or NAME=PERIOD for each angle; not `{word}`"))
            }
        };
        words.iter().map(named).collect::<Result<_, _>>().map(Spelled::Named)
    }
}

fn period(text: &str) -> Result<f32, String> {
    let wrong =
        || format!("`{text}` is no length of a turn in the unit of the column, such as 360 for degrees");
    text.trim().parse().ok().filter(|period| is_period(*period)).ok_or_else(wrong)
}
