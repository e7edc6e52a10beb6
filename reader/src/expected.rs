//! How much there is to read, before it is read.

use std::io::Read;
use std::path::{Path, PathBuf};

use crate::csv::Rows;
use crate::error::{DataError, Problem};
use crate::files::expand;
use crate::open::{Named, is_live, named, open};
use crate::options::LoadOptions;
use crate::{idx, npy};

/// Bytes at the head of a text file by which its rows are guessed.
const HEAD: u64 = 1 << 20;

/// About how many numbers the frames of files have: of text by the length of its first lines. `None` where
/// nobody can know before all is read: packed files, archives, pipes.
///
/// # Errors
/// As [`load_files`](crate::load_files), of what is wrong at the head of a file.
pub fn expected_numbers(paths: &[PathBuf], options: &LoadOptions) -> Result<Option<u64>, DataError> {
    let mut sum = Some(0);
    for path in expand(paths)? {
        let of_rows = of_file(&path, options).map_err(|problem| DataError { path, problem })?;
        sum = sum.zip(of_rows).map(|(sum, of)| sum + of);
    }
    let overlap = options.window.div_ceil(options.hop.unwrap_or(options.window).max(1)).max(1) as u64;
    Ok(sum.map(|sum| sum.saturating_mul(overlap)))
}

fn of_file(path: &Path, options: &LoadOptions) -> Result<Option<u64>, Problem> {
    let is_packed = path.extension().is_some_and(|extension| extension == "gz");
    if is_live(path) || is_packed {
        return Ok(None);
    }
    let (rows, columns) = match named(path) {
        Named::Text => {
            let mut head = Vec::new();
            open(path)?.take(HEAD).read_to_end(&mut head)?;
            let lines = head.iter().filter(|byte| **byte == b'\n').count().max(1) as u64;
            let rows = path.metadata()?.len().saturating_mul(lines) / head.len().max(1) as u64;
            (rows, Rows::open(head.as_slice(), options)?.columns().len())
        }
        Named::Npz => return Ok(None),
        #[cfg(feature = "arrow")]
        Named::Columnar => {
            let table = crate::columnar::Rows::open(path, options)?;
            let Some(rows) = table.rows else { return Ok(None) };
            (rows, table.features())
        }
        #[cfg(not(feature = "arrow"))]
        Named::Columnar => return Err(Problem::NoArrow),
        Named::Npy => size(&npy::open(open(path)?)?.shape),
        Named::Nothing => size(&idx::open(open(path)?)?.shape),
    };
    let taken = options.part.rows.map_or(rows, |part| {
        let last = part.last.map_or(rows, |last| rows.min(last as u64));
        last.saturating_sub(part.first as u64 - 1)
    });
    Ok(Some(taken.saturating_mul(columns as u64)))
}

/// Rows, and numbers of each.
fn size(shape: &[usize]) -> (u64, usize) {
    let rest = shape.iter().skip(1).fold(1, |product: usize, extent| product.saturating_mul(*extent));
    (shape.first().copied().unwrap_or(0) as u64, rest)
}
