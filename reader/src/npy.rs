//! NumPy's `.npy` and `.npz`.
//!
//! Own code, because the reader on crates.io brings a parser generator and C compilers along. Format:
//! <https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html>.

use std::io::{Read, Seek};
use std::path::Path;

use zip::ZipArchive;
use zip::result::ZipError;

use crate::array::take;
use crate::array_rows::ArrayRows;
use crate::error::{Names, Problem};
use crate::layout::{Layout, Order};
use crate::literal::Literal;

const FORMAT: &str = ".npy";

/// No header comes near this; a longer one is not a header.
const LONGEST_HEADER: u32 = 1 << 20;

/// Opens an `.npy` file behind its header; `path` is where it stands unpacked, where it does.
pub(crate) fn open_file<R: Read>(mut input: R, path: Option<&Path>) -> Result<ArrayRows<R>, Problem> {
    let (header, begin) = header(&mut input)?;
    let rows = behind(input, &header)?;
    match path.filter(|_| rows.is_column_major()) {
        Some(path) => rows.in_file(path, begin),
        None => Ok(rows),
    }
}

/// Opens an `.npy` file behind its header.
pub(crate) fn open<R: Read>(input: R) -> Result<ArrayRows<R>, Problem> {
    open_file(input, None)
}

/// The rows that a header announces.
fn behind<R: Read>(input: R, header: &str) -> Result<ArrayRows<R>, Problem> {
    let header = Literal::parse(header).ok_or_else(|| malformed("its header cannot be read"))?;
    let entry = |key| header.entry(key).ok_or_else(|| malformed(format!("its header has no `{key}`")));
    let order = match entry("fortran_order")?.truth() {
        Some(true) => Order::ColumnMajor,
        Some(false) => Order::RowMajor,
        None => return Err(malformed("its `fortran_order` is neither True nor False")),
    };
    let extent = |extent: &Literal| usize::try_from(extent.number()?).ok();
    let shape: Option<Vec<usize>> =
        entry("shape")?.list().and_then(|extents| extents.iter().map(extent).collect());
    let shape = shape.ok_or_else(|| malformed("its `shape` cannot be read"))?;
    ArrayRows::new(input, Layout::of_descr(entry("descr")?, &shape)?, shape, order)
}

/// An open `.npz` file.
pub(crate) struct Npz<R>(ZipArchive<R>);

impl<R: Read + Seek> Npz<R> {
    pub(crate) fn open(file: R) -> Result<Self, Problem> {
        ZipArchive::new(file).map(Npz).map_err(unzip)
    }

    pub(crate) fn keys(&self) -> Vec<String> {
        let names = self.0.file_names().filter_map(Result::ok);
        names.filter_map(|name| Some(name.strip_suffix(".npy")?.to_owned())).collect()
    }

    /// The array of frames: the one that is asked for, `X`, or the only one beside the labels.
    pub(crate) fn frames(&self, asked: Option<&str>, labels: Option<&str>) -> Result<String, Problem> {
        if let Some(key) = asked {
            return Ok(key.to_owned());
        }
        let is_frames = |key: &&String| Some(key.as_str()) != labels && *key != "y";
        let keys = self.keys();
        let mut candidates = keys.iter().filter(is_frames);
        match (candidates.clone().find(|key| *key == "X"), candidates.next(), candidates.next()) {
            (Some(key), _, _) | (None, Some(key), None) => Ok(key.clone()),
            (None, None, _) => Err(Problem::NoArray { key: "X".into(), known: Names(keys.clone()) }),
            _ => Err(Problem::WhichArray { known: Names(keys.clone()) }),
        }
    }

    /// Does something with the rows of an array.
    pub(crate) fn with<T>(
        &mut self,
        key: &str,
        work: impl FnOnce(ArrayRows<&mut dyn Read>) -> Result<T, Problem>,
    ) -> Result<T, Problem> {
        let known = self.keys();
        let mut member = match self.0.by_name(&format!("{key}.npy")) {
            Err(ZipError::FileNotFound) => {
                return Err(Problem::NoArray { key: key.to_owned(), known: Names(known) });
            }
            member => member.map_err(unzip)?,
        };
        open(&mut member as &mut dyn Read).and_then(work).map_err(|problem| match problem {
            Problem::InArray { .. } | Problem::LabelCount { .. } => problem,
            Problem::MissingCells { ref first, .. } if matches!(**first, Problem::InArray { .. }) => problem,
            other => Problem::InArray { key: key.to_owned(), problem: Box::new(other) },
        })
    }
}

fn unzip(error: ZipError) -> Problem {
    match error {
        ZipError::Io(error) => Problem::Io(error),
        error => Problem::Malformed { format: ".npz", what: error.to_string() },
    }
}

/// The text of the header, `{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }`, and the byte behind
/// it.
fn header(input: &mut impl Read) -> Result<(String, u64), Problem> {
    let magic: [u8; 8] = take(input, FORMAT)?;
    let (front, length) = match magic {
        [0x93, b'N', b'U', b'M', b'P', b'Y', 1, _] => (10, u16::from_le_bytes(take(input, FORMAT)?).into()),
        [0x93, b'N', b'U', b'M', b'P', b'Y', 2 | 3, _] => (12, u32::from_le_bytes(take(input, FORMAT)?)),
        _ => return Err(malformed("it does not begin as one")),
    };
    let mut text = String::new();
    let within = length <= LONGEST_HEADER;
    let read = within.then(|| input.by_ref().take(length.into()).read_to_string(&mut text));
    match read {
        Some(Ok(n)) if n == length as usize => Ok((text, front + u64::from(length))),
        _ => Err(malformed("its header cannot be read")),
    }
}

fn malformed(what: impl Into<String>) -> Problem {
    Problem::Malformed { format: FORMAT, what: what.into() }
}
