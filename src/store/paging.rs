//! Lists by key: what a page asks of the database and what it makes of the rows.

use model::{Cursor, Page, PageRequest};
use uuid::Uuid;

/// From where a list is read and in which direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reading {
    /// Newest first, from the newest one or from the one before this id.
    Down(Option<Uuid>),
    /// Oldest first, from the one after this id.
    Up(Uuid),
}

impl Reading {
    /// Newest first, from this one on.
    pub(super) const fn down_from(first: Uuid) -> Self {
        Self::Down(Some(Uuid::from_u128(first.as_u128().saturating_add(1))))
    }

    pub(super) fn of(request: PageRequest) -> Self {
        match request.cursor {
            None => Self::Down(None),
            Some(Cursor::OlderThan(id)) => Self::Down(Some(id)),
            Some(Cursor::NewerThan(id)) => Self::Up(id),
        }
    }

    /// What lies behind the reader's back, to be asked whether there is anything: `None` means that nothing can be.
    ///
    /// `first` is the id of the first row that was read. Without rows the cursor itself may name a row, which then is
    /// the nearest one behind.
    pub(super) fn behind(self, first: Option<Uuid>) -> Option<Self> {
        match (self, first) {
            (Self::Down(None), _) => None,
            (Self::Down(Some(_)), Some(first)) => Some(Self::Up(first)),
            (Self::Down(Some(cursor)), None) => Some(Self::Up(Uuid::from_u128(cursor.as_u128().saturating_sub(1)))),
            (Self::Up(_), Some(first)) => Some(Self::Down(Some(first))),
            (Self::Up(cursor), None) => Some(Self::Down(Some(Uuid::from_u128(cursor.as_u128().saturating_add(1))))),
        }
    }

    fn cursor(self) -> Option<Cursor> {
        match self {
            Self::Down(from) => from.map(Cursor::OlderThan),
            Self::Up(from) => Some(Cursor::NewerThan(from)),
        }
    }
}

/// How many rows to read for a page: one more than it shows, to know whether there are more.
pub(super) fn rows_to_read(request: PageRequest) -> i64 {
    i64::from(request.limit) + 1
}

/// Makes the page of rows in the order in which they were read, of which the last may be one too many.
///
/// `behind` is what lies behind the reader's back, when there is anything.
pub(super) fn page<T>(request: PageRequest, mut rows: Vec<T>, behind: Option<Reading>, id: impl Fn(&T) -> Uuid) -> Page<T> {
    let limit = usize::try_from(request.limit).unwrap_or(usize::MAX);
    let more = rows.len() > limit;
    rows.truncate(limit);
    let last = rows.last().filter(|_| more).map(id);
    let behind = behind.and_then(Reading::cursor);
    match Reading::of(request) {
        Reading::Down(_) => Page {
            items: rows,
            older: last.map(Cursor::OlderThan),
            newer: behind,
        },
        Reading::Up(_) => {
            rows.reverse();
            Page {
                items: rows,
                older: behind,
                newer: last.map(Cursor::NewerThan),
            }
        }
    }
}
