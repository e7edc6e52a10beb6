//! `elbow export`: what firmware includes of a model, written again or for another language, and its network
//! for other programs.

use std::path::{Path, PathBuf};

use serde::Serialize;

use super::out::{Outputs, Overwrite};
use super::sign::note_if_signed;
use crate::error::Error;
use crate::report;
use elbow_host::file::atomic_file::write_atomically;
use elbow_host::file::c_header::c_header;
use elbow_host::file::rust_type::rust_source;
use elbow_host::model::ModelBytes;
use elbow_trainer::export::PortableNetwork;

/// The arguments of `elbow export`.
#[derive(Debug, clap::Args)]
pub(crate) struct ExportArgs {
    /// The model
    model: PathBuf,
    /// A header of C that holds the file as an array, instead of the Rust type
    #[arg(long)]
    c: bool,
    /// The network as a graph of ONNX: from frames to latents and reconstructions
    #[arg(long, value_name = "FILE.onnx", conflicts_with_all = ["c", "out"])]
    onnx: Option<PathBuf>,
    /// The weights with the names of PyTorch's state_dict
    #[arg(long, value_name = "FILE.safetensors", conflicts_with_all = ["c", "out", "onnx"])]
    safetensors: Option<PathBuf>,
    /// The folder to write into [default: that of the model]
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,
    #[command(flatten)]
    overwrite: Overwrite,
}

/// What was written, for programs.
#[derive(Debug, Serialize)]
struct Summary {
    written: PathBuf,
}

/// What becomes of a network.
type Encode = fn(&PortableNetwork) -> Vec<u8>;

#[cfg(feature = "onnx")]
const ONNX: Option<Encode> = Some(PortableNetwork::onnx);
#[cfg(not(feature = "onnx"))]
const ONNX: Option<Encode> = None;

pub(super) fn run(args: &ExportArgs, json: bool) -> Result<(), Error> {
    let written = match (&args.onnx, &args.safetensors) {
        (Some(file), _) => network(args, "onnx", file, ONNX)?,
        (_, Some(file)) => network(args, "safetensors", file, Some(PortableNetwork::safetensors))?,
        (None, None) => firmware(args)?,
    };
    if json {
        return report::print_json(&Summary { written });
    }
    report::print(&report::table(&[("written", written.display().to_string())]))
}

/// The network, in a file that others read.
fn network(
    args: &ExportArgs,
    flag: &'static str,
    file: &Path,
    encode: Option<Encode>,
) -> Result<PathBuf, Error> {
    let Some(encode) = encode else {
        let problem = "a program writes it that is built with --features onnx";
        return Err(Error::argument(flag, file.display(), problem));
    };
    if file.extension().is_none_or(|ending| ending != flag) {
        let problem = format!("give a name that ends in .{flag}");
        return Err(Error::argument(flag, file.display(), problem));
    }
    let bytes = ModelBytes::read(&args.model)?;
    let model = bytes.open().map_err(Error::model(&args.model))?;
    let network = PortableNetwork::of(&model, &bytes, flag)?;
    Outputs::made_from([&*args.model]).file(flag, file, args.overwrite)?;
    write_atomically(file, &encode(&network))?;
    Ok(file.to_path_buf())
}

fn firmware(args: &ExportArgs) -> Result<PathBuf, Error> {
    let beside = match (&args.out, args.model.file_name()) {
        (Some(folder), Some(name)) => folder.join(name),
        _ => args.model.clone(),
    };
    let bytes = ModelBytes::read(&args.model)?;
    let model = bytes.open().map_err(Error::model(&args.model))?;
    if let Some(folder) = &args.out {
        std::fs::create_dir_all(folder).map_err(Error::io("make the folder", folder))?;
    }
    let mut outputs = Outputs::made_from([&*args.model]);
    let (written, text) = if args.c {
        let header = beside.with_extension("h");
        outputs.source("", &header, args.overwrite)?;
        (header, c_header(&model, bytes.as_bytes()))
    } else {
        outputs.rust_type("", &beside)?;
        (beside.with_extension("rs"), rust_source(&model, model.samples_on_device()))
    };
    write_atomically(&written, text.as_bytes())?;
    if args.c {
        note_if_signed(&args.model, &bytes);
    }
    Ok(written)
}
