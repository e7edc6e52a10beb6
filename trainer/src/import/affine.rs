//! Maps of a dense layer in double precision, so that what is folded into one is rounded once.

use std::ops::Range;

/// `y = W x + b`
#[derive(Clone, Debug)]
pub(crate) struct Affine {
    /// `[output][input]`
    pub(crate) weights: Vec<f64>,
    pub(crate) bias: Vec<f64>,
    pub(crate) inputs: usize,
}

/// `y = s (x − mean) + β`, number by number: a batch norm of fixed statistics, with `s = γ/√(variance + ε)`.
#[derive(Clone, Debug)]
pub(crate) struct Norm {
    pub(crate) scale: Vec<f64>,
    pub(crate) mean: Vec<f64>,
    pub(crate) beta: Vec<f64>,
}

impl Affine {
    pub(crate) fn outputs(&self) -> usize {
        self.bias.len()
    }

    /// As `784→400`.
    pub(crate) fn shape(&self) -> String {
        format!("{}→{}", self.inputs, self.outputs())
    }

    /// The norm of its outputs: `W ← s W`, `b ← s (b − mean) + β`.
    pub(crate) fn then(&mut self, norm: &Norm) -> Result<(), String> {
        norm.has(self.outputs())?;
        for (row, s) in self.weights.chunks_exact_mut(self.inputs).zip(&norm.scale) {
            row.iter_mut().for_each(|w| *w *= s);
        }
        for (((b, s), mean), beta) in self.bias.iter_mut().zip(&norm.scale).zip(&norm.mean).zip(&norm.beta) {
            *b = s * (*b - mean) + beta;
        }
        Ok(())
    }

    /// Of inputs with that norm: `b ← b + W (β − s mean)`, `W ← W s`.
    pub(crate) fn after(&mut self, norm: &Norm) -> Result<(), String> {
        norm.has(self.inputs)?;
        for (row, b) in self.weights.chunks_exact_mut(self.inputs).zip(&mut self.bias) {
            let columns = norm.scale.iter().zip(&norm.mean).zip(&norm.beta);
            for (w, ((s, mean), beta)) in row.iter_mut().zip(columns) {
                *b += *w * (beta - s * mean);
                *w *= s;
            }
        }
        Ok(())
    }

    /// The same times a number.
    pub(crate) fn times(mut self, factor: f64) -> Affine {
        self.weights.iter_mut().chain(&mut self.bias).for_each(|w| *w *= factor);
        self
    }

    /// Some of its outputs.
    pub(crate) fn rows(&self, rows: Range<usize>) -> Affine {
        let weights = rows.start * self.inputs..rows.end * self.inputs;
        Affine {
            weights: self.weights[weights].to_vec(),
            bias: self.bias[rows].to_vec(),
            inputs: self.inputs,
        }
    }
}

impl Norm {
    /// `γ (x − mean)/√(variance + ε) + β`
    pub(crate) fn of(gamma: &[f64], beta: Vec<f64>, mean: Vec<f64>, variance: &[f64], epsilon: f64) -> Norm {
        let scale = gamma.iter().zip(variance).map(|(gamma, v)| gamma / (v + epsilon).sqrt()).collect();
        Norm { scale, mean, beta }
    }

    /// Another one behind it.
    pub(crate) fn then(mut self, other: &Norm) -> Result<Norm, String> {
        other.has(self.width())?;
        for (i, s) in other.scale.iter().enumerate() {
            self.scale[i] *= s;
            self.beta[i] = s * (self.beta[i] - other.mean[i]) + other.beta[i];
        }
        Ok(self)
    }

    pub(crate) fn width(&self) -> usize {
        self.scale.len()
    }

    fn has(&self, width: usize) -> Result<(), String> {
        if [self.scale.len(), self.mean.len(), self.beta.len()] == [width; 3] {
            return Ok(());
        }
        Err(format!("a batch norm has not {width} numbers like the layer beside it; export both again"))
    }
}
