//! What a model says of itself, as lines of a word and what it stands for, tabs between.

use alloc::string::String;
use core::fmt::Write as _;

use elbow::architecture::LatentKind;

use crate::file::Read;

/// Words of cells without a value, as every reader has them.
const MISSING: &str = include_str!("../../reader/src/missing.txt");

/// Each column has a line with its words, where its values are codes. No text in a model file has a tab or a
/// newline but between its parts.
pub(crate) fn describe(read: &Read<'_>) -> String {
    let metadata = &read.metadata;
    let shape = &metadata.architecture;
    let mut out = String::new();
    let latent = shape.latent;
    let is_sphere = matches!(latent, LatentKind::VonMisesFisher { .. });
    let is_density = !matches!(latent, LatentKind::Point { .. });
    let _ = write!(
        out,
        "name\t{}\nmembers\t{}\ndims\t{}\nwindow\t{}\nhop\t{}\nsamples\t{}\nlatent\t{latent}\n\
         latent dims\t{}\nlikelihood\t{}\nis sphere\t{is_sphere}\nis density\t{is_density}\nobjective\t{}\n\
         rows\t{}\nversion\t{}\n",
        metadata.name,
        read.engine.members(),
        shape.features,
        metadata.window,
        metadata.hop,
        read.samples(),
        read.latent_dims(),
        shape.likelihood.name(),
        metadata.objective,
        metadata.rows,
        metadata.version
    );
    if let Some(calibration) = read.calibration {
        let (threshold, rate) = (calibration.threshold, calibration.false_alarm);
        let _ = write!(out, "threshold\t{threshold}\nfalse alarm\t{rate}\n");
    }
    out.push_str("missing");
    for word in MISSING.lines() {
        let _ = write!(out, "\t{word}");
    }
    out.push('\n');
    for column in metadata.columns.split('\n') {
        let _ = writeln!(out, "column\t{column}");
    }
    // labels, columns left out, times: as the file has them
    for line in metadata.reading.lines() {
        let _ = writeln!(out, "reading\t{line}");
    }
    out
}
