//! Counts what the engine takes on each core and prints it: tables, with `--json` one object, with
//! `--ceilings` the file that CI compares with.

use elbow_tests::bench::Measured;
use std::{env, process};

fn main() {
    let arguments: Vec<_> = env::args().skip(1).collect();
    let print = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => |measured: &Measured| measured.markdown(),
        ["--json"] => |measured: &Measured| format!("{:#}\n", measured.json()),
        ["--ceilings"] => |measured: &Measured| measured.ceilings(),
        _ => {
            eprintln!("usage: device-bench [--json | --ceilings]");
            process::exit(2)
        }
    };
    print!("{}", print(&elbow_tests::bench::measure()));
}
