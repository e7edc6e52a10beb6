//! Settings that are written as a word, such as `gaussian:8`: read once, and shown as they were written.

use std::fmt::{self, Display};
use std::ops::Deref;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::error::Error;

/// What a word of a setting may stand for.
pub trait Word: Sized {
    /// The setting.
    const NAME: &'static str;

    /// What `text` stands for.
    ///
    /// # Errors
    /// Where it stands for nothing, what it should be.
    fn read(text: &str) -> Result<Self, String>;
}

/// A value, and the word that it was written as.
#[derive(Clone, Debug, PartialEq)]
pub struct Spelled<T> {
    text: String,
    value: T,
}

impl<T> Spelled<T> {
    /// A value that is written so.
    pub fn new(text: &str, value: T) -> Self {
        Spelled { text: text.into(), value }
    }

    /// The word.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl<T> Deref for Spelled<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T> Display for Spelled<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl<T: Word> FromStr for Spelled<T> {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let value = T::read(text).map_err(|problem| Error::argument(T::NAME, text, problem))?;
        Ok(Spelled::new(text, value))
    }
}

impl<T> Serialize for Spelled<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.text.serialize(serializer)
    }
}

impl<'de, T: Word> Deserialize<'de> for Spelled<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}
