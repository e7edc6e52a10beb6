//! How numbers of a frame that are no mere numbers come to the network, and from it.

use super::{Architecture, Number, Operation, Section, Visit, Word, Work, role};
use crate::fingerprint::Part;

/// What some numbers of a frame are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Columns {
    /// numbers, all of them
    Numbers,
    /// codes of categories
    Categories {
        /// inputs and outputs of the network for a frame: one for a number, one for each value of a category
        outputs: u32,
    },
    /// angles
    Angles {
        /// how many
        count: u32,
    },
}

impl Columns {
    /// Numbers that the network reads of a frame of `features`.
    pub(super) fn inputs(self, features: u32) -> u32 {
        match self {
            Columns::Numbers => features,
            Columns::Categories { outputs } => outputs,
            // sine and cosine
            Columns::Angles { count } => features.saturating_add(count),
        }
    }

    /// Numbers that each layer under the likelihood gives for it.
    pub(super) fn outputs(self, features: u32) -> u32 {
        match self {
            Columns::Numbers | Columns::Angles { .. } => features,
            Columns::Categories { outputs } => outputs,
        }
    }

    /// The features: those of the `numbers`, and what stands around them.
    pub(super) fn visit_features<V: Visit>(
        self,
        shape: &Architecture,
        v: &mut V,
        numbers: impl FnOnce(&'static str, &mut V),
    ) {
        match self {
            Columns::Numbers => numbers(role::FEATURES, v),
            Columns::Categories { .. } => v.part(role::FEATURES, Part::Categories, |v| {
                numbers("numbers", v);
                v.section(levels(shape));
            }),
            Columns::Angles { .. } => v.part(role::FEATURES, Part::Angles, |v| {
                numbers("numbers", v);
                let dims = shape.features.into();
                v.section(Section::floats("period", "[features]", dims));
                v.section(Section::floats("start", "[features]", dims));
                v.section(Section::scalars("log Jacobian", "[1]", 1));
            }),
        }
    }

    /// The encoder: its `layers`, and what stands before them.
    pub(super) fn visit_encoder<V: Visit>(
        self,
        shape: &Architecture,
        v: &mut V,
        layers: impl FnOnce(&'static str, &mut V),
    ) {
        match self {
            Columns::Numbers => layers(role::ENCODER, v),
            Columns::Categories { .. } => v.part(role::ENCODER, Part::OneHot, |v| {
                v.word(Word::Size(shape.features));
                v.section(levels(shape));
                layers("layers", v);
            }),
            Columns::Angles { count } => v.part(role::ENCODER, Part::SineCosine, |v| {
                v.word(Word::Size(shape.features));
                v.section(angles(shape));
                layers("layers", v);
                // each as costly as an exponential
                v.work(Work::once(Operation::Exp, count.into()));
            }),
        }
    }
}

/// Which numbers of a frame are angles.
pub(super) fn angles(shape: &Architecture) -> Section {
    Section::floats("1 for an angle", "[features]", shape.features.into()).of(Number::U16)
}

/// How many values each number of a frame has, 0 where it is no category.
pub(super) fn levels(shape: &Architecture) -> Section {
    Section::floats("levels", "[features]", shape.features.into()).of(Number::U16)
}
