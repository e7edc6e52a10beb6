//! The command line: arguments to library calls to what is printed. One file a command.

#![forbid(unsafe_code)]

mod alarm;
mod bench;
mod calibrate;
mod clock;
mod compare;
mod completions;
mod compress;
mod decode;
mod decompress;
mod demo;
mod encode;
mod entropy;
mod error;
mod eval;
mod export;
mod fit;
mod frames;
mod help;
mod import;
mod impute;
mod inspect;
mod interpolate;
mod keygen;
mod latents;
mod memory;
mod new;
mod out;
mod page;
mod plan;
mod plot;
mod quantize;
mod reading;
mod reconstruct;
pub mod record;
mod refine;
pub mod report;
mod sample;
mod score;
mod sign;
mod source;
pub mod stop;
mod verify;
mod watch;
mod window;

use std::ffi::OsString;

use clap::error::ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand;
use clap::{Args as _, CommandFactory, Parser, Subcommand};
use elbow_trainer::settings::sentence;

pub use error::Error;

use crate::record::RecordArgs;

/// Density models that fit in a microcontroller: fit from a file, evaluate, export.
///
/// DATA is text (.csv, .tsv, .txt, or - for standard input), .npy, .npz (arrays X and, where there are
/// labels, y) or IDX, plain or .gz. Results go to stdout, progress and notes to stderr. Exit codes: 0 good, 1
/// the work failed, 2 the arguments or the files are wrong.
#[derive(Debug, clap::Args)]
#[command(version, max_term_width = 110)]
pub struct Cli {
    /// Print one JSON object on stdout
    #[arg(long, global = true)]
    json: bool,
    /// Threads to use (0: all); results do not depend on it
    #[arg(long, global = true, default_value_t = 0, value_name = "N")]
    #[arg(value_parser = clap::value_parser!(u16).range(..=1024))]
    threads: u16,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Fit a model to a file of frames and export it
    Fit(Box<fit::FitArgs>),
    /// Log-likelihood of a file of frames, and AUROC/AUPRC where it has labels
    Eval(eval::EvalArgs),
    /// Log density of every frame of a file
    Score(score::ScoreArgs),
    /// Fill in what is missing in the rows of a file
    Impute(impute::ImputeArgs),
    /// Judge rows as they come: verdicts, alarms, drift and causes, each row's before the next is there
    Watch(watch::WatchArgs),
    /// A page to look at: what the model is, how it finds what is labelled, what is odd and why
    Report(page::ReportArgs),
    /// Draw frames from a model: what it takes for normal
    Sample(sample::SampleArgs),
    /// The latent of every frame: how likely each is for the encoder, and what it costs
    Encode(encode::EncodeArgs),
    /// Frames of latents
    Decode(decode::DecodeArgs),
    /// What a model expects of every frame, and the error of each column
    Reconstruct(reconstruct::ReconstructArgs),
    /// Frames on the way from one frame's latent to another's
    Interpolate(interpolate::InterpolateArgs),
    /// The entropy of a file's frames from above and below, and what the latent tells of them
    Entropy(entropy::EntropyArgs),
    /// How far two models are from each other
    Compare(compare::CompareArgs),
    /// Make a model of an autoencoder's weights from another program
    Import(import::ImportArgs),
    /// Set the alarm threshold by normal frames, with a bound on false alarms; or the steps of packets
    Calibrate(calibrate::CalibrateArgs),
    /// The same model with weights of eight bits
    Quantize(quantize::QuantizeArgs),
    /// Pack a file of frames in packets, lossless or within a bound
    Compress(compress::CompressArgs),
    /// Unpack what `compress` packed
    Decompress(decompress::DecompressArgs),
    /// What firmware includes of a model: its Rust type, or the file as an array of C
    Export(export::ExportArgs),
    /// A project of firmware that carries a model, to build outside of any workspace
    New(new::NewArgs),
    /// A key to sign models with: the secret, and the public one for firmware
    Keygen(keygen::KeygenArgs),
    /// Sign a model, so that devices take it and no other
    Sign(sign::SignArgs),
    /// Whether a model is signed by a key, and new enough
    Verify(verify::VerifyArgs),
    /// What a model file holds and what it costs
    Inspect(inspect::InspectArgs),
    /// The whole way on the data that comes with the project: fit, evaluate, export
    Demo(demo::DemoArgs),
    /// Record this machine's counters to CSV
    Record(RecordArgs),
    /// A script that completes commands and flags in a shell
    Completions(completions::CompletionsArgs),
    /// Manual pages
    Man(completions::ManArgs),
    /// How long things take on this machine
    #[command(subcommand)]
    Bench(bench::BenchCommand),
}

impl CommandFactory for Cli {
    fn command() -> clap::Command {
        help::dress(Cli::augment_args(clap::Command::new("elbow")))
    }

    fn command_for_update() -> clap::Command {
        Cli::augment_args_for_update(clap::Command::new("elbow"))
    }
}

impl Parser for Cli {}

/// Runs the program with these arguments, the first of which is its name; gives the exit code.
pub fn run<A: Into<OsString> + Clone>(args: impl IntoIterator<Item = A>) -> u8 {
    let cli = match Cli::try_parse_from(args) {
        Ok(cli) => cli,
        // help that was not asked for goes to stderr too, but as it is
        Err(refused)
            if refused.use_stderr() && refused.kind() != DisplayHelpOnMissingArgumentOrSubcommand =>
        {
            // What is wrong is said in one sentence, like everything else that can be wrong.
            report::note(&format!("elbow: {}", sentence(&refused)));
            return refused.exit_code() as u8;
        }
        Err(help) => {
            let _ = help.print();
            return help.exit_code() as u8;
        }
    };
    match cli.run() {
        Ok(()) => 0,
        Err(error) => report::failed(&error),
    }
}

/// Where a pool is there already that one serves.
fn start_threads(threads: u16) -> Result<(), Error> {
    let started = rayon::ThreadPoolBuilder::new().num_threads(threads.into()).build_global();
    match started.as_ref().err().and_then(std::error::Error::source) {
        None => Ok(()),
        Some(refused) => {
            let problem = format!("the system starts no more threads ({refused}); give fewer, such as 1");
            Err(Error::argument("threads", threads, problem))
        }
    }
}

impl Cli {
    /// Runs the command.
    ///
    /// # Errors
    /// [`Error`], whose text is for the user and whose [`exit_code`](Error::exit_code) is for the shell.
    pub fn run(&self) -> Result<(), Error> {
        start_threads(self.threads)?;
        // these two listen once they have begun
        if !matches!(self.command, Command::Fit(_) | Command::Record(_)) {
            stop::clean_up();
        }
        match &self.command {
            Command::Fit(args) => fit::run(args, self.json),
            Command::Eval(args) => eval::run(args, self.json),
            Command::Score(args) => score::run(args, self.json),
            Command::Impute(args) => impute::run(args, self.json),
            Command::Watch(args) => watch::run(args, self.json),
            Command::Report(args) => page::run(args, self.json),
            Command::Sample(args) => sample::run(args, self.json),
            Command::Encode(args) => encode::run(args, self.json),
            Command::Decode(args) => decode::run(args, self.json),
            Command::Reconstruct(args) => reconstruct::run(args, self.json),
            Command::Interpolate(args) => interpolate::run(args, self.json),
            Command::Entropy(args) => entropy::run(args, self.json),
            Command::Compare(args) => compare::run(args, self.json),
            Command::Import(args) => import::run(args, self.json),
            Command::Calibrate(args) => calibrate::run(args, self.json),
            Command::Quantize(args) => quantize::run(args, self.json),
            Command::Compress(args) => compress::compress(args, self.json),
            Command::Decompress(args) => decompress::run(args, self.json),
            Command::Export(args) => export::run(args, self.json),
            Command::New(args) => new::run(args, self.json),
            Command::Keygen(args) => keygen::run(args, self.json),
            Command::Sign(args) => sign::run(args, self.json),
            Command::Verify(args) => verify::run(args, self.json),
            Command::Inspect(args) => inspect::run(args, self.json),
            Command::Demo(args) => demo::run(args, self.json),
            Command::Completions(args) => completions::completions(args, Cli::command()),
            Command::Man(args) => completions::man(args, Cli::command()),
            Command::Bench(command) => bench::run(command, self.json),
            Command::Record(args) => {
                let recording = record::run(args)?;
                if self.json {
                    report::print_json(&recording)
                } else {
                    report::print(&format!("{recording}\n"))
                }
            }
        }
    }
}
