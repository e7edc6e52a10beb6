//! What is done to raw frames before the network: fitted here, stored in the model, applied by `core`.

use elbow::architecture::{FeaturesKind, LikelihoodKind};
use elbow_host::file::write::Sections;
use elbow_host::model::{ModelBytes, Preprocessor};

use crate::columns::Columns;
use crate::constant_columns::resolution;
use crate::likelihood::Units;
use crate::repeated_columns::Repeats;

mod entropy;
#[cfg(test)]
mod tests;
mod waveform;

/// The encoder sees features clipped to this many standard deviations unless the user says otherwise.
pub const DEFAULT_CLIP: f32 = 8.0;

/// A column that is never negative and more skewed than this is taken in
/// logarithms; an exponential's skewness is 2.
const HEAVY_SKEWNESS: f64 = 1.0;

/// A heavy column's logarithm begins to bend at its median divided by this.
const BEND: f64 = 10.0;

/// The map from raw frames to features (formulas: [`elbow::features`]).
#[derive(Clone, Debug, PartialEq)]
pub enum Preprocessing {
    /// frames of bits are their own features
    Binary,
    /// frames of counts, too; the encoder sees them divided by the largest
    Counts {
        /// that
        most: u8,
    },
    /// `feature = (y − loc) · inverse_scale`, `y = x`, or `y = sign(x) log(1 + rate |x|)` where rate > 0
    Standardize {
        /// rate of each feature, where any is taken in logarithms
        log_rate: Option<Vec<f32>>,
        /// mean of each y
        loc: Vec<f32>,
        /// one over the standard deviation of each y
        inverse_scale: Vec<f32>,
        /// limit of what the encoder sees
        clip: f32,
        /// whether frames are of integers, which have probabilities: no map changes them
        integers: bool,
    },
    /// as `numbers`, which leave columns that are no mere numbers as they are
    Columns {
        /// the map of the others
        numbers: Box<Preprocessing>,
        /// what they are
        columns: Columns,
    },
}

impl Preprocessing {
    /// The map that leaves rows of `dims` numbers as they are.
    pub fn identity(kind: FeaturesKind, dims: usize, clip: f32) -> Self {
        let log_rate = match kind {
            FeaturesKind::Binary => return Preprocessing::Binary,
            FeaturesKind::Counts { most } => return Preprocessing::Counts { most },
            FeaturesKind::Standardize | FeaturesKind::Integers => None,
            FeaturesKind::LogStandardize => Some(vec![0.0; dims]),
        };
        let integers = kind == FeaturesKind::Integers;
        let (loc, inverse_scale) = (vec![0.0; dims], vec![1.0; dims]);
        Preprocessing::Standardize { log_rate, loc, inverse_scale, clip, integers }
    }

    /// Fits the map to rows of `dims` numbers.
    ///
    /// A constant column has a scale of one step of its last digit: its spread is unknown, not zero.
    pub fn fit(kind: FeaturesKind, values: &[f32], dims: usize, clip: f32) -> Self {
        let mut fitted = Preprocessing::identity(kind, dims, clip);
        if let Preprocessing::Standardize { log_rate: Some(rates), .. } = &mut fitted {
            rates.iter_mut().enumerate().for_each(|(i, rate)| *rate = log_rate(&column(values, dims, i)));
        }
        let mapped = fitted.features(values);
        if let Preprocessing::Standardize { loc, inverse_scale, .. } = &mut fitted {
            for (i, (loc, inverse)) in loc.iter_mut().zip(inverse_scale).enumerate() {
                (*loc, *inverse) = standard(&column(&mapped, dims, i));
            }
        }
        fitted
    }

    /// The same with one scale for all features, the root of their mean variance over the rows: no column
    /// counts for more because little happens in it.
    pub fn with_common_scale(mut self, values: &[f32]) -> Self {
        if let Preprocessing::Standardize { log_rate: None, inverse_scale, .. } = &mut self {
            let dims = inverse_scale.len();
            let variance = |i| mean_and_deviation(&column(values, dims, i)).1.powi(2);
            let inverse = (1.0 / ((0..dims).map(variance).sum::<f64>() / dims as f64).sqrt()) as f32;
            if inverse > 0.0 && inverse.is_finite() {
                inverse_scale.fill(inverse);
            }
        }
        self
    }

    /// The same with the scale of each of m columns that have the same bits
    /// multiplied by √m: a distance counts such a column once.
    pub fn with_repeats(mut self, repeats: &Repeats) -> Self {
        if let Preprocessing::Standardize { inverse_scale, .. } = &mut self {
            for (inverse, copies) in inverse_scale.iter_mut().zip(repeats.copies()) {
                *inverse = (f64::from(*inverse) / (copies as f64).sqrt()) as f32;
            }
        }
        self
    }

    /// The same for rows of which some numbers are no mere numbers.
    pub fn with_columns(mut self, columns: Columns) -> Self {
        if let Preprocessing::Columns { numbers, .. } = self {
            return numbers.with_columns(columns);
        }
        if let Preprocessing::Standardize { log_rate, loc, inverse_scale, .. } = &mut self {
            for i in (0..loc.len()).filter(|i| !columns.is_number(*i)) {
                (loc[i], inverse_scale[i]) = (0.0, 1.0);
                log_rate.iter_mut().for_each(|rate| rate[i] = 0.0);
            }
        }
        if columns == Columns::Numbers {
            return self;
        }
        Preprocessing::Columns { numbers: Box::new(self), columns }
    }

    /// What the numbers of a frame are.
    pub fn columns(&self) -> Columns {
        match self {
            Preprocessing::Columns { columns, .. } => columns.clone(),
            _ => Columns::Numbers,
        }
    }

    /// The map as the engine has it.
    fn kind(&self) -> FeaturesKind {
        match self {
            Preprocessing::Binary => FeaturesKind::Binary,
            Preprocessing::Counts { most } => FeaturesKind::Counts { most: *most },
            Preprocessing::Standardize { integers: true, .. } => FeaturesKind::Integers,
            Preprocessing::Standardize { log_rate: Some(_), .. } => FeaturesKind::LogStandardize,
            Preprocessing::Standardize { .. } => FeaturesKind::Standardize,
            Preprocessing::Columns { numbers, .. } => numbers.kind(),
        }
    }

    /// Its sections of a model file, and those that stand before the encoder's layers.
    pub(crate) fn write(&self) -> [Sections; 2] {
        let mut out = Sections::default();
        match self {
            Preprocessing::Binary => {}
            Preprocessing::Counts { most } => out.floats(&[f32::from(*most)]),
            Preprocessing::Columns { numbers, columns } => {
                let [mut features, mut encoder] = numbers.write();
                columns.write(&mut features, &mut encoder);
                return [features, encoder];
            }
            Preprocessing::Standardize { log_rate, loc, inverse_scale, clip, .. } => {
                log_rate.iter().for_each(|rate| out.floats(rate));
                out.floats(loc);
                out.floats(inverse_scale);
                out.floats(&[*clip, self.log_jacobian() as f32]);
            }
        }
        [out, Sections::default()]
    }

    /// These sections, for the [engine](Self::engine).
    pub fn bytes(&self) -> ModelBytes {
        let [features, encoder] = self.write();
        ModelBytes::new(&[features.0, encoder.0].concat())
    }

    /// The map by the engine, of rows of `dims` numbers, from its own [`bytes`](Self::bytes).
    ///
    /// # Panics
    /// Where a number of the map is not finite, or a limit not positive.
    pub fn engine<'a>(&self, dims: usize, bytes: &'a ModelBytes) -> Preprocessor<'a> {
        let mut sections = elbow::format::Sections::new(bytes.as_bytes());
        let likelihood = self.columns().likelihood(LikelihoodKind::Gaussian).expect("of normal numbers");
        Preprocessor::read(self.kind(), dims, likelihood, &mut sections).expect("a map of finite numbers")
    }

    /// The scale of each feature; `None` where frames are their own features.
    pub(crate) fn inverse_scale(&self) -> Option<&[f32]> {
        match self {
            Preprocessing::Binary | Preprocessing::Counts { .. } => None,
            Preprocessing::Standardize { inverse_scale, .. } => Some(inverse_scale),
            Preprocessing::Columns { numbers, .. } => numbers.inverse_scale(),
        }
    }

    /// Features of raw rows: what the likelihood sees.
    ///
    /// # Panics
    /// As [`engine`](Self::engine).
    pub fn features(&self, values: &[f32]) -> Vec<f32> {
        let mut features = values.to_vec();
        if let Some(dims) = self.inverse_scale().map(<[f32]>::len) {
            let bytes = self.bytes();
            let engine = self.engine(dims, &bytes);
            for (row, features) in values.chunks_exact(dims).zip(features.chunks_exact_mut(dims)) {
                // a frame that has no density is refused where it is scored
                let _ = engine.features(row, features);
            }
        }
        features
    }

    /// Limit of what the encoder sees of a feature.
    pub fn clip(&self) -> f32 {
        match self {
            Preprocessing::Binary | Preprocessing::Counts { .. } => f32::INFINITY,
            Preprocessing::Standardize { clip, .. } => *clip,
            Preprocessing::Columns { numbers, .. } => numbers.clip(),
        }
    }

    /// What a likelihood takes from it.
    pub fn units(&self) -> Units {
        let half_bins = match self {
            Preprocessing::Standardize { integers: true, inverse_scale, .. } => {
                inverse_scale.iter().map(|inverse| 0.5 * inverse).collect()
            }
            _ => Vec::new(),
        };
        Units { columns: self.columns(), half_bins }
    }

    /// The part of `log |∂features/∂frame|` that no frame changes, in nats:
    /// `Σ log(1/scale) + Σ log rate`; 0 for integers.
    pub fn log_jacobian(&self) -> f64 {
        if let Preprocessing::Columns { numbers, columns } = self {
            return numbers.log_jacobian() + columns.log_jacobian();
        }
        let Preprocessing::Standardize { log_rate, inverse_scale, integers: false, .. } = self else {
            return 0.0;
        };
        let rates = log_rate.iter().flatten().filter(|rate| **rate > 0.0);
        inverse_scale.iter().chain(rates).map(|factor| f64::from(*factor).ln()).sum()
    }

    /// The mean over rows of `log |∂features/∂frame|`, in nats.
    ///
    /// # Panics
    /// As [`engine`](Self::engine).
    pub fn mean_log_jacobian(&self, values: &[f32]) -> f64 {
        let Some(dims) = self.inverse_scale().map(<[f32]>::len) else { return 0.0 };
        let (bytes, mut features) = (self.bytes(), vec![0.0; dims]);
        let engine = self.engine(dims, &bytes);
        let rows = values.chunks_exact(dims);
        let count = rows.len() as f64;
        rows.map(|row| engine.features(row, &mut features).map_or(0.0, f64::from)).sum::<f64>() / count
    }
}

/// The numbers of a column that are there.
fn column(values: &[f32], dims: usize, i: usize) -> Vec<f64> {
    let column = values.iter().skip(i).step_by(dims).filter(|x| !x.is_nan());
    column.map(|x| f64::from(*x)).collect()
}

/// Mean and one over the standard deviation.
fn standard(column: &[f64]) -> (f32, f32) {
    let (mean, scale) = mean_and_deviation(column);
    let inverse = (1.0 / scale) as f32;
    // Below the resolution of f32 around the mean, what varies is rounding.
    let varies = scale > f64::from(f32::EPSILON) * mean.abs();
    let of_digits = 1.0 / resolution(mean as f32);
    (mean as f32, if varies && inverse.is_normal() { inverse } else { of_digits })
}

fn mean_and_deviation(column: &[f64]) -> (f64, f64) {
    let rows = column.len() as f64;
    let mean = column.iter().sum::<f64>() / rows;
    (mean, (column.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / rows).sqrt())
}

/// The rate of a heavy-tailed column, 0 for any other.
fn log_rate(column: &[f64]) -> f32 {
    let (mean, deviation) = mean_and_deviation(column);
    let skewness = column.iter().map(|x| ((x - mean) / deviation).powi(3)).sum::<f64>() / column.len() as f64;
    let mut positive: Vec<f64> = column.iter().copied().filter(|x| *x > 0.0).collect();
    positive.sort_by(f64::total_cmp);
    let never_negative = column.iter().all(|x| *x >= 0.0);
    match positive.get(positive.len() / 2) {
        Some(median) if never_negative && skewness > HEAVY_SKEWNESS => {
            let rate = (BEND / median) as f32;
            if rate.is_normal() { rate } else { 0.0 }
        }
        _ => 0.0,
    }
}
