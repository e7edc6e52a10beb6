//! Files that are no text, whatever they are called.

/// First bytes, and what begins so.
const MAGIC: [(&[u8], &str); 11] = [
    (b"PK\x03\x04", "a ZIP archive, such as .xlsx or .npz"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook"),
    (b"\x93NUMPY", "an array of NumPy's, which is called .npy"),
    (b"PAR1", "a Parquet table, which is called .parquet"),
    (b"ARROW1", "an Arrow table, which is called .arrow"),
    (b"\x89HDF", "an HDF5 file"),
    (b"SQLite format 3", "an SQLite database"),
    (b"%PDF", "a PDF document"),
    (b"{", "JSON"),
    (b"[{", "JSON"),
    (b"<", "HTML or XML"),
];

/// What a file is by its first bytes, where that is no table of text.
pub(crate) fn foreign(head: &[u8]) -> Option<&'static str> {
    let head = head.trim_ascii_start();
    // a name such as `<speed>` or `{x}` is followed by a delimiter
    let line = head.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let is_markup = |magic: &[u8]| match magic {
        b"{" | b"[{" => line.contains(&b':') && line.contains(&b'"'),
        b"<" => head.starts_with(b"<!") || head.starts_with(b"<?") || head.starts_with(b"<html"),
        _ => true,
    };
    MAGIC.iter().find(|(magic, _)| head.starts_with(magic) && is_markup(magic)).map(|(_, what)| *what)
}
