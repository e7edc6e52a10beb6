//! How far what comes back of a frame is from it, column by column.

use elbow_reader::categories::{categories, names};
use serde::Serialize;

use crate::model::HostModel;

/// The error of a column, over rows and, in windows, over its places.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ColumnError {
    /// its name
    pub column: String,
    /// of numbers the root of the mean square of what is lost; of angles along the shorter way around
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rmse: Option<f64>,
    /// the same by the standard deviation of the column: 1 is no better than its mean
    #[serde(skip_serializing_if = "Option::is_none")]
    pub relative: Option<f64>,
    /// of a category the part of its values that come back as another; neither of a column that no row has
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wrong: Option<f64>,
}

/// What a column is.
#[derive(Clone, Copy, Debug)]
enum Kind {
    Number,
    /// of this period
    Angle(f64),
    Category,
}

/// What is known of a column so far: the mean of its values and the sum of their squares about it, as Welford
/// (1962) keeps them, so that large numbers lose no digits.
#[derive(Clone, Debug)]
struct Column {
    name: String,
    kind: Kind,
    /// rows in which it is, each as many times as it counts
    rows: f64,
    squares: f64,
    mean: f64,
    about_mean: f64,
}

/// Errors of frames that come some at a time.
#[derive(Clone, Debug)]
pub struct RoundTrip {
    columns: Vec<Column>,
}

impl RoundTrip {
    /// Of no frame yet.
    pub fn new(model: &HostModel<'_>) -> RoundTrip {
        let metadata = &model.metadata;
        let width = (metadata.architecture.features / metadata.window.max(1)) as usize;
        let (names, categories) = (names(metadata.columns), categories(metadata.columns));
        let column = |at: usize| {
            let period = model.periods.get(at).copied().filter(|period| *period > 0.0);
            let kind = match period {
                _ if categories.iter().any(|category| category.feature == at) => Kind::Category,
                Some(period) => Kind::Angle(period.into()),
                None => Kind::Number,
            };
            let name = names.get(at).filter(|_| names.len() == width);
            let name = name.map_or_else(|| format!("x{at}"), |name| (*name).to_owned());
            Column { name, kind, rows: 0.0, squares: 0.0, mean: 0.0, about_mean: 0.0 }
        };
        RoundTrip { columns: (0..width).map(column).collect() }
    }

    /// Takes a frame and what came back of it, as one that stands for so many.
    pub fn push(&mut self, frame: &[f32], back: &[f32], weight: f64) {
        let width = self.columns.len();
        for (row, back) in frame.chunks_exact(width).zip(back.chunks_exact(width)) {
            for ((column, x), back) in self.columns.iter_mut().zip(row).zip(back) {
                // of what is missing nobody knows what is lost
                if !x.is_nan() {
                    column.push(f64::from(*x), f64::from(*back), weight);
                }
            }
        }
    }

    /// The errors, columns in their order.
    pub fn finish(self) -> Vec<ColumnError> {
        self.columns.into_iter().map(Column::error).collect()
    }
}

impl Column {
    fn push(&mut self, x: f64, back: f64, weight: f64) {
        self.rows += weight;
        let square = match self.kind {
            Kind::Number => (x - back).powi(2),
            Kind::Angle(period) => libm::remainder(x - back, period).powi(2),
            Kind::Category => f64::from(u8::from(x != back)),
        };
        let before = x - self.mean;
        self.squares += weight * square;
        self.mean += weight * before / self.rows;
        self.about_mean += weight * before * (x - self.mean);
    }

    fn error(self) -> ColumnError {
        let Column { name: column, kind, rows, squares, about_mean, .. } = self;
        let mean = (rows > 0.0).then(|| squares / rows);
        match kind {
            Kind::Category => ColumnError { column, rmse: None, relative: None, wrong: mean },
            Kind::Number | Kind::Angle(_) => {
                let relative = (squares / about_mean).sqrt();
                let is_told = matches!(kind, Kind::Number) && relative.is_finite();
                ColumnError {
                    column,
                    rmse: mean.map(f64::sqrt),
                    relative: is_told.then_some(relative),
                    wrong: None,
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(kind: Kind) -> Column {
        Column { name: "x".into(), kind, rows: 0.0, squares: 0.0, mean: 0.0, about_mean: 0.0 }
    }

    #[test]
    fn errors_by_hand() {
        let pairs =
            [(1e6 + 1.0, 1e6), (1e6 + 3.0, 1e6 + 3.0), (1e6 + 5.0, 1e6 + 3.0), (1e6 + 3.0, 1e6 + 3.0)];
        let of = |kind, pairs: &[(f64, f64)]| {
            let mut trip = RoundTrip { columns: vec![column(kind)] };
            pairs.iter().for_each(|(x, back)| trip.push(&[*x as f32], &[*back as f32], 1.0));
            trip.finish().remove(0)
        };
        // squares 1, 0, 4, 0; about the mean 4, 0, 4, 0
        let error = of(Kind::Number, &pairs);
        assert!((error.rmse.unwrap() - 1.25_f64.sqrt()).abs() < 1e-9, "{error:?}");
        assert!((error.relative.unwrap() - (5.0_f64 / 8.0).sqrt()).abs() < 1e-6, "{error:?}");
        let error = of(Kind::Angle(360.0), &[(359.0, 1.0), (10.0, 10.0)]);
        assert!((error.rmse.unwrap() - 2.0_f64.sqrt()).abs() < 1e-6 && error.relative.is_none(), "{error:?}");
        let error = of(Kind::Category, &[(0.0, 1.0), (2.0, 2.0), (1.0, 1.0), (1.0, 0.0)]);
        assert_eq!((error.wrong, error.rmse), (Some(0.5), None));
        // a column that never changes has no standard deviation to be told by
        assert_eq!(of(Kind::Number, &[(2.0, 2.0), (2.0, 2.0)]).relative, None);
        // of what is missing nothing is lost
        assert_eq!(of(Kind::Number, &[(2.0, 1.0), (f64::NAN, 2.0)]).rmse, Some(1.0));
        assert_eq!(of(Kind::Category, &[(f64::NAN, 2.0)]).wrong, None);
    }

    #[test]
    fn a_row_that_stands_for_two_counts_twice() {
        let of = |rows: &[(f32, f32, f64)]| {
            let mut trip = RoundTrip { columns: vec![column(Kind::Number)] };
            rows.iter().for_each(|(x, back, weight)| trip.push(&[*x], &[*back], *weight));
            trip.finish()
        };
        let [once, twice] = [
            of(&[(1.0, 0.5, 2.0), (4.0, 3.0, 1.0)]),
            of(&[(1.0, 0.5, 1.0), (1.0, 0.5, 1.0), (4.0, 3.0, 1.0)]),
        ];
        let near = |a: Option<f64>, b: Option<f64>| (a.unwrap() - b.unwrap()).abs() < 1e-12;
        assert!(near(once[0].rmse, twice[0].rmse) && near(once[0].relative, twice[0].relative));
    }
}
