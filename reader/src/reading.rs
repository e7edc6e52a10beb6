//! What a fit was told of its file, or found out: kept in the model, so that nobody is asked twice.

use elbow::format::is_control;

use crate::options::{Missing, TextOptions, is_delimiter};
use crate::part::Gap;

/// How files are read for a model, beside its columns and windows.
///
/// As text it has a line for each thing that is known: a word and, behind a tab each, what it stands for.
/// Lines that a version does not know are passed over.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// the column or array that holds the labels
    pub labels: Option<String>,
    /// the labels of normal rows, where the usual ones are not meant
    pub normal: Vec<String>,
    /// columns of the fit's file that the model does not use
    pub left_out: Vec<String>,
    /// the column of times
    pub time: Option<String>,
    /// the longest step of time within a window
    pub gap: Option<Gap>,
    /// what becomes of rows in which a cell is missing
    pub missing: Missing,
    /// how text is written, as far as the fit was told
    pub written: TextOptions,
}

const LABELS: &str = "labels";
const NORMAL: &str = "normal";
const LEFT_OUT: &str = "left out";
const TIME: &str = "time";
const GAP: &str = "gap";
const MISSING: &str = "missing";
/// the code of a character, which may be one that ends words and lines
const DELIMITER: &str = "delimiter";
const DECIMAL: &str = "decimal";
const HEADER: &str = "header";
const NO_HEADER: &str = "none";

impl Reading {
    /// Of the text in a model file.
    pub fn of(text: &str) -> Reading {
        let mut reading = Reading::default();
        for line in text.lines() {
            let mut words = line.split('\t').map(str::to_owned);
            match words.next().as_deref() {
                Some(LABELS) => reading.labels = words.next(),
                Some(NORMAL) => reading.normal = words.collect(),
                Some(LEFT_OUT) => reading.left_out = words.collect(),
                Some(TIME) => reading.time = words.next(),
                Some(GAP) => reading.gap = words.next().and_then(|text| text.parse().ok()),
                Some(MISSING) => {
                    reading.missing = words.next().and_then(|word| Missing::of(&word)).unwrap_or_default();
                }
                Some(DELIMITER) => {
                    let code = words.next().and_then(|code| code.parse().ok());
                    reading.written.delimiter = code.filter(|code| is_delimiter(*code));
                }
                Some(DECIMAL) => {
                    let sign = words.next().and_then(|sign| sign.bytes().next());
                    reading.written.decimal = sign.filter(|sign| b".,".contains(sign));
                }
                Some(HEADER) => {
                    reading.written.header = words.next().filter(|word| word == NO_HEADER).map(|_| false);
                }
                _ => {}
            }
        }
        reading
    }

    /// As text; nothing where nothing is known. What would not come back as it is becomes a space.
    pub fn text(&self) -> String {
        let labels = self.labels.as_slice();
        let missing =
            if self.missing == Missing::Refuse { vec![] } else { vec![self.missing.word().to_owned()] };
        let gap: Vec<String> = self.gap.iter().map(Gap::to_string).collect();
        let TextOptions { delimiter, decimal, header } = &self.written;
        let delimiter = delimiter.map(|code| code.to_string());
        let decimal = decimal.map(|sign| char::from(sign).to_string());
        let header = header.filter(|has_header| !has_header).map(|_| NO_HEADER.to_owned());
        let lines = [
            (LABELS, labels),
            (NORMAL, &self.normal[..]),
            (LEFT_OUT, &self.left_out),
            (TIME, self.time.as_slice()),
            (GAP, &gap),
            (MISSING, &missing),
            (DELIMITER, delimiter.as_slice()),
            (DECIMAL, decimal.as_slice()),
            (HEADER, header.as_slice()),
        ];
        let line = |(word, of): &(&str, &[String])| {
            let of = of.iter().map(|name| "\t".to_owned() + &name.replace(is_control, " "));
            word.to_string() + &of.collect::<String>() + "\n"
        };
        lines.iter().filter(|(_, of)| !of.is_empty()).map(line).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_and_what_is_unknown_is_passed_over() {
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        let reading = Reading {
            labels: Some("anomaly".into()),
            normal: words(&["ok", "idle"]),
            left_out: words(&["time", "id"]),
            time: Some("time".into()),
            gap: "90s".parse().ok(),
            missing: Missing::Drop,
            written: TextOptions { delimiter: Some(b'\t'), decimal: Some(b','), header: Some(false) },
        };
        assert_eq!(
            reading.text(),
            "labels\tanomaly\nnormal\tok\tidle\nleft out\ttime\tid\ntime\ttime\ngap\t1m 30s\nmissing\tdrop\n\
             delimiter\t9\ndecimal\t,\nheader\tnone\n"
        );
        assert_eq!(Reading::of(&reading.text()), reading);
        assert_eq!(Reading::of(&("hue\tred\n".to_owned() + &reading.text())), reading);
        assert_eq!((Reading::default().text(), Reading::of("")), (String::new(), Reading::default()));
        let odd = Reading { labels: Some("a\u{1b}\nb".into()), ..Reading::default() };
        assert_eq!(odd.text(), "labels\ta  b\n");
        // characters that no text could be read by
        let forged = Reading::of("delimiter\t34\ndelimiter\t300\ndecimal\tx\nheader\tfirst\n");
        assert_eq!(forged, Reading::default());
    }
}
