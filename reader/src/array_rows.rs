//! An array's rows one after another, whatever its order and its types.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use crate::array::{Array, Element, is_rounded};
use crate::array_columns::ColumnsOf;
use crate::cell::{Real, number};
use crate::error::{Fault, Place, Problem};
use crate::layout::{Column, Item, Layout, Order};
use crate::memory::Memory;
use crate::numbers::Numbers;

/// Bytes of rows that are read at a time.
const CHUNK: usize = 1 << 16;

/// Appends the numbers in some bytes.
type Decode<T> = fn(Element, &[u8], &mut Vec<T>) -> Result<(), Fault>;

/// Rows of an array. Memory grows with what was read, not with what a header claims; an array in column-major
/// order is held whole, unless it is a file, in which each column is gone to.
pub(crate) struct ArrayRows<R> {
    input: R,
    columns_of: Option<ColumnsOf>,
    layout: Layout,
    pub(crate) shape: Vec<usize>,
    order: Order,
    rows: usize,
    /// bytes of a row
    size: usize,
    /// known when the first row is there
    columns: Vec<Column>,
    /// rows that were read, and in column-major order how many they are
    bytes: Vec<u8>,
    held: usize,
    /// where the next row begins in them
    next: usize,
    /// the row in hand
    row: Vec<u8>,
    /// rows handed out
    pub(crate) at: usize,
}

impl<R: Read> ArrayRows<R> {
    pub(crate) fn new(input: R, layout: Layout, shape: Vec<usize>, order: Order) -> Result<Self, Problem> {
        let rows = shape.first().copied().unwrap_or(0);
        let size = layout.size();
        if shape.is_empty() || rows == 0 || size == 0 {
            return Err(Problem::EmptyShape { shape });
        }
        let order = if layout.dims() == 1 || layout.is_named() { Order::RowMajor } else { order };
        Ok(ArrayRows {
            input,
            columns_of: None,
            layout,
            shape,
            order,
            rows,
            size,
            columns: Vec::new(),
            bytes: Vec::new(),
            held: 0,
            next: 0,
            row: Vec::new(),
            at: 0,
        })
    }

    /// Whether columns stand one behind the other.
    pub(crate) fn is_column_major(&self) -> bool {
        self.order == Order::ColumnMajor
    }

    /// With the file that this is read from, in which the numbers begin at a byte, where it can be gone to
    /// its columns.
    ///
    /// # Errors
    /// [`Problem::Truncated`], [`Problem::Overlong`].
    pub(crate) fn in_file(self, path: &Path, begin: u64) -> Result<Self, Problem> {
        let file = File::open(path)?;
        let found = file.metadata()?.len().saturating_sub(begin);
        let expected = self.rows.saturating_mul(self.size) as u64;
        let dims = self.layout.dims();
        match found.cmp(&expected) {
            std::cmp::Ordering::Less => {
                let item = self.layout.element().map_or(self.size / dims, Element::size);
                let found = found as usize / item.max(1);
                Err(Problem::Truncated { found, expected: self.rows.saturating_mul(dims) })
            }
            std::cmp::Ordering::Greater => Err(Problem::Overlong { expected: self.rows * dims }),
            std::cmp::Ordering::Equal => {
                Ok(ArrayRows { columns_of: Some(ColumnsOf { file, begin }), ..self })
            }
        }
    }

    /// The columns. Reads the first row.
    pub(crate) fn columns(&mut self, memory: &Memory) -> Result<&[Column], Problem> {
        if self.columns.is_empty() {
            self.fill(memory)?;
            self.columns = self.layout.columns();
        }
        Ok(&self.columns)
    }

    pub(crate) fn layout(&self) -> &Layout {
        &self.layout
    }

    /// Goes to the next row; false where there is none, and nothing behind the last.
    pub(crate) fn next(&mut self, memory: &Memory) -> Result<bool, Problem> {
        self.columns(memory)?;
        if self.at == self.rows {
            return self.end().map(|()| false);
        }
        self.row.clear();
        match self.order {
            Order::RowMajor => {
                if self.next == self.bytes.len() {
                    self.fill(memory)?;
                }
                self.row.extend_from_slice(&self.bytes[self.next..self.next + self.size]);
                self.next += self.size;
            }
            Order::ColumnMajor => {
                if self.next == self.held {
                    self.fill(memory)?;
                }
                self.gather();
                self.next += 1;
            }
        }
        self.at += 1;
        Ok(true)
    }

    /// Reads the next rows, or all.
    fn fill(&mut self, memory: &Memory) -> Result<(), Problem> {
        if let Some(columns) = &mut self.columns_of {
            let dims = self.layout.dims();
            let rows = columns.read(self.at, self.rows, (dims, self.size / dims), &mut self.bytes)?;
            (self.held, self.next) = (rows, 0);
            return Ok(());
        }
        let rows = match self.order {
            Order::RowMajor => (CHUNK / self.size).clamp(1, self.rows - self.at),
            Order::ColumnMajor => self.rows,
        };
        let wanted = rows.saturating_mul(self.size);
        self.bytes.clear();
        self.next = 0;
        while self.bytes.len() < wanted {
            let step = (wanted - self.bytes.len()).min(CHUNK.max(self.bytes.len()));
            memory.allows(self.bytes.len() + step)?;
            let found = self.input.by_ref().take(step as u64).read_to_end(&mut self.bytes)?;
            if found < step {
                return Err(self.truncated());
            }
        }
        self.held = rows;
        Ok(())
    }

    fn truncated(&self) -> Problem {
        let dims = self.layout.dims();
        let found = self.bytes.len() / self.size * dims
            + self.layout.element().map_or(0, |element| self.bytes.len() % self.size / element.size());
        Problem::Truncated { found: self.at * dims + found, expected: self.rows.saturating_mul(dims) }
    }

    /// Reading on to the very end is also what makes gzip and zip check their checksums.
    fn end(&mut self) -> Result<(), Problem> {
        if self.columns_of.is_some() {
            return Ok(());
        }
        match self.input.read(&mut [0])? {
            0 => Ok(()),
            _ => Err(Problem::Overlong { expected: self.rows * self.layout.dims() }),
        }
    }

    /// Takes a row out of columns.
    fn gather(&mut self) {
        let size = self.columns[0].item.size();
        self.row.resize(self.size, 0);
        for stored in 0..self.columns.len() {
            let from = (stored * self.held + self.next) * size;
            let to = row_major(stored, &self.shape[1..]) * size;
            self.row[to..to + size].copy_from_slice(&self.bytes[from..from + size]);
        }
    }

    fn bytes(&self, column: &Column) -> &[u8] {
        &self.row[column.at..column.at + column.item.size()]
    }

    /// Appends these columns of the row as f32; `whole` refuses what is whole only as one.
    pub(crate) fn numbers(&self, chosen: &[usize], whole: bool, to: &mut Vec<f32>) -> Result<(), Problem> {
        let start = to.len();
        match self.layout.element().filter(|_| chosen.iter().copied().eq(0..self.columns.len())) {
            Some(element) => {
                element.decode(&self.row, to).map_err(|fault| self.wrong(to.len() - start, fault))?;
            }
            None => self.each(chosen, to, Element::decode)?,
        }
        if whole {
            let mut wide = Vec::with_capacity(chosen.len());
            self.wide(chosen, &mut wide)?;
            let mut pairs = to[start..].iter().zip(&wide);
            if let Some(at) = pairs.position(|(value, number)| is_rounded(*value, *number)) {
                return Err(self.wrong(chosen[at], Fault::Rounded(format!("{:?}", wide[at]))));
            }
        }
        Ok(())
    }

    /// Appends these columns of the row as f64.
    pub(crate) fn wide(&self, chosen: &[usize], to: &mut Vec<f64>) -> Result<(), Problem> {
        self.each(chosen, to, Element::decode_wide)
    }

    /// Appends these columns one by one; those of text may hold numbers.
    fn each<T: Real>(&self, chosen: &[usize], to: &mut Vec<T>, decode: Decode<T>) -> Result<(), Problem> {
        for &column in chosen {
            let of = &self.columns[column];
            let read = match of.item {
                Item::Number(element) => decode(element, self.bytes(of), to),
                item => item
                    .text(self.bytes(of))
                    .and_then(|text| number(text.trim().as_bytes(), Numbers::PLAIN))
                    .map(|number| to.push(number)),
            };
            read.map_err(|fault| self.wrong(column, fault))?;
        }
        Ok(())
    }

    /// A column of the row as text.
    pub(crate) fn text(&self, column: usize) -> Result<String, Problem> {
        let of = &self.columns[column];
        of.item.text(self.bytes(of)).map_err(|fault| self.wrong(column, fault))
    }

    /// What is wrong with a column of the row.
    pub(crate) fn wrong(&self, column: usize, fault: Fault) -> Problem {
        Problem::Cell { place: self.place(), column: self.columns[column].name.clone(), fault }
    }

    /// Where the row stands.
    pub(crate) fn place(&self) -> Place {
        Place { row: self.at, line: None }
    }

    /// All numbers.
    pub(crate) fn array(mut self, memory: &Memory) -> Result<Array, Problem> {
        let all: Vec<usize> = (0..self.columns(memory)?.len()).collect();
        let mut values = Vec::new();
        while self.next(memory)? {
            self.numbers(&all, false, &mut values)?;
            memory.allows(values.len() * size_of::<f32>())?;
        }
        values.shrink_to_fit();
        let dims = if self.layout.is_named() { vec![self.rows, all.len()] } else { self.shape };
        Ok(Array { shape: dims, values })
    }
}

/// The column, counted in row-major order, that is the `stored`-th in column-major order.
fn row_major(mut stored: usize, rest: &[usize]) -> usize {
    let mut column = 0;
    for &extent in rest {
        column = column * extent + stored % extent;
        stored /= extent;
    }
    column
}
