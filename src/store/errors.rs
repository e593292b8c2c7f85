//! What the databases' errors mean to those who call the store.

use sqlx::error::ErrorKind;
use sqlx::migrate::MigrateError;

use super::StoreError;

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Database(database) => match database.kind() {
                ErrorKind::UniqueViolation => Self::Conflict("this id"),
                // Endpoints are the only thing that rows of other tables refer to.
                ErrorKind::ForeignKeyViolation => Self::Missing("endpoint"),
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
}
