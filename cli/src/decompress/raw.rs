//! `elbow decompress --raw`: what a device sends, as it comes.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use elbow::codec::model_id;
use elbow_host::compress::{FileProblem, Gap, Received, receive as each_packet};
use elbow_host::model::ModelBytes;

use super::DecompressArgs;
use crate::error::Error;
use crate::frames::or_reader_gone;
use crate::out::{Outputs, file};
use crate::report;

pub(super) fn receive(args: &DecompressArgs, json: bool) -> Result<(), Error> {
    let DecompressArgs { model: model_path, input, output, overwrite, framing, .. } = args;
    let (to, is_stdin) = (file(output), input == Path::new("-"));
    if let Some(to) = to {
        let inputs = [&**model_path].into_iter().chain((!is_stdin).then_some(&**input));
        Outputs::made_from(inputs).file("", to, *overwrite)?;
    } else if json {
        let problem = "the rows go to standard output, and so would --json; give a file name";
        return Err(Error::file(output, problem));
    }
    let bytes = ModelBytes::read(model_path)?;
    let model = bytes.open().map_err(Error::model(model_path))?;
    let from: Box<dyn Read> = match is_stdin {
        true => Box::new(io::stdin().lock()),
        false => Box::new(File::open(input).map_err(Error::io("read", input))?),
    };
    let model = (&**model_path, &model, model_id(bytes.as_bytes()));
    let received = each_packet(model, (input, from, *framing), to, &mut |rows, gap| {
        report::note(&format!("{}: after row {rows} {}", input.display(), in_words(gap)));
    });
    let received = match received {
        // the reader has what it wants
        Err(elbow_host::Error::Io { source, .. })
            if to.is_none() && source.kind() == io::ErrorKind::BrokenPipe =>
        {
            return or_reader_gone(Err(Error::Print(source)));
        }
        other => other?,
    };
    if json {
        report::print_json(&received)?;
    } else if to.is_some() {
        report::note(&format!("{}: {} rows", output.display(), received.rows));
    }
    match missing(&received) {
        None => Ok(()),
        Some(what) => {
            let problem = FileProblem::Incomplete { what, rows: received.rows };
            Err(elbow_host::Error::Packets { path: input.clone(), problem }.into())
        }
    }
}

fn in_words(gap: Gap) -> String {
    match gap {
        Gap::Lost(1) => "a packet is lost".into(),
        Gap::Lost(packets) => format!("{packets} packets are lost"),
        Gap::Restarted => "the sender counts anew".into(),
    }
}

/// What did not come as it was sent.
fn missing(received: &Received) -> Option<String> {
    let &Received { packets, lost_packets: lost, broken_frames: broken, damage, ref broken_off, .. } =
        received;
    let why = damage.map_or(String::new(), |damage| format!(" (the first: {damage})"));
    let lost_part = (lost > 0).then(|| format!("{lost} of {} packets are lost", packets + lost));
    let broken_part = (broken > 0).then(|| format!("{broken} stretches of bytes are no packets{why}"));
    let end = broken_off.as_ref().map(|why| format!("the line broke off ({why})"));
    let parts: Vec<String> = lost_part.into_iter().chain(broken_part).chain(end).collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}
