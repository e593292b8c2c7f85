//! Resending or releasing everything that a filter matches: how far it is.

pub mod show;

use model::ResendId;

/// The page of one that was begun.
pub fn address(id: ResendId) -> String {
    format!("/resends/{id}")
}
