//! A report as a model card in Markdown: its texts and tables, without pictures.

use std::fmt::Write as _;

use super::document::{Block, Section, Table};
use crate::report::shown;

/// The card.
pub(super) fn card(title: &str, sections: &[Section]) -> String {
    let mut out = format!("# {}\n", escape(title));
    for section in sections {
        let words: String = section.blocks.iter().map(block).collect();
        if !words.is_empty() {
            let _ = write!(out, "\n## {}\n{words}", section.title);
        }
    }
    let _ = write!(out, "\nWritten by elbow {}.\n", env!("CARGO_PKG_VERSION"));
    out
}

fn block(block: &Block) -> String {
    match block {
        Block::Text(text) => format!("\n{}\n", escape(text)),
        Block::List(rows) => {
            let rows = rows.iter().map(|(name, is)| vec![name.clone(), is.clone()]).collect();
            table(&Table { caption: String::new(), head: vec!["", ""], rows })
        }
        Block::Table(table) => self::table(table),
        Block::Figures(_) => String::new(),
    }
}

fn table(Table { caption, head, rows }: &Table) -> String {
    let mut out = if caption.is_empty() { String::new() } else { format!("\n{}\n", escape(caption)) };
    let line = |cells: &mut dyn Iterator<Item = String>| {
        cells.fold(String::from("|"), |line, cell| line + " " + &cell + " |") + "\n"
    };
    out += "\n";
    out += &line(&mut head.iter().map(|name| escape(name)));
    out += &line(&mut head.iter().enumerate().map(|(at, _)| if at == 0 { "---" } else { "---:" }.into()));
    rows.iter().for_each(|cells| out += &line(&mut cells.iter().map(|cell| escape(cell))));
    out
}

/// Text that is only text: neither marks nor HTML, and one line.
fn escape(text: &str) -> String {
    let mut out = String::new();
    let text = shown(text);
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            // of an address or a picture, as readers make them of text
            ':' if characters.peek().is_some_and(|next| !next.is_whitespace()) => out += "\\:",
            '&' => out += "&amp;",
            '<' => out += "&lt;",
            '\\' | '|' | '*' | '_' | '`' | '[' | ']' | '#' | '~' | '!' | '@' | '$' => {
                out.extend(['\\', character]);
            }
            other => out.push(other),
        }
    }
    // what some readers make a link of
    out.replace("www.", "www\\.")
}

#[cfg(test)]
mod tests {
    use super::escape;

    #[test]
    fn a_cell_stays_a_cell() {
        assert_eq!(escape("a|b\n<b>*_[x](y)"), "a\\|b\\\\n&lt;b>\\*\\_\\[x\\](y)");
        assert_eq!(escape("https://a www.b @c $d$ :e: f"), "https\\://a www\\.b \\@c \\$d\\$ \\:e: f");
    }
}
