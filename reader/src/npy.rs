//! NumPy's `.npy` and `.npz`.
//!
//! Own code, because the reader on crates.io parses Python literals in general and brings a parser generator
//! and C compilers along; NumPy writes one fixed dictionary of three entries. Format:
//! <https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html>.

use std::io::{Read, Seek};

use zip::ZipArchive;
use zip::result::ZipError;

use crate::array::{Array, Element, Kind, Order, take};
use crate::error::{Names, Problem};

const FORMAT: &str = ".npy";

/// No header of a numeric array comes near this; a longer one is not a header.
const LONGEST_HEADER: u32 = 1 << 16;

/// Reads an `.npy` file.
pub(crate) fn read(mut input: impl Read) -> Result<Array, Problem> {
    let Header { element, shape, order } = Header::read(&mut input)?;
    Array::read(input, element, shape, order)
}

/// What an `.npy` file says before its numbers.
pub(crate) struct Header {
    pub(crate) element: Element,
    pub(crate) shape: Vec<usize>,
    pub(crate) order: Order,
}

impl Header {
    pub(crate) fn read(input: &mut impl Read) -> Result<Self, Problem> {
        let header = header(input)?;
        let entry = |key| entry(&header, key).ok_or_else(|| malformed(format!("its header has no `{key}`")));
        let element = element(entry("descr")?)?;
        let order = match entry("fortran_order")? {
            order if order.starts_with("True") => Order::ColumnMajor,
            order if order.starts_with("False") => Order::RowMajor,
            _ => return Err(malformed("its `fortran_order` is neither True nor False")),
        };
        let shape = shape(entry("shape")?).ok_or_else(|| malformed("its `shape` cannot be read"))?;
        Ok(Header { element, shape, order })
    }
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

    pub(crate) fn array(&mut self, key: &str) -> Result<Array, Problem> {
        self.with(key, |member| read(member))
    }

    /// Does something with an array's file.
    pub(crate) fn with<T>(
        &mut self,
        key: &str,
        work: impl FnOnce(&mut dyn Read) -> Result<T, Problem>,
    ) -> Result<T, Problem> {
        let known = self.keys();
        let member = match self.0.by_name(&format!("{key}.npy")) {
            Err(ZipError::FileNotFound) => {
                return Err(Problem::NoArray { key: key.to_owned(), known: Names(known) });
            }
            member => member.map_err(unzip)?,
        };
        let mut member = member;
        work(&mut member)
            .map_err(|problem| Problem::InArray { key: key.to_owned(), problem: Box::new(problem) })
    }
}

fn unzip(error: ZipError) -> Problem {
    match error {
        ZipError::Io(error) => Problem::Io(error),
        error => Problem::Malformed { format: ".npz", what: error.to_string() },
    }
}

/// The text of the header: `{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }`.
fn header(input: &mut impl Read) -> Result<String, Problem> {
    let magic: [u8; 8] = take(input, FORMAT)?;
    let length = match magic {
        [0x93, b'N', b'U', b'M', b'P', b'Y', 1, _] => u16::from_le_bytes(take(input, FORMAT)?).into(),
        [0x93, b'N', b'U', b'M', b'P', b'Y', 2 | 3, _] => u32::from_le_bytes(take(input, FORMAT)?),
        _ => return Err(malformed("it does not begin as one")),
    };
    let mut text = String::new();
    let within = length <= LONGEST_HEADER;
    let read = within.then(|| input.by_ref().take(length.into()).read_to_string(&mut text));
    match read {
        Some(Ok(n)) if n == length as usize => Ok(text),
        _ => Err(malformed("its header cannot be read")),
    }
}

/// What follows `'key':` in the header.
fn entry<'a>(header: &'a str, key: &str) -> Option<&'a str> {
    let after =
        header.split_once(&format!("'{key}'")).or_else(|| header.split_once(&format!("\"{key}\"")))?.1;
    Some(after.trim_start().strip_prefix(':')?.trim_start())
}

fn element(entry: &str) -> Result<Element, Problem> {
    let quoted = entry.strip_prefix('\'').and_then(|rest| rest.split('\'').next());
    let quoted = quoted.or_else(|| entry.strip_prefix('"').and_then(|rest| rest.split('"').next()));
    let dtype = quoted.ok_or_else(|| Problem::Dtype { dtype: "a record".into() })?;
    let kind = match dtype.get(1..) {
        Some("i1") => Kind::I8,
        Some("u1" | "b1") => Kind::U8,
        Some("i2") => Kind::I16,
        Some("u2") => Kind::U16,
        Some("i4") => Kind::I32,
        Some("u4") => Kind::U32,
        Some("i8") => Kind::I64,
        Some("u8") => Kind::U64,
        Some("f4") => Kind::F32,
        Some("f8") => Kind::F64,
        _ => return Err(Problem::Dtype { dtype: dtype.chars().take(32).collect() }),
    };
    Ok(Element { kind, big_endian: dtype.starts_with('>') })
}

/// `(3, 4)`, `(3,)` or `()`; Python 2 wrote `(3L, 4L)`.
fn shape(entry: &str) -> Option<Vec<usize>> {
    let (inside, _) = entry.strip_prefix('(')?.split_once(')')?;
    let extents =
        inside.trim().trim_end_matches(',').split(',').map(|extent| extent.trim().trim_end_matches('L'));
    extents.filter(|extent| !extent.is_empty()).map(|extent| extent.parse().ok()).collect()
}

fn malformed(what: impl Into<String>) -> Problem {
    Problem::Malformed { format: FORMAT, what: what.into() }
}
