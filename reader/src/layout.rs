//! Where the columns of a row of an array stand.

use crate::array::{Element, Kind};
use crate::error::{Fault, Problem};
use crate::literal::Literal;

/// Which index runs fastest in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    RowMajor,
    ColumnMajor,
}

/// What stands in a place of an array.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Item {
    Number(Element),
    /// so many bytes of text
    Bytes(usize),
    /// so many characters of 32 bits
    Characters {
        count: usize,
        big_endian: bool,
    },
    /// what cannot be read, as part of a record in which other columns may be wanted
    Other(usize),
}

/// Some columns of one type, one behind the other.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Field {
    /// that of a record's field
    name: Option<String>,
    count: usize,
    item: Item,
}

/// The fields of a row: nothing of it grows with the number of columns that a header claims.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Layout(Vec<Field>);

/// One column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Column {
    pub(crate) name: String,
    /// where it begins in a row's bytes
    pub(crate) at: usize,
    pub(crate) item: Item,
}

impl Layout {
    /// So many numbers of one type.
    pub(crate) fn uniform(element: Element, shape: &[usize]) -> Self {
        let count = product(shape.get(1..).unwrap_or_default());
        Layout(vec![Field { name: None, count, item: Item::Number(element) }])
    }

    /// That of an array with this `descr`: rows of one type, or one record a row.
    pub(crate) fn of_descr(descr: &Literal, shape: &[usize]) -> Result<Self, Problem> {
        if let Some(name) = descr.text() {
            let count = product(shape.get(1..).unwrap_or_default());
            let item = Item::named(name).filter(|item| !matches!(item, Item::Other(_)));
            let item = item.ok_or_else(|| Problem::Dtype { dtype: name.chars().take(32).collect() })?;
            return Ok(Layout(vec![Field { name: None, count, item }]));
        }
        if shape.len() != 1 {
            return Err(Problem::RecordShape { shape: shape.to_vec() });
        }
        let mut fields = Vec::new();
        records(descr, "", &mut fields).ok_or_else(|| Problem::Dtype { dtype: "a record".into() })?;
        Ok(Layout(fields))
    }

    /// Bytes of a row; what overflows is more than any file holds.
    pub(crate) fn size(&self) -> usize {
        let size = |field: &Field| field.count.saturating_mul(field.item.size());
        self.0.iter().fold(0, |sum, field| sum.saturating_add(size(field)))
    }

    /// Columns of a row.
    pub(crate) fn dims(&self) -> usize {
        self.0.iter().fold(0, |sum, field| sum.saturating_add(field.count))
    }

    /// The type of all numbers, where they have one.
    pub(crate) fn element(&self) -> Option<Element> {
        match &self.0[..] {
            [Field { item: Item::Number(element), .. }] => Some(*element),
            _ => None,
        }
    }

    /// Whether the columns have names of their own.
    pub(crate) fn is_named(&self) -> bool {
        self.0.iter().any(|field| field.name.is_some())
    }

    /// All columns. To be asked once a row's bytes are there, so that there is no more of them than of those.
    pub(crate) fn columns(&self) -> Vec<Column> {
        let mut at = 0;
        let mut columns = Vec::new();
        let named = self.is_named();
        for Field { name, count, item } in &self.0 {
            for i in 0..*count {
                if named && name.is_none() {
                    at += item.size();
                    continue;
                }
                let name = match name {
                    Some(name) if *count == 1 => name.clone(),
                    name => format!("{}{i}", name.as_deref().unwrap_or("x")),
                };
                columns.push(Column { name, at, item: *item });
                at += item.size();
            }
        }
        columns
    }
}

/// The fields of a record, those of a record within it behind its name and a point; `None` where they make
/// no sense.
fn records(descr: &Literal, within: &str, fields: &mut Vec<Field>) -> Option<()> {
    for field in descr.list()? {
        let [name, kind, rest @ ..] = field.list()? else { return None };
        // a pair is title and name
        let name = name.text().or_else(|| name.list()?.get(1)?.text())?;
        let name = format!("{within}{name}").replace(elbow::format::is_control, " ");
        let extents = rest.first().map_or(Some(&[][..]), Literal::list)?;
        let extents: Option<Vec<usize>> =
            extents.iter().map(|extent| usize::try_from(extent.number()?).ok()).collect();
        let count = product(&extents?);
        match kind.text() {
            // bytes that only fill up
            Some(kind) if name.is_empty() => {
                fields.push(Field { name: None, count, item: Item::named(kind)? })
            }
            Some(kind) => fields.push(Field { name: Some(name), count, item: Item::named(kind)? }),
            None if count == 1 => records(kind, &format!("{name}."), fields)?,
            None => return None,
        }
    }
    Some(())
}

impl Item {
    /// What NumPy calls so, as in `<f4`; what has no bytes is nothing.
    fn named(name: &str) -> Option<Item> {
        let (order, kind) = name.split_at_checked(1)?;
        let big_endian = order == ">";
        // times are whole numbers of the unit that stands behind in brackets
        let kind = kind.split_once('[').map_or(kind, |(kind, _)| kind);
        let kind = if matches!(kind, "M8" | "m8") { "i8" } else { kind };
        if let Some(kind) = Kind::named(kind) {
            return Some(Item::Number(Element { kind, big_endian }));
        }
        let (letter, length) = kind.split_at_checked(1)?;
        let length = || length.parse::<usize>().ok().filter(|length| *length > 0);
        match letter {
            "U" => Some(Item::Characters { count: length()?, big_endian }),
            "S" => length().map(Item::Bytes),
            // of Python's objects only places stand here, and what they hold behind the array
            "V" | "c" | "f" => length().map(Item::Other),
            _ => None,
        }
    }

    pub(crate) fn size(self) -> usize {
        match self {
            Item::Number(element) => element.size(),
            Item::Bytes(length) | Item::Other(length) => length,
            Item::Characters { count, .. } => count.saturating_mul(4),
        }
    }

    /// What stands there as text.
    pub(crate) fn text(self, bytes: &[u8]) -> Result<String, Fault> {
        match self {
            Item::Number(element) => element.text(bytes),
            Item::Bytes(_) => Ok(String::from_utf8_lossy(bytes).trim_end_matches('\0').to_owned()),
            Item::Characters { big_endian, .. } => {
                let convert = if big_endian { u32::from_be_bytes } else { u32::from_le_bytes };
                let character = |&bytes: &[u8; 4]| char::from_u32(convert(bytes)).unwrap_or('\u{fffd}');
                let text: String = bytes.as_chunks().0.iter().map(character).collect();
                Ok(text.trim_end_matches('\0').to_owned())
            }
            Item::Other(_) => Err(Fault::Text("what stands there".into())),
        }
    }
}

/// The product of extents. What overflows is more than any file holds, and is found out by the file's end.
pub(crate) fn product(extents: &[usize]) -> usize {
    extents.iter().fold(1, |product: usize, &extent| product.saturating_mul(extent))
}
