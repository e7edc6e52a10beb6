//! The learning rate over a run.

use std::f64::consts::PI;
use std::fmt::{self, Display};
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Stages of the paper's schedule.
const STAGES: u32 = 8;

/// What becomes of the learning rate over the epochs. It is written as the flag `--lr-schedule` takes it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Schedule {
    /// `constant`: always the same
    #[default]
    Constant,
    /// `cosine`, `cosine:W`: rises evenly from 0 over the first W epochs, then falls to 0 at the last one, as
    /// half a period of a cosine (Loshchilov and Hutter 2017, equation 5)
    Cosine {
        /// W
        warmup: u32,
    },
    /// `iwae`: eight stages i = 0…7, each three times as long as the one before it, at rates that fall as
    /// 10^(−i/7) (Burda, Grosse and Salakhutdinov 2016, section 5); of 3,280 epochs each stage takes the 3^i
    /// epochs of the paper, of fewer its share
    Iwae,
    /// `steps:E=R,…`: from E epochs on the rate is R
    Steps(Vec<(u32, f32)>),
}

impl Schedule {
    /// The learning rate when `done` of `epochs` epochs are done, in a run whose first rate is `base`.
    pub fn rate(&self, base: f32, done: f64, epochs: u32) -> f32 {
        let epochs = f64::from(epochs);
        let factor = match self {
            Schedule::Constant => 1.0,
            Schedule::Cosine { warmup } if done < f64::from(*warmup) => done / f64::from(*warmup),
            // ½ (1 + cos πs), s: what part of the epochs after the warm-up is done
            Schedule::Cosine { warmup } => {
                let warmup = f64::from(*warmup);
                0.5 + 0.5 * libm::cos(PI * (done - warmup) / (epochs - warmup))
            }
            Schedule::Iwae => libm::exp10(-f64::from(stage(done / epochs)) / f64::from(STAGES - 1)),
            Schedule::Steps(steps) => {
                let reached = steps.iter().take_while(|(epoch, _)| f64::from(*epoch) <= done);
                return reached.last().map_or(base, |(_, rate)| *rate);
            }
        };
        (factor * f64::from(base)) as f32
    }
}

/// The stage of the paper's schedule when this part of it, from 0 to 1, is
/// done: stage i begins after (3^i − 1) / (3⁸ − 1).
fn stage(done: f64) -> u32 {
    let begins = |i: &u32| f64::from(3_u32.pow(*i) - 1) / f64::from(3_u32.pow(STAGES) - 1);
    (1..STAGES).take_while(|i| begins(i) <= done).count() as u32
}

impl FromStr for Schedule {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        const FORMS: &str = "give constant, cosine, cosine:EPOCHS (a rise over the first EPOCHS), iwae, or \
                             steps:EPOCH=RATE,… with epochs rising";
        let (name, rest) = text.split_once(':').map_or((text, None), |(name, rest)| (name, Some(rest)));
        let schedule = match (name, rest) {
            ("constant", None) => Some(Schedule::Constant),
            ("cosine", None) => Some(Schedule::Cosine { warmup: 0 }),
            ("cosine", Some(epochs)) => epochs.parse().ok().map(|warmup| Schedule::Cosine { warmup }),
            ("iwae", None) => Some(Schedule::Iwae),
            ("steps", Some(steps)) => {
                steps.split(',').map(step).collect::<Option<Vec<_>>>().map(Schedule::Steps)
            }
            _ => None,
        };
        let is_rising = |steps: &[(u32, f32)]| steps.is_sorted_by(|(one, _), (next, _)| one < next);
        match schedule {
            Some(Schedule::Steps(steps)) if !is_rising(&steps) => Err(FORMS.into()),
            other => other.ok_or_else(|| FORMS.into()),
        }
    }
}

/// `E=R`.
fn step(text: &str) -> Option<(u32, f32)> {
    let (epoch, rate) = text.split_once('=')?;
    let rate = rate.trim().parse().ok().filter(|rate: &f32| *rate > 0.0 && rate.is_finite())?;
    Some((epoch.trim().parse().ok()?, rate))
}

impl Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Schedule::Constant => f.write_str("constant"),
            Schedule::Cosine { warmup: 0 } => f.write_str("cosine"),
            Schedule::Cosine { warmup } => write!(f, "cosine:{warmup}"),
            Schedule::Iwae => f.write_str("iwae"),
            Schedule::Steps(steps) => {
                let steps: Vec<_> = steps.iter().map(|(epoch, rate)| format!("{epoch}={rate}")).collect();
                write!(f, "steps:{}", steps.join(","))
            }
        }
    }
}

impl TryFrom<String> for Schedule {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse().map_err(|forms| format!("lr-schedule {text}: {forms}"))
    }
}

impl From<Schedule> for String {
    fn from(schedule: Schedule) -> String {
        schedule.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rates<const N: usize>(schedule: &str, epochs: u32, done: [f64; N]) -> [f32; N] {
        let schedule: Schedule = schedule.parse().unwrap();
        done.map(|done| schedule.rate(0.001, done, epochs))
    }

    #[test]
    fn stages_of_the_paper() {
        let paper = [1e-3, 7.197e-4, 5.179e-4, 3.728e-4, 2.683e-4, 1.931e-4, 1.389e-4, 1e-4];
        let mut begin = 0;
        for (i, expected) in paper.into_iter().enumerate() {
            let end = begin + 3_u32.pow(i as u32);
            for rate in rates("iwae", 3280, [f64::from(begin), f64::from(end) - 1e-3]) {
                assert!((rate / expected - 1.0).abs() < 1e-3, "stage {i}: {rate}");
            }
            begin = end;
        }
        assert_eq!(begin, 3280);
    }

    #[test]
    fn shapes() {
        assert_eq!(rates("constant", 10, [0.0, 9.9]), [0.001, 0.001]);
        assert_eq!(rates("cosine", 10, [0.0, 5.0, 10.0]), [0.001, 0.0005, 0.0]);
        assert_eq!(rates("cosine:4", 10, [0.0, 1.0, 4.0, 7.0, 10.0]), [0.0, 0.00025, 0.001, 0.0005, 0.0]);
        assert_eq!(
            rates("steps:2=0.01,5=0.1", 10, [0.0, 1.9, 2.0, 4.9, 5.0]),
            [0.001, 0.001, 0.01, 0.01, 0.1]
        );
    }

    #[test]
    fn reads_what_it_writes() {
        for text in ["constant", "cosine", "cosine:7", "iwae", "steps:0=0.001,10=0.0003,20=1e-7"] {
            let schedule: Schedule = text.parse().unwrap();
            assert_eq!(schedule.to_string().parse(), Ok(schedule));
        }
        for text in [
            "",
            "cosine:",
            "cosine:-1",
            "iwae:3",
            "steps",
            "steps:",
            "steps:3=0",
            "steps:5=1,2=1",
            "steps:1=inf",
        ] {
            assert!(text.parse::<Schedule>().unwrap_err().contains("steps:EPOCH=RATE"), "{text}");
        }
    }
}
