//! What must hold after a crash.

use std::net::SocketAddr;

use tokio::task::JoinSet;
use uuid::Uuid;

use crate::attack::Answered;
use crate::bodies::{body, number_of};
use crate::load::connection::Connection;
use crate::load::database::{Backend, Database};
use crate::reader::Reader;

/// Over how many connections bodies are asked for.
const READERS: usize = 8;

/// Rows that exist only in part, and sums that do not add up: each counts what must not be. `{key}` of
/// `webhook_contents` is what `{contents_of}` of `webhooks` refers to.
const HALVES: [(&str, &str); 9] = [
    (
        "webhooks without contents",
        "select count(*) from webhooks where {contents_of} not in (select {key} from webhook_contents)",
    ),
    (
        "contents without a webhook",
        "select count(*) from webhook_contents where {key} not in (select {contents_of} from webhooks)",
    ),
    (
        "bodies that are not as long as their webhook says",
        "select count(*) from webhooks w join webhook_contents c on c.{key} = w.{contents_of} where length(c.body) <> w.size",
    ),
    (
        "webhooks with more or fewer events than they say",
        "select count(*) from webhooks w where w.event_count <> (select count(*) from events e where e.webhook_id = w.id)",
    ),
    (
        "events without a webhook",
        "select count(*) from events e left join webhooks w on w.id = e.webhook_id where w.id is null",
    ),
    (
        "originals without a webhook",
        "select count(*) from originals o left join webhooks w on w.id = o.webhook_id where w.id is null",
    ),
    (
        "webhooks that tell of an event without an original",
        "select count(*) from webhooks w left join originals o on o.endpoint_id = w.endpoint_id and o.same_event = w.same_event \
         where w.same_event is not null and o.webhook_id is null",
    ),
    (
        "webhooks that the roll-ups count too many or too few",
        "select abs((select count(*) from webhooks) - (select coalesce(cast(sum(count) as bigint), 0) from rollups))",
    ),
    (
        "webhooks that are not verified, or the duplicate of another",
        "select count(*) from webhooks where verdict <> 'verified' or duplicate_of is not null",
    ),
];

/// The key of `webhook_contents`, and the column of `webhooks` that refers to it.
const fn contents_columns(backend: Backend) -> (&'static str, &'static str) {
    match backend {
        Backend::Sqlite => ("number", "contents"),
        Backend::Postgres => ("webhook_id", "id"),
    }
}

/// Asserts that nothing is in the database by halves.
pub async fn nothing_is_half_there(backend: Backend, database: &Database) {
    for (what, query) in HALVES {
        let (key, contents_of) = contents_columns(backend);
        let query = query.replace("{key}", key).replace("{contents_of}", contents_of);
        assert_eq!(database.number(&query).await, 0, "{what}");
    }
}

/// Asserts that the server has each of them with its exact bytes.
pub async fn all_are_there(address: SocketAddr, reader: &Reader, answered: &[Answered]) {
    let mut readers = JoinSet::new();
    for share in shares(answered) {
        let reader = reader.clone();
        readers.spawn(async move {
            let mut connection = Connection::open(address).await.expect("the server accepts connections");
            let mut wrong = Vec::new();
            for Answered { id, number } in share {
                let answer = reader.body(&mut connection, address, id).await;
                if answer.status != 200 || answer.body != body(number) {
                    wrong.push(format!("{id}: status {}, {} bytes", answer.status, answer.body.len()));
                }
            }
            wrong
        });
    }
    let wrong = readers.join_all().await.concat();
    assert!(
        wrong.is_empty(),
        "{} webhooks were answered with 200 and are lost or changed: {wrong:#?}",
        wrong.len()
    );
}

/// Asserts that webhooks which were stored and never answered, because the server died in between, are whole as well:
/// exactly a body that was sent. Numbers below `next_number` were.
pub async fn extras_are_whole(address: SocketAddr, reader: &Reader, extras: &[Uuid], next_number: u64) {
    let mut connection = Connection::open(address).await.expect("the server accepts connections");
    for id in extras {
        let answer = reader.body(&mut connection, address, *id).await;
        let number = number_of(answer.body).filter(|number| *number < next_number);
        assert!(
            number.is_some_and(|number| answer.body == body(number)),
            "{id} was never sent like this"
        );
    }
}

fn shares(answered: &[Answered]) -> impl Iterator<Item = Vec<Answered>> {
    answered.chunks(answered.len().div_ceil(READERS).max(1)).map(<[_]>::to_vec)
}
