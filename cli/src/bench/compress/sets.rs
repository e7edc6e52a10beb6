//! Recorded data as integers: part of it to fit a model on, the rest to be coded.

use std::path::{Path, PathBuf};

use elbow::codec::PacketError;

use crate::demo::{RESOLUTION, data_set};
use crate::error::Error;
use crate::fit::fit_and_write;
use crate::report;
use elbow_host::model::ModelBytes;
use elbow_reader::{Dataset, LoadOptions, load, load_array};
use elbow_trainer::settings::Settings;

use super::PACKET;

/// Windows of integers, to fit on and to be coded.
pub(super) struct Set {
    pub(super) name: &'static str,
    pub(super) path: PathBuf,
    /// rows and channels of a window
    pub(super) rows: usize,
    pub(super) channels: usize,
    pub(super) train: Vec<i32>,
    pub(super) test: Vec<i32>,
    /// whether 16 bits hold every sample
    pub(super) is_narrow: bool,
    settings: Settings,
}

/// The sets that there are.
pub(super) fn all(folder: Option<&Path>, models: &Path) -> Result<Vec<Set>, Error> {
    let mut sets = vec![telemetry(models)?];
    if let Some(folder) = folder {
        sets.push(ecg(&folder.join("ecg5000/ecg5000_normal_vs_anomaly.npz"))?);
        sets.push(skab(&folder.join("skab"))?);
    }
    Ok(sets)
}

/// Counters of a machine: minutes to fit on and to code by turns.
fn telemetry(folder: &Path) -> Result<Set, Error> {
    let options = LoadOptions { drop: vec!["time_s".into()], ..LoadOptions::default() };
    let path = data_set(folder)?;
    let values = load(&path, &options)?.values;
    let (train, test) = by_turns(&integers(&values, &RESOLUTION), 60 * 80);
    let settings = Settings { scaling: "log".parse()?, ..settings() };
    Ok(Set::new("telemetry, 20 counters", path, (4, 20), train, test, settings))
}

/// Heartbeats, each standardised: one to fit on, one to code, by turns.
fn ecg(path: &Path) -> Result<Set, Error> {
    let [normal, mixed] = ["x_train_normal", "x_test"].map(|key| load_array(path, key));
    let samples = integers(&[normal?.values, mixed?.values].concat(), &[0.01]);
    let (train, test) = by_turns(&samples, 140);
    let settings = Settings { latent: "gaussian:12".parse()?, hidden: vec![96, 48], ..settings() };
    Ok(Set::new("ECG5000, resolution 0.01", path.to_path_buf(), (140, 1), train, test, settings))
}

/// A pump's eight sensors: one valve's recordings to fit on, the other's to code.
fn skab(folder: &Path) -> Result<Set, Error> {
    const RESOLUTION: [f64; 8] = [1e-4, 1e-4, 1e-3, 0.327927, 1e-3, 1e-3, 0.01, 0.01];
    const COLUMNS: [&str; 8] = [
        "Accelerometer1RMS",
        "Accelerometer2RMS",
        "Current",
        "Pressure",
        "Temperature",
        "Thermocouple",
        "Voltage",
        "Volume Flow RateRMS",
    ];
    let options =
        LoadOptions { columns: Some(COLUMNS.map(str::to_string).to_vec()), ..LoadOptions::default() };
    let read = |part: &str, files: std::ops::Range<usize>| {
        let one = |file: usize| load(&folder.join(part).join(format!("{file}.csv")), &options);
        let files: Result<Vec<Dataset>, _> = files.map(one).collect();
        files.map(|files| files.into_iter().flat_map(|file| file.values).collect::<Vec<f32>>())
    };
    let (train, test) = (read("valve2", 0..4)?, read("valve1", 0..16)?);
    let (train, test) = (integers(&train, &RESOLUTION), integers(&test, &RESOLUTION));
    Ok(Set::new("SKAB, 8 sensors", folder.to_path_buf(), (16, 8), train, test, settings()))
}

/// What the models of all sets are fitted with.
fn settings() -> Settings {
    Settings { epochs: 150, patience: 15, ..Settings::default() }
}

/// Numbers as steps of their column's resolution.
fn integers(values: &[f32], resolution: &[f64]) -> Vec<i32> {
    let steps = |(value, unit): (&f32, &f64)| (f64::from(*value) / unit).round() as i32;
    values.iter().zip(resolution.iter().cycle()).map(steps).collect()
}

/// Blocks of so many numbers, the first to one side, the next to the other.
fn by_turns(samples: &[i32], block: usize) -> (Vec<i32>, Vec<i32>) {
    let side = |first| samples.chunks_exact(block).skip(first).step_by(2).flatten().copied().collect();
    (side(0), side(1))
}

impl Set {
    fn new(
        name: &'static str,
        path: PathBuf,
        (rows, channels): (usize, usize),
        mut train: Vec<i32>,
        mut test: Vec<i32>,
        settings: Settings,
    ) -> Set {
        for samples in [&mut train, &mut test] {
            samples.truncate(samples.len() / (rows * channels) * (rows * channels));
        }
        let is_narrow = test.iter().all(|sample| i16::try_from(*sample).is_ok());
        Set { name, path, rows, channels, train, test, is_narrow, settings }
    }

    pub(super) fn frame(&self) -> usize {
        self.rows * self.channels
    }

    /// As many as make a packet.
    pub(super) fn windows_per_packet(&self) -> usize {
        PACKET.div_ceil(self.frame())
    }

    /// The samples to be coded, a packet's at a time.
    pub(super) fn packets(&self) -> impl Iterator<Item = &[i32]> {
        self.test.chunks(self.windows_per_packet() * self.frame())
    }

    pub(super) fn sample_bytes(&self) -> usize {
        if self.is_narrow { 2 } else { 4 }
    }

    pub(super) fn refused(&self, source: PacketError) -> Error {
        elbow_host::Error::Packet { path: self.path.clone(), source }.into()
    }

    /// The set's model, from the folder or fitted and put there.
    pub(super) fn model(&self, folder: &Path) -> Result<ModelBytes, Error> {
        let name = self.name.split([' ', ',']).next().unwrap_or_default().to_lowercase();
        let out = folder.join(format!("{name}.elbow"));
        if !out.exists() {
            std::fs::create_dir_all(folder).map_err(Error::io("write", folder))?;
            let rows = self.train.len() / self.frame();
            report::note(&format!("fitting {} on {rows} windows", out.display()));
            let values = self.train.iter().map(|sample| *sample as f32).collect();
            let data = Dataset::of(self.path.clone(), values, self.frame());
            fit_and_write(&name, data, &self.settings, None, &out)?;
        }
        Ok(ModelBytes::read(&out)?)
    }
}
