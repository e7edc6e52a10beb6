//! What of a file is in no packet: its other columns, and cells that are no whole steps.
//!
//! Some thousand rows at a time are a block, column by column, deflated. The blocks stand behind the packets,
//! so that rows between lost packets keep their cells; `docs/packet-format.md` has the bytes.

use std::io::{Read, Seek, SeekFrom, Write};

use elbow::format::checksum;
use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;
use serde::{Deserialize, Serialize};

use super::cells::Cells;
use super::table::Table;

/// Last bytes of a file of packets.
const MAGIC: [u8; 8] = *b"ELBOSIDE";
/// Length and check of what stands before them, and those bytes.
const FOOTER_LEN: usize = 8 + 4 + MAGIC.len();
/// Rows of a block, at most.
const ROWS: u32 = 4096;
/// Bytes of cells after which a block ends.
const BYTES: usize = 1 << 20;
/// Bytes of an inflated block; those of sound files are far from it.
const LONGEST: u64 = 1 << 28;

/// All of it, as it stands in a file.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Parts {
    table: Option<Table>,
    blocks: Vec<Vec<u8>>,
}

/// Some rows.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Block {
    rows: u32,
    /// of each of the other columns
    columns: Vec<Cells>,
    escapes: Vec<Escape>,
}

/// A cell of the model's columns that stands by itself.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Escape {
    /// in the block
    row: u32,
    column: u32,
    text: Vec<u8>,
}

/// Takes rows as they come.
#[derive(Debug, Default)]
pub(super) struct SideWriter {
    parts: Parts,
    columns: Vec<Vec<Vec<u8>>>,
    escapes: Vec<Escape>,
    rows: u32,
    bytes: usize,
    /// escapes so far
    pub(super) escaped: u64,
}

impl SideWriter {
    pub(super) fn new(table: Option<Table>) -> Self {
        let others = table.as_ref().map_or(0, Table::others);
        SideWriter {
            parts: Parts { table, blocks: Vec::new() },
            columns: vec![Vec::new(); others],
            ..SideWriter::default()
        }
    }

    /// A cell of the row that [`row`](Self::row) will end.
    pub(super) fn escape(&mut self, column: usize, text: Vec<u8>) {
        self.bytes += text.len();
        self.escaped += 1;
        self.escapes.push(Escape { row: self.rows, column: column as u32, text });
    }

    /// Ends a row, given the cells of the other columns.
    pub(super) fn row<'c>(&mut self, cells: impl Iterator<Item = &'c [u8]>) {
        for (column, cell) in self.columns.iter_mut().zip(cells) {
            self.bytes += cell.len();
            column.push(cell.to_vec());
        }
        self.rows += 1;
        if self.rows == ROWS || self.bytes >= BYTES {
            self.end_block();
        }
    }

    fn end_block(&mut self) {
        let cells = self.columns.iter_mut().map(|column| Cells::of(&std::mem::take(column)));
        let block =
            Block { rows: self.rows, columns: cells.collect(), escapes: std::mem::take(&mut self.escapes) };
        let mut deflated = ZlibEncoder::new(Vec::new(), Compression::best());
        // into memory: neither fails
        drop(deflated.write_all(&postcard::to_allocvec(&block).unwrap_or_default()));
        self.parts.blocks.push(deflated.finish().unwrap_or_default());
        (self.rows, self.bytes) = (0, 0);
    }

    /// The bytes behind the packets.
    pub(super) fn finish(mut self) -> Vec<u8> {
        if self.rows > 0 && (self.parts.table.is_some() || !self.escapes.is_empty()) || self.escaped > 0 {
            self.end_block();
        } else if self.parts.table.is_none() {
            self.parts.blocks.clear();
        }
        let mut bytes = postcard::to_allocvec(&self.parts).unwrap_or_default();
        let (length, check) = (bytes.len() as u64, checksum(&bytes));
        bytes.extend(length.to_le_bytes());
        bytes.extend(check.to_le_bytes());
        bytes.extend(MAGIC);
        bytes
    }
}

/// Gives them again, rows rising.
#[derive(Debug, Default)]
pub(super) struct SideReader {
    table: Option<Table>,
    blocks: std::vec::IntoIter<Vec<u8>>,
    /// where its first row stands, and its cells
    block: (u64, Block, Vec<Vec<Vec<u8>>>),
}

impl SideReader {
    /// Reads what stands at the end of a file; `None` where it is cut or damaged.
    pub(super) fn read(file: &mut (impl Read + Seek)) -> std::io::Result<Option<SideReader>> {
        let end = file.seek(SeekFrom::End(0))?;
        let Some(at) = end.checked_sub(FOOTER_LEN as u64) else { return Ok(None) };
        file.seek(SeekFrom::Start(at))?;
        let mut footer = [0; FOOTER_LEN];
        file.read_exact(&mut footer)?;
        let [l0, l1, l2, l3, l4, l5, l6, l7, c0, c1, c2, c3, magic @ ..] = footer;
        let length = u64::from_le_bytes([l0, l1, l2, l3, l4, l5, l6, l7]);
        let Some(begin) = at.checked_sub(length).filter(|_| magic == MAGIC) else { return Ok(None) };
        file.seek(SeekFrom::Start(begin))?;
        let mut bytes = Vec::new();
        file.take(length).read_to_end(&mut bytes)?;
        let is_right = checksum(&bytes) == u32::from_le_bytes([c0, c1, c2, c3]);
        let parts: Option<Parts> = if is_right { postcard::from_bytes(&bytes).ok() } else { None };
        Ok(parts.map(|Parts { table, blocks }| SideReader {
            table,
            blocks: blocks.into_iter(),
            ..SideReader::default()
        }))
    }

    pub(super) fn table(&self) -> Option<&Table> {
        self.table.as_ref()
    }

    /// Goes to a row, whose number is not below that of the last.
    pub(super) fn go_to(&mut self, row: u64) {
        while self.block.0 + u64::from(self.block.1.rows) <= row {
            let Some(bytes) = self.blocks.next() else { return };
            let mut inflated = Vec::new();
            let read = ZlibDecoder::new(&bytes[..]).take(LONGEST).read_to_end(&mut inflated);
            let block: Block = match read {
                Ok(_) => postcard::from_bytes(&inflated).unwrap_or_default(),
                Err(_) => Block::default(),
            };
            let rows = block.rows.min(ROWS) as usize;
            let cells = block.columns.iter().map(|column| column.texts(rows)).collect();
            self.block = (self.block.0 + u64::from(self.block.1.rows), block, cells);
        }
    }

    /// The cell of one of the other columns in a row that was gone to.
    pub(super) fn cell(&self, row: u64, column: usize) -> &[u8] {
        let at = row.checked_sub(self.block.0).unwrap_or(u64::MAX) as usize;
        self.block.2.get(column).and_then(|cells| cells.get(at)).map_or(&[], |cell| &cell[..])
    }

    /// The cell of a model's column that stands by itself there.
    pub(super) fn escape(&self, row: u64, column: usize) -> Option<&[u8]> {
        let is_it = |escape: &&Escape| {
            self.block.0 + u64::from(escape.row) == row && escape.column as usize == column
        };
        let first = self.block.1.escapes.partition_point(|e| self.block.0 + u64::from(e.row) < row);
        self.block.1.escapes.get(first..)?.iter().take(1 << 13).find(is_it).map(|escape| &escape.text[..])
    }
}
