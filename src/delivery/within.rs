use std::time::Duration;

use tokio::time::timeout;

use crate::store::StoreError;

/// What the store answers within that time. A database that says nothing at all, as behind a network that swallows packets, is
/// one that is not available.
///
/// What was asked of it may be done all the same.
pub(crate) async fn within<T>(limit: Duration, answer: impl Future<Output = Result<T, StoreError>>) -> Result<T, StoreError> {
    match timeout(limit, answer).await {
        Ok(answer) => answer,
        Err(_) => Err(StoreError::Unavailable(format!("no answer in {} s", limit.as_secs()))),
    }
}
