//! Every sentence is tested as the user reads it; files are built in place, save one that NumPy wrote.

mod array;
mod blocks;
#[cfg(feature = "arrow")]
mod columnar;
mod csv;
mod dialect;
mod files;
mod frame;
mod kinds;
mod numpy;
mod real;
mod time;

use std::fs;

use crate::{Dataset, LoadOptions, load};

/// Writes a file of this name and loads it. A failure is given as its sentence, without the folder.
fn load_as(name: &str, bytes: &[u8], options: &LoadOptions) -> Result<Dataset, String> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join(name);
    fs::write(&path, bytes).expect("a temporary file");
    load(&path, options).map_err(|error| {
        error
            .to_string()
            .strip_prefix(&*folder.path().join("").to_string_lossy())
            .expect("names the file")
            .to_owned()
    })
}

fn csv_with(text: &str, options: &LoadOptions) -> Result<Dataset, String> {
    load_as("d.csv", text.as_bytes(), options)
}

fn csv(text: &str) -> Result<Dataset, String> {
    csv_with(text, &LoadOptions::default())
}

fn owned(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

/// What NumPy's `save` writes: the header padded with spaces to a multiple of 64.
fn npy(descr: &str, fortran_order: bool, shape: &str, data: &[u8]) -> Vec<u8> {
    let fortran_order = if fortran_order { "True" } else { "False" };
    // those of records are lists
    let descr = if descr.starts_with('[') { descr.to_owned() } else { format!("'{descr}'") };
    let mut text = format!("{{'descr': {descr}, 'fortran_order': {fortran_order}, 'shape': {shape}, }}");
    text += &" ".repeat(63 - (10 + text.len()) % 64);
    text.push('\n');
    let mut file = b"\x93NUMPY\x01\x00".to_vec();
    file.extend((text.len() as u16).to_le_bytes());
    file.extend(text.as_bytes());
    file.extend(data);
    file
}
