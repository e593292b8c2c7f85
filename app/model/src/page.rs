use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Where a page of a list begins: on the older or on the newer side of a row. Written `older.<id>` or `newer.<id>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cursor {
    OlderThan(Uuid),
    NewerThan(Uuid),
}

impl std::fmt::Display for Cursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::OlderThan(id) => write!(f, "older.{id}"),
            Self::NewerThan(id) => write!(f, "newer.{id}"),
        }
    }
}

impl std::str::FromStr for Cursor {
    type Err = crate::UnknownWord;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let unknown = || crate::UnknownWord {
            kind: "cursor",
            word: text.to_owned(),
        };
        let (side, id) = text.split_once('.').ok_or_else(unknown)?;
        let id = Uuid::try_parse(id).map_err(|_| unknown())?;
        match side {
            "older" => Ok(Self::OlderThan(id)),
            "newer" => Ok(Self::NewerThan(id)),
            _ => Err(unknown()),
        }
    }
}

impl Serialize for Cursor {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Cursor {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// Which page of a list: at most `limit` rows, on one side of the cursor, or the newest ones without a cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageRequest {
    pub limit: u32,
    pub cursor: Option<Cursor>,
}

impl PageRequest {
    pub const DEFAULT_LIMIT: u32 = 50;
    pub const MAX_LIMIT: u32 = 200;
}

impl Default for PageRequest {
    fn default() -> Self {
        Self {
            limit: Self::DEFAULT_LIMIT,
            cursor: None,
        }
    }
}

/// A page of a list, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page<T> {
    pub items: Vec<T>,
    /// Leads to the rows after the last one; `None` when there are none.
    pub older: Option<Cursor>,
    /// Leads to the rows before the first one; `None` when there are none.
    pub newer: Option<Cursor>,
}
