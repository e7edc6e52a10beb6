//! Dense layers with batch norms, as Keras names their arrays.

use std::path::Path;

use elbow::architecture::Activation;
use elbow_reader::{Array, array_names, load_array};

use super::affine::{Affine, Norm};
use super::imported::Imported;
use super::net::{Layer, Net};
use super::tensors::shown;

use crate::error::Error;

/// Reads an `.npz` file of the arrays `dense.kernel` `[input][output]` and `dense.bias`, of the
/// batch norm after it, if any (`batch_normalization.gamma`, `.beta`, `.moving_mean`,
/// `.moving_variance`), then of `dense_1`, `dense_2`, … likewise. Without bias or β they are 0, without γ
/// it is 1.
///
/// `activation` follows every layer but the last, after its batch norm. The narrowest layer
/// gives the latent, a point; the last one the means of a Gaussian of scale 1, whose log
/// likelihood is `−½ D (MSE + log 2π)` for frames of D numbers.
///
/// # Errors
/// [`Data`](elbow_host::Error::Data) where an array is missing or unreadable, [`Error::Weights`] where they
/// are no autoencoder, or where there are others: what they are for nothing says.
pub fn keras(path: &Path, activation: Activation, epsilon: f64) -> Result<Imported, Error> {
    read(path, activation, epsilon)?.model(None, None).map_err(Error::weights(path))
}

pub(super) fn read(path: &Path, activation: Activation, epsilon: f64) -> Result<Net, Error> {
    let mut arrays = Arrays { path, left: array_names(path)? };
    let (mut layers, mut folded) = (Vec::new(), 0);
    while layers.is_empty() || arrays.has(&format!("dense{}.kernel", suffix(layers.len()))) {
        let suffix = suffix(layers.len());
        let mut layer = arrays.layer(format!("dense{suffix}"))?;
        if let Some((name, norm)) = arrays.norm(&format!("batch_normalization{suffix}"), epsilon)? {
            layer.affine.then(&norm).map_err(Error::weights(path))?;
            layer.name = format!("{} + {name}", layer.name);
            folded += 1;
        }
        layers.push(layer);
    }
    arrays.are_read()?;
    if let [inner @ .., _] = &mut layers[..] {
        inner.iter_mut().for_each(|layer| layer.activation = activation);
    }
    Net::of_chain(layers, folded).map_err(Error::weights(path))
}

/// As Keras counts: none, `_1`, `_2`, …
fn suffix(count: usize) -> String {
    if count == 0 { String::new() } else { format!("_{count}") }
}

/// The arrays of a file.
struct Arrays<'p> {
    path: &'p Path,
    /// those that nothing has taken yet
    left: Vec<String>,
}

impl Arrays<'_> {
    fn has(&self, name: &str) -> bool {
        self.left.iter().any(|left| left == name)
    }

    fn take(&mut self, name: &str) -> Result<Array, Error> {
        self.left.retain(|left| left != name);
        Ok(load_array(self.path, name)?)
    }

    /// The numbers of an array, or so many of these where there is none.
    fn numbers(&mut self, name: &str, without: f64, count: usize) -> Result<Vec<f64>, Error> {
        if !self.has(name) {
            return Ok(vec![without; count]);
        }
        Ok(self.take(name)?.values.into_iter().map(f64::from).collect())
    }

    fn layer(&mut self, name: String) -> Result<Layer, Error> {
        let kernel = self.take(&format!("{name}.kernel"))?;
        let [inputs @ (1..), outputs @ (1..)] = kernel.shape[..] else {
            let problem = format!(
                "{name} has a kernel of shape {:?}; a dense layer's is [inputs, outputs]",
                kernel.shape
            );
            return Err(Error::weights(self.path)(problem));
        };
        let bias = self.numbers(&format!("{name}.bias"), 0.0, outputs)?;
        if bias.len() != outputs {
            return Err(Error::weights(self.path)(format!(
                "{name} has a kernel of shape [{inputs}, {outputs}] and {} biases; as many biases as outputs \
                 are needed",
                bias.len()
            )));
        }
        let column = |o| kernel.values.iter().skip(o).step_by(outputs);
        let weights = (0..outputs).flat_map(column).copied().map(f64::from).collect();
        Ok(Layer { name, affine: Affine { weights, bias, inputs }, activation: Activation::Identity })
    }

    fn norm(&mut self, name: &str, epsilon: f64) -> Result<Option<(String, Norm)>, Error> {
        let of = |part: &str| format!("{name}.{part}");
        let parts = ["gamma", "beta", "moving_mean", "moving_variance"];
        if !parts.iter().any(|part| self.has(&of(part))) {
            return Ok(None);
        }
        let [mean, variance] = [self.take(&of("moving_mean"))?, self.take(&of("moving_variance"))?];
        let [mean, variance] =
            [mean, variance].map(|array| -> Vec<f64> { array.values.into_iter().map(f64::from).collect() });
        let gamma = self.numbers(&of("gamma"), 1.0, mean.len())?;
        let beta = self.numbers(&of("beta"), 0.0, mean.len())?;
        Ok(Some((name.into(), Norm::of(&gamma, beta, mean, &variance, epsilon))))
    }

    /// Nothing may be left.
    fn are_read(&self) -> Result<(), Error> {
        let Some(name) = self.left.first() else { return Ok(()) };
        Err(Error::weights(self.path)(format!(
            "`{}` is no array of the layers dense, dense_1, …, each with the batch norm of its number behind \
             it; name it as one, or leave it out where it is no part of the network",
            shown(name)
        )))
    }
}
