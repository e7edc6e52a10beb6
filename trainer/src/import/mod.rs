//! Networks of other programs, made models of Elbow's: every kind of file is read into one description,
//! layers by name, and that becomes a model.

mod affine;
mod arrange;
mod counted;
mod imported;
mod keras;
mod kind;
mod map;
mod modules;
mod net;
mod norms;
#[cfg(feature = "onnx")]
mod onnx;
mod options;
mod order;
mod roles;
mod safetensors;
mod said;
mod tensors;
mod torch;

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use elbow_reader::{array_names, load_array};

use crate::error::Error;
use tensors::{Tensor, Tensors, Values};

pub use imported::Imported;
pub use keras::keras;
pub use kind::{Framework, Kind};
pub use map::{Map, StandardizeBy};
pub use options::Options;

/// Reads a network: an autoencoder, whose latent is a point, or a VAE, whose encoder gives mean and log
/// variance.
///
/// # Errors
/// [`Data`](elbow_host::Error::Data) where an `.npz` file is unreadable, [`Error::Weights`] where the file is
/// none of the known ones, or holds what the engine has not: it is named, with what there is.
pub fn import(path: &Path, options: &Options) -> Result<Imported, Error> {
    let kind = Kind::of(path, options.framework)?;
    options.are_taken(kind).map_err(Error::weights(path))?;
    let net = match kind {
        Kind::KerasNpz => {
            let activation = options.activation.unwrap_or(options::ACTIVATION);
            keras::read(path, activation, options.epsilon.unwrap_or(options::KERAS_EPSILON))?
        }
        Kind::TorchNpz => torch::read(npz(path)?, None, options).map_err(Error::weights(path))?,
        Kind::Safetensors | Kind::Onnx => {
            return import_bytes(&whole(path)?, path, options);
        }
    };
    model(net, options).map_err(Error::weights(path))
}

/// Bytes of the largest file that is read: far more than any network for a device has.
const LARGEST: u64 = 1 << 28;

fn whole(path: &Path) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|file| file.take(LARGEST + 1).read_to_end(&mut bytes));
    read.map_err(Error::io("read", path))?;
    if bytes.len() as u64 > LARGEST {
        return Err(Error::weights(path)(format!("has more than {LARGEST} bytes, and no more are read")));
    }
    Ok(bytes)
}

/// As [`import`], of a safetensors file or a graph of ONNX in memory; `path` names it in errors, and is where
/// a graph looks for weights that lie beside it.
///
/// # Errors
/// As there.
pub fn import_bytes(bytes: &[u8], path: &Path, options: &Options) -> Result<Imported, Error> {
    let kind = Kind::of_head(path, bytes, options.framework)?;
    options.are_taken(kind).map_err(Error::weights(path))?;
    let net = match kind {
        Kind::Safetensors => {
            safetensors::read(bytes).and_then(|(tensors, said)| torch::read(tensors, said, options))
        }
        Kind::Onnx => graph(bytes, path),
        Kind::KerasNpz | Kind::TorchNpz => Err("is an .npz file, which is read from its path".into()),
    };
    net.and_then(|net| model(net, options)).map_err(Error::weights(path))
}

fn model(net: net::Net, options: &Options) -> Result<Imported, String> {
    let imported = net.model(options.likelihood, options.scale)?;
    if options.scale.is_some() && imported.layout.learned.is_empty() {
        let likelihood = imported.architecture.likelihood.name();
        return Err(format!("has a {likelihood} likelihood, which takes no scale; leave --scale out"));
    }
    Ok(imported)
}

#[cfg(feature = "onnx")]
fn graph(bytes: &[u8], path: &Path) -> Result<net::Net, String> {
    onnx::read(bytes, path)
}

#[cfg(not(feature = "onnx"))]
fn graph(_: &[u8], _: &Path) -> Result<net::Net, String> {
    Err("is a graph of ONNX, which a program reads that is built with --features onnx".into())
}

/// The arrays of a `state_dict` that NumPy has saved, in its order.
fn npz(path: &Path) -> Result<Tensors<'static>, Error> {
    let names = array_names(path)?.into_iter().filter(|name| !name.ends_with("num_batches_tracked"));
    let read = |name: String| {
        let array = load_array(path, &name)?;
        Ok((name, Tensor { shape: array.shape, values: Values::Floats(array.values) }))
    };
    names.map(read).collect()
}
