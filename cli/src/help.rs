//! What --help shows beside each flag's own words: headings over the flags, notes and examples at the end.

mod notes;

use clap::{Arg, Command};

use self::notes::NOTES;

/// Where each flag stands; what is in no list stands under `Options`.
const HEADINGS: [(&str, &[&str]); 6] = [
    (
        "Data",
        &[
            "labels",
            "normal",
            "columns",
            "drop",
            "categorical",
            "period",
            "window",
            "hop",
            "binarize",
            "resolution",
            "missing",
            "skip_broken",
            "delimiter",
            "decimal",
            "no_header",
            "key",
            "time",
            "gap",
            "rows",
            "until",
            "all_columns",
            "max_memory",
            "between",
            "steps",
            "member",
            "most",
            "draws",
        ],
    ),
    (
        "Model",
        &[
            "auto",
            "model",
            "latent",
            "prior",
            "hidden",
            "decoder_hidden",
            "activation",
            "likelihood",
            "weights",
            "scaling",
            "clip",
            "ensemble",
            "start",
        ],
    ),
    (
        "Training",
        &[
            "objective",
            "epochs",
            "warmup",
            "batch",
            "lr",
            "lr_schedule",
            "patience",
            "clip_norm",
            "weight_decay",
            "beta1",
            "beta2",
            "epsilon",
            "square_start",
            "ema",
            "posterior_norm",
            "input_noise",
            "input_mask",
            "hide",
            "valid",
            "valid_samples",
            "config",
        ],
    ),
    (
        "Scores and alarms",
        &[
            "samples",
            "false_alarm",
            "trim",
            "alarm",
            "drift",
            "follow",
            "stuck",
            "why",
            "keep",
            "calibration",
            "bits_back",
            "golden",
        ],
    ),
    (
        "Packets",
        &[
            "packets",
            "bound",
            "lossless",
            "latents_only",
            "windows_per_packet",
            "refine",
            "keep_going",
            "raw",
            "framing",
        ],
    ),
    (
        "Output",
        &[
            "out",
            "report",
            "md",
            "width",
            "format",
            "exec",
            "name",
            "force",
            "run",
            "resume",
            "checkpoint_every",
            "snapshot_every",
        ],
    ),
];

/// Formats and defaults of a file, said once for every command that reads one.
const DATA: &str = "\
Files: text (.csv, .tsv, .txt, or - for standard input; how its cells are parted is found out), .npy, .npz \
(arrays X and, where there are labels, y) or IDX, plain or .gz; built with --features arrow also .parquet, \
.arrow, .feather. What the fit was told \
of labels, normal words, columns and windows is in the model: no later command needs to be told again.";

/// The commands with their headings and notes.
pub(super) fn dress(command: Command) -> Command {
    let name = command.get_name().to_owned();
    let note = NOTES.iter().find(|(of, _)| *of == name).map(|(_, note)| *note);
    let reads = command.get_arguments().any(|arg| arg.get_id() == "data");
    let after = [note, reads.then_some(DATA)].into_iter().flatten().collect::<Vec<_>>().join("\n\n");
    let command = command.mut_args(headed).mut_subcommands(dress);
    if after.is_empty() { command } else { command.after_help(after) }
}

fn headed(arg: Arg) -> Arg {
    let heading = HEADINGS.iter().find(|(_, names)| names.contains(&arg.get_id().as_str()));
    match heading {
        Some((heading, _)) if !arg.is_positional() => arg.help_heading(*heading),
        _ => arg,
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;
    use crate::Cli;

    #[test]
    fn every_flag_of_the_ways_from_file_to_alarm_has_a_heading() {
        let cli = Cli::command();
        for name in [
            "fit",
            "eval",
            "report",
            "score",
            "watch",
            "calibrate",
            "compress",
            "decompress",
            "quantize",
            "sample",
            "encode",
            "decode",
            "reconstruct",
            "interpolate",
        ] {
            let command = cli.find_subcommand(name).expect("a command");
            let bare = |arg: &&Arg| {
                let general = ["help", "json", "threads", "seed"].contains(&arg.get_id().as_str());
                !arg.is_positional() && arg.get_help_heading().is_none() && !general
            };
            let bare: Vec<_> = command.get_arguments().filter(bare).map(Arg::get_id).collect();
            assert!(bare.is_empty(), "{name}: {bare:?} need a heading in this file");
        }
    }
}
