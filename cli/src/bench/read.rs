//! `elbow bench read`: how fast a file of frames is read.

use std::path::PathBuf;
use std::time::Instant;

use elbow_reader::{DataError, LoadOptions, load_blocks};
use serde::Serialize;

use crate::error::Error;
use crate::report;

/// The arguments of `elbow bench read`.
#[derive(Debug, clap::Args)]
pub(crate) struct ReadArgs {
    /// The file
    data: PathBuf,
    /// How often it is read; the fastest counts
    #[arg(long, value_name = "N", default_value_t = 3)]
    #[arg(value_parser = clap::value_parser!(u32).range(1..=1000))]
    repeats: u32,
}

#[derive(Debug, Serialize)]
struct Report {
    numbers: usize,
    bytes: u64,
    seconds: f64,
    /// 10⁶ bytes of the file
    megabytes_per_second: f64,
}

pub(super) fn run(args: &ReadArgs, json: bool) -> Result<(), Error> {
    let bytes = args.data.metadata().map_err(Error::io("read", &args.data))?.len();
    let (mut numbers, mut seconds) = (0, f64::INFINITY);
    for _ in 0..args.repeats {
        let start = Instant::now();
        numbers = 0;
        let paths = std::slice::from_ref(&args.data);
        load_blocks::<DataError>(
            paths,
            &LoadOptions { is_fitted: true, ..LoadOptions::default() },
            &mut |data, _| {
                numbers += data.values.len();
                Ok(())
            },
        )?;
        seconds = seconds.min(start.elapsed().as_secs_f64());
    }
    let megabytes_per_second = bytes as f64 / seconds / 1e6;
    let told = Report { numbers, bytes, seconds, megabytes_per_second };
    if json {
        return report::print_json(&told);
    }
    report::print(&report::table(&[
        ("numbers", numbers.to_string()),
        ("bytes", bytes.to_string()),
        ("time", format!("{seconds:.3} s, {megabytes_per_second:.0} MB/s")),
    ]))
}
