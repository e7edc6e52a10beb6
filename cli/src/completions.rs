//! `elbow completions` and `elbow man`: what shells and `man` need, from the same source as --help.

use std::path::PathBuf;

use clap::Command;
use clap_complete::{Shell, generate};
use clap_mangen::Man;

use crate::error::Error;
use crate::report;
use elbow_host::file::atomic_file::write_atomically;

/// The arguments of `elbow completions`.
#[derive(Debug, clap::Args)]
pub(crate) struct CompletionsArgs {
    /// The shell
    shell: Shell,
}

/// The arguments of `elbow man`.
#[derive(Debug, clap::Args)]
pub(crate) struct ManArgs {
    /// Write a page for each command into this folder [default: the page of `elbow` itself, to stdout]
    folder: Option<PathBuf>,
}

pub(super) fn completions(args: &CompletionsArgs, mut cli: Command) -> Result<(), Error> {
    let mut script = Vec::new();
    generate(args.shell, &mut cli, "elbow", &mut script);
    report::print(&String::from_utf8_lossy(&script))
}

pub(super) fn man(args: &ManArgs, mut cli: Command) -> Result<(), Error> {
    cli.build();
    let Some(folder) = &args.folder else { return report::print(&page(cli)?) };
    std::fs::create_dir_all(folder).map_err(Error::io("write", folder))?;
    let commands = cli.get_subcommands().filter(|command| command.get_name() != "help").cloned();
    for command in commands.collect::<Vec<_>>().into_iter().chain([cli]) {
        let name = match command.get_name() {
            "elbow" => "elbow.1".to_owned(),
            name => format!("elbow-{name}.1"),
        };
        write_atomically(&folder.join(name), page(command)?.as_bytes())?;
    }
    Ok(())
}

fn page(command: Command) -> Result<String, Error> {
    let mut page = Vec::new();
    Man::new(command).render(&mut page).map_err(Error::Print)?;
    Ok(String::from_utf8_lossy(&page).into_owned())
}
