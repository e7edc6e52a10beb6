//! `elbow decompress`.

mod raw;

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use elbow::codec::{LOG_MAGIC, model_id};
use elbow_host::compress::{self, FileProblem, Framing, Unpacked};
use elbow_host::model::ModelBytes;

use super::out::{Outputs, Overwrite};
use crate::error::Error;
use crate::report;

/// The arguments of `elbow decompress`.
#[derive(Debug, clap::Args)]
pub(crate) struct DecompressArgs {
    /// The model that it was compressed with
    model: PathBuf,
    /// The packets; with --raw also a serial device, or - for standard input
    input: PathBuf,
    /// Where to write the rows; with --raw also - for standard output
    output: PathBuf,
    /// The very packets that a device sends, with no file around them: rows are written as they come, what is
    /// no packet is passed over and counted, and gaps are told. The model must have the device's plan
    #[arg(long, conflicts_with = "keep_going")]
    raw: bool,
    /// How the device parts its packets: length (two bytes before each, low one first) or cobs (a zero behind
    /// each)
    #[arg(long, value_name = "HOW", requires = "raw", default_value = "length")]
    framing: Framing,
    /// Where packets are lost or damaged, write the rest and say which rows are missing
    #[arg(long)]
    keep_going: bool,
    #[command(flatten)]
    overwrite: Overwrite,
}

pub(super) fn run(args: &DecompressArgs, json: bool) -> Result<(), Error> {
    if args.raw {
        return raw::receive(args, json);
    }
    Outputs::made_from([&*args.model, &args.input]).file("", &args.output, args.overwrite)?;
    let bytes = ModelBytes::read(&args.model)?;
    let model = bytes.open().map_err(Error::model(&args.model))?;
    if let Some(log) = read_log(&args.input)? {
        let rows = compress::decompress_log((&args.model, &bytes), &args.input, &log, &args.output)?;
        return told(&args.output, &Unpacked { rows, ..Unpacked::default() }, json);
    }
    let bar = report::rows_bar("decompressing");
    let model = (args.model.as_path(), &model, model_id(bytes.as_bytes()));
    let unpacked = compress::decompress(model, &args.input, &args.output, args.keep_going, &mut |rows| {
        bar.set_position(rows);
    })?;
    bar.finish_and_clear();
    told(&args.output, &unpacked, json)?;
    if unpacked.missing.is_empty() {
        return Ok(());
    }
    let problem = FileProblem::Incomplete { what: unpacked.missing, rows: unpacked.rows };
    Err(elbow_host::Error::Packets { path: args.input.clone(), problem }.into())
}

/// The bytes of a file that begins as a log does.
fn read_log(path: &Path) -> Result<Option<Vec<u8>>, Error> {
    let mut begins = Vec::new();
    let mut file = File::open(path).map_err(Error::io("read", path))?;
    file.by_ref().take(LOG_MAGIC.len() as u64).read_to_end(&mut begins).map_err(Error::io("read", path))?;
    if begins != LOG_MAGIC {
        return Ok(None);
    }
    file.read_to_end(&mut begins).map_err(Error::io("read", path))?;
    Ok(Some(begins))
}

fn told(output: &Path, unpacked: &Unpacked, json: bool) -> Result<(), Error> {
    if json {
        return report::print_json(unpacked);
    }
    report::note(&format!("{}: {} rows", output.display(), unpacked.rows));
    Ok(())
}
