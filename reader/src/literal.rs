//! The Python literals of an `.npy` header: texts, numbers, truths, and lists and dictionaries of them.

/// A value as Python writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Literal {
    Text(String),
    Number(u64),
    Truth(bool),
    /// a list or a tuple; of a dictionary keys and values by turns
    List(Vec<Literal>),
}

/// Deeper nesting is no header.
const DEEPEST: usize = 8;

impl Literal {
    /// Reads a whole text.
    pub(crate) fn parse(text: &str) -> Option<Literal> {
        let mut left = text.trim();
        let literal = literal(&mut left, DEEPEST)?;
        left.is_empty().then_some(literal)
    }

    /// The value behind a key of a dictionary.
    pub(crate) fn entry(&self, key: &str) -> Option<&Literal> {
        let pairs = self.list()?.chunks_exact(2);
        pairs.into_iter().find(|pair| pair[0].text() == Some(key)).map(|pair| &pair[1])
    }

    pub(crate) fn list(&self) -> Option<&[Literal]> {
        if let Literal::List(list) = self { Some(list) } else { None }
    }

    pub(crate) fn text(&self) -> Option<&str> {
        if let Literal::Text(text) = self { Some(text) } else { None }
    }

    pub(crate) fn number(&self) -> Option<u64> {
        if let Literal::Number(number) = self { Some(*number) } else { None }
    }

    pub(crate) fn truth(&self) -> Option<bool> {
        if let Literal::Truth(truth) = self { Some(*truth) } else { None }
    }
}

fn literal(left: &mut &str, depth: usize) -> Option<Literal> {
    let first = left.chars().next()?;
    let literal = match first {
        '(' => list(left, ')', depth)?,
        '[' => list(left, ']', depth)?,
        '{' => list(left, '}', depth)?,
        '\'' | '"' => {
            let (text, rest) = left[1..].split_once(first)?;
            *left = rest;
            Literal::Text(text.to_owned())
        }
        _ => {
            let end = left.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(left.len());
            let (word, rest) = left.split_at(end);
            *left = rest;
            match word {
                "True" => Literal::Truth(true),
                "False" => Literal::Truth(false),
                // Python 2 wrote `3L`
                _ => Literal::Number(word.trim_end_matches('L').parse().ok()?),
            }
        }
    };
    *left = left.trim_start();
    Some(literal)
}

fn list(left: &mut &str, end: char, depth: usize) -> Option<Literal> {
    let depth = depth.checked_sub(1)?;
    let mut items = Vec::new();
    *left = left[1..].trim_start();
    loop {
        if let Some(rest) = left.strip_prefix(end) {
            *left = rest;
            return Some(Literal::List(items));
        }
        items.push(literal(left, depth)?);
        let separated = left.strip_prefix(|c| matches!(c, ',' | ':'));
        match separated {
            Some(rest) => *left = rest.trim_start(),
            None => left.starts_with(end).then_some(())?,
        }
    }
}
