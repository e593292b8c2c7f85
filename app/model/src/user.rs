use serde::{Deserialize, Serialize};

use crate::{Role, Timestamp, TokenId, UserId};

/// A user as lists show them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserSummary {
    pub id: UserId,
    pub email: String,
    pub role: Role,
    /// Invited, and has not chosen a password yet.
    pub invited: bool,
    pub second_factor: bool,
    pub disabled: bool,
    pub created_at: Timestamp,
    pub signed_in_at: Option<Timestamp>,
}

/// A token for programs, without its value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenSummary {
    pub id: TokenId,
    pub name: String,
    /// The last four characters.
    pub hint: String,
    pub created_at: Timestamp,
    /// Kept to the hour, so that a call costs no write.
    pub last_used_at: Option<Timestamp>,
}

/// Where someone is signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionSummary {
    /// Names the session without being of any use to take it over.
    pub key: String,
    /// The one that asks.
    pub current: bool,
    pub signed_in_at: Timestamp,
    pub last_seen_at: Timestamp,
    pub address: String,
    /// What the browser says of itself.
    pub user_agent: String,
}
