//! What is done to a raw frame first.

use super::{Architecture, Operation, Section, Visit, Word, Work};
use crate::fingerprint::Part;
use serde::{Deserialize, Serialize};

/// What is done to a raw frame first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FeaturesKind {
    /// nothing: it is of bits
    Binary,
    /// standardised
    Standardize,
    /// heavy-tailed numbers in logarithms, then standardised
    LogStandardize,
    /// standardised, of integers
    Integers,
    /// nothing: it is of counts; the encoder sees them divided by the largest, or `log(1 + x)`
    Counts {
        /// that, or 0 where they have no upper end
        most: u8,
    },
}

impl FeaturesKind {
    /// Whether features are an affine function of the numbers, or of their logarithms.
    pub(super) fn is_linear(self) -> bool {
        matches!(self, FeaturesKind::Standardize | FeaturesKind::LogStandardize)
    }

    pub(super) fn visit(self, shape: &Architecture, v: &mut impl Visit) {
        let columns = shape.likelihood.columns();
        columns.visit_features(shape, v, |role, v| self.visit_numbers(role, shape.features, v));
    }

    fn visit_numbers(self, role: &'static str, features: u32, v: &mut impl Visit) {
        let part = match self {
            FeaturesKind::Binary => Part::Binary,
            FeaturesKind::Standardize => Part::Standardize,
            FeaturesKind::LogStandardize => Part::LogStandardize,
            FeaturesKind::Integers => Part::Integers,
            FeaturesKind::Counts { .. } => Part::Counts,
        };
        let dims = u64::from(features);
        v.part(role, part, |v| {
            v.word(Word::Size(features));
            match self {
                FeaturesKind::Binary => {}
                FeaturesKind::Counts { .. } => v.section(Section::scalars("n", "[1]", 1)),
                FeaturesKind::Standardize | FeaturesKind::LogStandardize | FeaturesKind::Integers => {
                    if self == FeaturesKind::LogStandardize {
                        v.section(Section::floats("rate", "[features]", dims));
                        // a logarithm with what goes with it
                        v.work(Work::once(Operation::Exp, dims.saturating_mul(3)));
                    }
                    v.section(Section::floats("loc", "[features]", dims));
                    v.section(Section::floats("1/scale", "[features]", dims));
                    v.section(Section::scalars("clip, log Jacobian", "[2]", 2));
                }
            }
            v.work(Work::once(Operation::Term, dims));
        });
    }
}
