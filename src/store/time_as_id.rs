//! Times as bounds of ids, so that a span of time is read from the primary key.

use model::Timestamp;
use uuid::Uuid;

/// How far an id may be ahead of the time of arrival: ids never go back, but a machine's clock may be set back.
const AHEAD_SECONDS: i64 = 60;

/// No webhook that arrived at that time or later has a smaller id.
pub(super) fn first_id_at(time: Timestamp) -> Uuid {
    Uuid::from_u128(bits(time))
}

/// No webhook that arrived before that time has a larger id.
pub(super) fn last_id_before(time: Timestamp) -> Uuid {
    Uuid::from_u128(bits(time.plus_seconds(AHEAD_SECONDS)) | u128::MAX >> 48)
}

/// The upper 48 bits of a UUID v7 are milliseconds since the epoch.
fn bits(time: Timestamp) -> u128 {
    u128::try_from(time.as_millis()).unwrap_or(0) << 80
}
