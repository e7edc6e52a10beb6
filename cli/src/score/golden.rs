//! `elbow score --golden`: a board's own check, as source.

use std::io::Write as _;

use elbow_host::file::golden::Golden;
use elbow_host::model::HostModel;
use serde::Serialize;

use super::ScoreArgs;
use crate::error::Error;
use crate::frames::{Destination, unwritten};
use crate::report;

/// Frames, at most: each stands in flash.
pub(super) const MOST: i64 = 1024;

/// What was written, for programs.
#[derive(Debug, Serialize)]
struct Summary {
    frames: usize,
    samples: u32,
}

/// The first so many frames without gaps.
pub(super) fn run(
    args: &ScoreArgs,
    model: &HostModel<'_>,
    (count, samples): (usize, u32),
    json: bool,
) -> Result<(), Error> {
    let metadata = &model.metadata;
    let mut golden = Golden::new(model, samples);
    let paths = std::slice::from_ref(&args.data);
    args.source.each_block(paths, &args.model, metadata, &[], &mut |data| {
        for row in (0..data.rows).filter(|row| data.is_whole(*row)).take(count - golden.len()) {
            golden.push(data.row(row)).map_err(|source| {
                let (path, row) = data.source(row);
                elbow_host::Error::Frame { path: path.into(), row: row + 1, source }
            })?;
        }
        Ok(())
    })?;
    if golden.is_empty() {
        return Err(Error::file(
            &args.data,
            "has no frame without gaps, which a board could score; give others",
        ));
    }
    if golden.len() < count {
        report::note(&format!("{}: has no more than {} frames", args.data.display(), golden.len()));
    }
    let is_c = args.path().and_then(|path| path.extension()).is_some_and(|ending| ending == "h");
    let text = if is_c { golden.c_header() } else { golden.rust_source() };
    let mut out = Destination::open(args.path(), json)?;
    out.write_all(text.as_bytes()).map_err(unwritten(args.path()))?;
    out.commit()?;
    if json { report::print_json(&Summary { frames: golden.len(), samples }) } else { Ok(()) }
}
