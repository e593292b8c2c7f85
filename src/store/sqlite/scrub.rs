//! Overwriting what was erased.
//!
//! A row that was changed leaves its bytes behind: in the free space of its page, in pages that are free by now, in copies that a
//! page left when it was split, and in the log beside the database. So the whole file is written anew: a second and a half for
//! each 100 MB where it was measured, and twice its size in free space meanwhile. Then the log is written back and cut to nothing.
//!
//! Nobody can write meanwhile. Those who wait longer than [`BUSY_TIMEOUT`](super::BUSY_TIMEOUT) are told that the database is not
//! available, and providers post again. Reading goes on.

use std::ops::Range;
use std::time::Duration;

use sqlx::sqlite::{SqliteConnection, SqlitePool};
use tokio::time::sleep;

use crate::store::StoreError;

/// How often it is tried while others, such as a command that is run beside the server, read or write. SQLite itself waits as
/// long as for any other statement, each time.
const TRIES: u32 = 40;

/// Between two tries: SQLite does not wait for another connection that is writing back the log.
const PAUSE: Duration = Duration::from_millis(250);

/// On the one connection that writes, so that nobody else of this process does meanwhile.
pub(super) async fn scrub(writer: &SqlitePool) -> Result<(), StoreError> {
    let mut connection = writer.acquire().await?;
    // The new pages are filled with zeros before they are filled with rows.
    sqlx::query("pragma secure_delete = on").execute(&mut *connection).await?;
    let done = rewrite(&mut connection).await;
    sqlx::query("pragma secure_delete = off").execute(&mut *connection).await?;
    done
}

async fn rewrite(connection: &mut SqliteConnection) -> Result<(), StoreError> {
    let mut tries = 0..TRIES;
    while !rewrite_file(connection).await? {
        pause(&mut tries).await?;
    }
    while !empty_log(connection).await? {
        pause(&mut tries).await?;
    }
    Ok(())
}

/// Whether it was done, and nobody was in the way.
async fn rewrite_file(connection: &mut SqliteConnection) -> Result<bool, StoreError> {
    match sqlx::query("vacuum").execute(connection).await {
        Err(error) if is_busy(&error) => Ok(false),
        done => Ok(done.map(|_| true)?),
    }
}

/// The same. It waits for those who still read what was before.
async fn empty_log(connection: &mut SqliteConnection) -> Result<bool, StoreError> {
    let kept_from_it: Result<i64, _> = sqlx::query_scalar("pragma wal_checkpoint(truncate)")
        .fetch_one(connection)
        .await;
    match kept_from_it {
        Err(error) if is_busy(&error) => Ok(false),
        kept_from_it => Ok(kept_from_it? == 0),
    }
}

async fn pause(tries: &mut Range<u32>) -> Result<(), StoreError> {
    let in_the_way = || StoreError::Unavailable("what was erased is not overwritten yet, as others use the database".to_owned());
    tries.next().ok_or_else(in_the_way)?;
    sleep(PAUSE).await;
    Ok(())
}

/// `SQLITE_BUSY` or `SQLITE_LOCKED`; the higher bits tell of the kind.
fn is_busy(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
    let code = code.and_then(|code| code.parse::<u32>().ok());
    code.is_some_and(|code| matches!(code & 0xff, 5 | 6))
}
