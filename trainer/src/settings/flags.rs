//! Settings by the words of the command line, for programs that have no command line.

use clap::{Args as _, Command, FromArgMatches as _};

use super::args::SettingsArgs;
use crate::error::Error;

impl SettingsArgs {
    /// Of the flags of `elbow fit`, each a name without its dashes and a value:
    /// `[("latent", "gaussian:4"), ("hidden", "64,32")]`.
    ///
    /// # Errors
    /// [`Error::Flags`] for a flag that there is not, or a value that it does not take.
    pub fn of<'a>(flags: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Self, Error> {
        let refused = |error: clap::Error| Error::Flags { problem: sentence(&error) };
        let words = flags.into_iter().map(|(name, value)| format!("--{name}={value}"));
        let command = SettingsArgs::augment_args(Command::new("fit").no_binary_name(true));
        let matches = command.try_get_matches_from(words).map_err(refused)?;
        SettingsArgs::from_arg_matches(&matches).map_err(refused)
    }
}

/// What is wrong with arguments in one sentence, then clap's tips; without the usage, which --help shows
/// better.
pub fn sentence(error: &clap::Error) -> String {
    let text = error.to_string();
    let text = text.strip_prefix("error: ").unwrap_or(&text);
    let is_usage = |paragraph: &str| paragraph.starts_with("Usage:") || paragraph.starts_with("For more");
    let paragraphs = text.split("\n\n").filter(|paragraph| !is_usage(paragraph));
    let joined = paragraphs.map(|paragraph| paragraph.split_whitespace().collect::<Vec<_>>().join(" "));
    joined.collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Settings;

    #[test]
    fn flags_are_those_of_the_command_line() {
        let flags = [("latent", "vmf:3"), ("hidden", "none"), ("epochs", "7"), ("lr-schedule", "cosine:2")];
        let settings = SettingsArgs::of(flags).unwrap().resolve(None).unwrap();
        assert_eq!((settings.latent.as_str(), settings.epochs), ("vmf:3", 7));
        assert!(settings.hidden.is_empty());
        assert_eq!(SettingsArgs::of([]).unwrap().resolve(None).unwrap(), Settings::default());
        let refused = |flag| SettingsArgs::of([flag]).unwrap_err().to_string();
        assert_eq!(
            refused(("epochs", "many")),
            "invalid value 'many' for '--epochs <N>': invalid digit found in string"
        );
        assert_eq!(
            refused(("epoch", "3")),
            "unexpected argument '--epoch' found; tip: a similar argument exists: '--epochs'"
        );
    }
}
