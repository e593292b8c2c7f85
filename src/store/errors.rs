//! What the databases' errors mean to those who call the store.

use sqlx::error::{DatabaseError, ErrorKind};
use sqlx::migrate::MigrateError;
use sqlx::postgres::PgDatabaseError;

use super::StoreError;

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Database(database) => match database.kind() {
                ErrorKind::UniqueViolation => Self::Conflict("this id"),
                // Most rows that refer to others refer to endpoints; the others say so with `missing_is`.
                ErrorKind::ForeignKeyViolation => Self::Missing("endpoint"),
                _ if is_about_the_data(database.as_ref()) => Self::Refused(error.to_string()),
                _ => Self::Unavailable(error.to_string()),
            },
            sqlx::Error::Configuration(_) => Self::Url(error.to_string()),
            sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) | sqlx::Error::ColumnNotFound(_) => {
                Self::Unreadable(error.to_string())
            }
            _ => Self::Unavailable(error.to_string()),
        }
    }
}

/// Whether the same statement with other values could succeed: trying it again cannot.
fn is_about_the_data(error: &dyn DatabaseError) -> bool {
    let Some(code) = error.code() else { return false };
    match error.try_downcast_ref::<PgDatabaseError>() {
        // Data exception, integrity constraint, program limit exceeded.
        Some(_) => ["22", "23", "54"].iter().any(|class| code.starts_with(class)),
        // SQLITE_TOOBIG, SQLITE_CONSTRAINT, SQLITE_MISMATCH; the higher bits tell of the kind.
        None => code.parse::<u32>().is_ok_and(|code| matches!(code & 0xff, 18..=20)),
    }
}

impl From<MigrateError> for StoreError {
    fn from(error: MigrateError) -> Self {
        match error {
            MigrateError::Execute(error) => Self::from(error),
            error => Self::Migration(error.to_string()),
        }
    }
}

impl StoreError {
    /// Names what is taken, when something is.
    pub(super) fn taken_is(self, what: &'static str) -> Self {
        if matches!(self, Self::Conflict(_)) {
            Self::Conflict(what)
        } else {
            self
        }
    }

    /// Names what is missing, when something is.
    pub(super) fn missing_is(self, what: &'static str) -> Self {
        if matches!(self, Self::Missing(_)) {
            Self::Missing(what)
        } else {
            self
        }
    }
}

/// How many rows a statement changed: `Missing` when none.
pub(super) fn some_changed(rows: u64, what: &'static str) -> Result<(), StoreError> {
    if rows == 0 { Err(StoreError::Missing(what)) } else { Ok(()) }
}
