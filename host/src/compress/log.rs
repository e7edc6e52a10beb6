//! Frames of whole numbers as one log, and back: bits-back coding (`docs/bits-back.md`).

use std::path::Path;

use elbow::architecture::LikelihoodKind;
use serde::Serialize;

use super::side::SideReader;
use super::write::Writer;
use crate::error::Error;
use crate::file::atomic_file::write_atomically;
use crate::model::{LogError, ModelBytes};
use elbow_reader::categories::{categories, names};
use elbow_reader::{Dataset, Format, Kind};

/// What became of some frames.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LogSummary {
    /// frames
    pub rows: usize,
    /// numbers in a frame
    pub columns: usize,
    /// samples K of the bound that the log's length follows
    pub samples: u8,
    /// steps in which posteriors were refined
    pub steps: u8,
    /// bytes of the frames, with as many bits to each number as the widest of its column takes
    pub bytes_as_bits: u64,
    /// bytes of the log
    pub bytes_out: u64,
    /// `bytes_as_bits / bytes_out`
    pub ratio: f64,
    /// bits of the log for each number
    pub bits_per_value: f64,
}

/// Writes frames as a log by K samples, posteriors refined in so many steps.
///
/// # Errors
/// [`Error::Log`] naming the file of frames, or [`Error::Io`]; nothing is left behind then.
pub fn compress_log(
    bytes: &ModelBytes,
    data: &Dataset,
    output: &Path,
    [samples, steps]: [u8; 2],
) -> Result<LogSummary, Error> {
    let log = bytes.encode_refined_log(&data.values, samples, steps).map_err(refused(&data.path))?;
    write_atomically(output, &log)?;
    let (values, bytes_out) = (data.values.len() as u64, log.len() as u64);
    let bits: u32 =
        (0..data.dims).map(|column| bits_of_widest(data.values.iter().skip(column).step_by(data.dims))).sum();
    let bytes_as_bits = (data.rows as u64 * u64::from(bits)).div_ceil(8);
    Ok(LogSummary {
        rows: data.rows,
        columns: data.dims,
        samples,
        steps,
        bytes_as_bits,
        bytes_out,
        ratio: bytes_as_bits as f64 / bytes_out as f64,
        bits_per_value: 8.0 * bytes_out as f64 / values as f64,
    })
}

/// Bits that each of some integers fits in, one at least.
fn bits_of_widest<'a>(numbers: impl Iterator<Item = &'a f32>) -> u32 {
    // of −1 − n the bits are those of n, but for the sign
    let (widest, sign) = numbers
        .map(|x| *x as i32)
        .fold((1, 0), |(widest, sign), n| (widest.max(n ^ n >> 31), sign.max(u32::from(n < 0))));
    i32::BITS - widest.leading_zeros() + sign
}

/// Writes the frames of a log as an array where the output is called `.npy`, of the smallest integers that
/// hold any frame of the model, else as CSV text, categories by their words; returns how many rows there are.
///
/// # Errors
/// [`Error::Log`] naming the log, [`Error::Model`] naming the model, or
/// [`Error::Io`]; nothing is left behind then.
pub fn decompress_log(
    (path, bytes): (&Path, &ModelBytes),
    input: &Path,
    log: &[u8],
    output: &Path,
) -> Result<u64, Error> {
    let frames = bytes.decode_log(log).map_err(refused(input))?;
    let metadata = bytes.open().map_err(Error::model(path))?.metadata;
    // the rows of a window were one frame
    let columns: Vec<String> = names(metadata.columns).into_iter().map(str::to_string).collect();
    let width = columns.len();
    let format = if output.extension().is_some_and(|extension| extension == "npy") {
        let kind = match metadata.architecture.likelihood {
            LikelihoodKind::DiscretizedLogistic => Kind::I32,
            LikelihoodKind::GaussianCategorical { .. } => Kind::U16,
            _ => Kind::U8,
        };
        Format::Npy { kind, shape: vec![width as u64] }
    } else {
        Format::Csv { delimiter: b',' }
    };
    let mut writer =
        Writer::create(Some(output), &format, &columns, None)?.with_words(&categories(metadata.columns));
    let side = SideReader::default();
    for row in frames.chunks(width) {
        writer.row(&row.iter().map(|x| f64::from(*x)).collect::<Vec<_>>(), 0, &side)?;
    }
    let rows = (frames.len() / width) as u64;
    writer.finish(rows)?;
    Ok(rows)
}

fn refused(path: &Path) -> impl FnOnce(LogError) -> Error {
    let path = path.to_path_buf();
    move |source| Error::Log { path, source }
}
