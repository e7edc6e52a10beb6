//! Which numbers of a frame are no mere numbers: categories, angles.

mod angles;

use elbow::architecture::LikelihoodKind;
use elbow::features::block;
use elbow_host::file::write::Sections;

pub use angles::Angles;

/// What some numbers of a frame are.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Columns {
    /// numbers, all of them
    #[default]
    Numbers,
    /// codes: how many values each number has, 0 where it is no category
    Categories(Vec<u16>),
    /// angles beside numbers
    Angles(Angles),
}

impl Columns {
    /// How many values each number has, 0 where it is no category; empty: none is one.
    pub fn categories(levels: Vec<u16>) -> Self {
        if levels.is_empty() { Columns::Numbers } else { Columns::Categories(levels) }
    }

    /// The likelihood of such frames, that of mere numbers being `of_numbers`.
    ///
    /// # Errors
    /// What is wrong with that for numbers beside them.
    pub fn likelihood(&self, of_numbers: LikelihoodKind) -> Result<LikelihoodKind, &'static str> {
        match self {
            Columns::Numbers => Ok(of_numbers),
            Columns::Categories(_) if of_numbers != LikelihoodKind::Gaussian => {
                Err("numbers beside categories are normal; give --likelihood gaussian")
            }
            Columns::Categories(levels) => {
                let outputs = levels.iter().map(|levels| block(*levels)).sum::<usize>();
                let outputs = u32::try_from(outputs).unwrap_or(u32::MAX);
                Ok(LikelihoodKind::GaussianCategorical { outputs })
            }
            Columns::Angles(angles) => Ok(LikelihoodKind::VonMises { angles: angles.count() as u32 }),
        }
    }

    /// Whether a number is no more than that: others are neither moved nor scaled.
    pub fn is_number(&self, index: usize) -> bool {
        match self {
            Columns::Numbers => true,
            Columns::Categories(levels) => levels[index] == 0,
            Columns::Angles(angles) => angles.periods()[index] == 0.0,
        }
    }

    /// What is wrong with a model of these columns for data of others of the same shape. Values of categories
    /// are the file's to compare.
    pub(crate) fn differ_from(&self, data: &Columns) -> Option<&'static str> {
        match (self, data) {
            (Columns::Angles(ours), Columns::Angles(theirs)) if ours.periods() != theirs.periods() => {
                Some("its angles have other periods than --period says")
            }
            _ => None,
        }
    }

    /// What they have of `log |∂features/∂frame|`, in nats.
    pub(crate) fn log_jacobian(&self) -> f64 {
        match self {
            Columns::Numbers | Columns::Categories(_) => 0.0,
            Columns::Angles(angles) => angles.log_jacobian(),
        }
    }

    /// Their sections behind those of the numbers' features, and before the encoder's layers.
    pub(crate) fn write(&self, features: &mut Sections, encoder: &mut Sections) {
        match self {
            Columns::Numbers => {}
            Columns::Categories(levels) => {
                features.integers(levels);
                encoder.integers(levels);
            }
            Columns::Angles(angles) => angles.write(features, encoder),
        }
    }
}
