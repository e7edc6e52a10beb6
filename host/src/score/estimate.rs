//! A mean, and how far it may be off.

use serde::Serialize;

/// A mean in nats with half the width of its 95 % interval, by the normal approximation: of one term it is
/// infinite.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
#[allow(missing_docs, reason = "said above")]
pub struct Estimate {
    pub nats: f64,
    pub ci95: f64,
}

impl Estimate {
    /// Of independent terms.
    pub fn mean(terms: impl ExactSizeIterator<Item = f64> + Clone) -> Estimate {
        let n = terms.len() as f64;
        let nats = terms.clone().sum::<f64>() / n;
        if n < 2.0 {
            return Estimate { nats, ci95: f64::INFINITY };
        }
        let variance = terms.map(|term| (term - nats).powi(2)).sum::<f64>() / (n - 1.0);
        Estimate { nats, ci95: 1.96 * (variance / n).sqrt() }
    }

    /// The sum of this and of an independent one.
    #[must_use]
    pub fn plus(self, other: Estimate) -> Estimate {
        Estimate { nats: self.nats + other.nats, ci95: self.ci95.hypot(other.ci95) }
    }

    /// The difference, likewise.
    #[must_use]
    pub fn minus(self, other: Estimate) -> Estimate {
        self.plus(Estimate { nats: -other.nats, ..other })
    }

    /// Moved by a number that is known.
    #[must_use]
    pub fn moved(self, by: f64) -> Estimate {
        Estimate { nats: self.nats + by, ..self }
    }
}
