//! Packets, by way of files: what is written is what `elbow compress` writes.

use std::path::Path;

use elbow::codec::model_id;
use elbow_host::Model;
use elbow_host::compress::{Fidelity, Options, Unit, compress, decompress, unpack_one};

use crate::error::Error;

/// Packs the rows of a file.
pub(crate) fn pack(
    model: &Model,
    input: &Path,
    output: &Path,
    bound: Option<u16>,
    resolution: Option<Vec<f64>>,
) -> Result<(), Error> {
    let unit = |unit: f64| {
        let problem = "a resolution is a positive number, such as 0.01";
        Unit::new(unit).ok_or_else(|| Error::argument("resolution", unit, problem))
    };
    let options = Options {
        skip_broken: false,
        fidelity: bound.map_or(Fidelity::Lossless, Fidelity::Within),
        windows_per_packet: None,
        resolution: resolution.map(|units| units.into_iter().map(unit).collect()).transpose()?,
        refine: 0,
    };
    let id = model_id(model.bytes().as_bytes());
    compress(model.get(), id, input, output, &options, &mut |_| ())?;
    Ok(())
}

/// Unpacks a file of packets.
pub(crate) fn unpack(model: &Model, input: &Path, output: &Path) -> Result<(), Error> {
    let id = model_id(model.bytes().as_bytes());
    decompress((Path::new("the model"), model.get(), id), input, output, false, &mut |_| ())?;
    Ok(())
}

/// The numbers of the rows in one packet of a device.
pub(crate) fn unpack_alone(model: &Model, packet: &[u8]) -> Result<Vec<f64>, Error> {
    let wrong = |problem| elbow_host::Error::Packets { path: "packets".into(), problem };
    Ok(unpack_one(model.get(), model_id(model.bytes().as_bytes()), packet).map_err(wrong)?)
}
