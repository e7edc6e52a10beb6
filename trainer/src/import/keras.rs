//! Dense layers with batch norms, as Keras names their arrays.

use std::path::Path;

use elbow::architecture::Activation;
use elbow_reader::{Array, DataError, Problem, load_array};

use super::affine::{Affine, Norm};
use super::imported::Imported;
use super::net::{Layer, Net};

use crate::error::Error;

/// Reads an `.npz` file of the arrays `dense.kernel` `[input][output]` and `dense.bias`, of the
/// batch norm after it, if any (`batch_normalization.gamma`, `.beta`, `.moving_mean`,
/// `.moving_variance`), then of `dense_1`, `dense_2`, … likewise.
///
/// `activation` follows every layer but the last, after its batch norm. The narrowest layer
/// gives the latent, a point; the last one the means of a Gaussian of scale 1, whose log
/// likelihood is `−½ D (MSE + log 2π)` for frames of D numbers.
///
/// # Errors
/// [`Data`](elbow_host::Error::Data) where an array is missing or unreadable, [`Error::Weights`] where they
/// are no autoencoder.
pub fn keras(path: &Path, activation: Activation, epsilon: f64) -> Result<Imported, Error> {
    read(path, activation, epsilon)?.model(None, None).map_err(Error::weights(path))
}

pub(super) fn read(path: &Path, activation: Activation, epsilon: f64) -> Result<Net, Error> {
    let (mut layers, mut folded) = (vec![layer(path, "")?], 0);
    loop {
        let suffix = match layers.len() {
            1 => String::new(),
            n => format!("_{}", n - 1),
        };
        if let (Some(layer), Some(norm)) = (layers.last_mut(), norm(path, &suffix, epsilon)?) {
            layer.affine.then(&norm).map_err(Error::weights(path))?;
            folded += 1;
        }
        match optional(layer(path, &format!("_{}", layers.len())))? {
            Some(layer) => layers.push(layer),
            None => break,
        }
    }
    if let [inner @ .., _] = &mut layers[..] {
        inner.iter_mut().for_each(|layer| layer.activation = activation);
    }
    Net::of_chain(layers, folded).map_err(Error::weights(path))
}

fn layer(path: &Path, suffix: &str) -> Result<Layer, Error> {
    let name = format!("dense{suffix}");
    let kernel = load_array(path, &format!("{name}.kernel"))?;
    let bias = load_array(path, &format!("{name}.bias"))?;
    match kernel.shape[..] {
        [inputs, outputs] if inputs > 0 && outputs > 0 && bias.values.len() == outputs => {
            let column = |o| kernel.values.iter().skip(o).step_by(outputs);
            let weights = (0..outputs).flat_map(column).copied().map(f64::from).collect();
            let affine = Affine { weights, bias: wide(&bias), inputs };
            Ok(Layer { name, affine, activation: Activation::Identity })
        }
        _ => Err(Error::weights(path)(format!(
            "{name} has a kernel of shape {:?} and {} biases; [inputs, outputs] and as many biases as \
                 outputs are needed",
            kernel.shape,
            bias.values.len()
        ))),
    }
}

fn norm(path: &Path, suffix: &str, epsilon: f64) -> Result<Option<Norm>, Error> {
    let read = |name| {
        let array = load_array(path, &format!("batch_normalization{suffix}.{name}"));
        array.map(|array| wide(&array)).map_err(Error::from)
    };
    let Some(gamma) = optional(read("gamma"))? else { return Ok(None) };
    let (beta, mean, variance) = (read("beta")?, read("moving_mean")?, read("moving_variance")?);
    Ok(Some(Norm::of(&gamma, beta, mean, &variance, epsilon)))
}

fn wide(array: &Array) -> Vec<f64> {
    array.values.iter().copied().map(f64::from).collect()
}

/// What an array that is not there leaves out.
fn optional<T>(read: Result<T, Error>) -> Result<Option<T>, Error> {
    match read {
        Ok(value) => Ok(Some(value)),
        Err(Error::Host(elbow_host::Error::Data(DataError { problem: Problem::NoArray { .. }, .. }))) => {
            Ok(None)
        }
        Err(error) => Err(error),
    }
}
