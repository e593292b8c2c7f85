//! `kill -9` under load, again and again: every webhook that was answered with 200 is there afterwards with its exact
//! bytes, and none is half there. And `kill -9` during delivery: every webhook comes to its destination.
//!
//! Takes minutes, so `cargo test` leaves it out; `make test-crash` runs it with a PostgreSQL server of its own.
//! `HOOKPROOF_CRASH_ROUNDS` changes how often the server is killed, `HOOKPROOF_CRASH_SEED` repeats the moments of a run.

#![expect(clippy::print_stdout, reason = "what a run has shown is worth reading also when it passes")]

use std::collections::HashSet;
use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

use hookproof::clock::{Clock, SystemClock};
use tokio::time::timeout;
use uuid::Uuid;

mod attack;
mod bodies;
mod checks;
mod deliveries;
#[path = "../load/mod.rs"]
mod load;
#[path = "../load/program.rs"]
mod program;
mod reader;
mod receiver;

use crate::attack::{CONNECTIONS, load_and_kill};
use crate::deliveries::crash_while_delivering;
use crate::load::database::{Backend, Database};
use crate::load::installation::Installation;
use crate::load::numbers::Numbers;
use crate::reader::Reader;

/// A server that hangs must not hang the test run.
const LIMIT: Duration = Duration::from_mins(15);

#[test]
fn what_was_answered_survives_kill_9_on_sqlite() {
    check("answered", Backend::Sqlite, crash_while_answering);
}

#[test]
fn what_was_answered_survives_kill_9_on_postgresql() {
    check("answered", Backend::Postgres, crash_while_answering);
}

#[test]
fn what_is_being_delivered_survives_kill_9_on_sqlite() {
    check("delivered", Backend::Sqlite, crash_while_delivering);
}

#[test]
fn what_is_being_delivered_survives_kill_9_on_postgresql() {
    check("delivered", Backend::Postgres, crash_while_delivering);
}

/// An installation that is to be killed.
struct Run {
    name: &'static str,
    backend: Backend,
    rounds: u32,
    moments: Numbers,
    database: Database,
    installation: Installation,
}

fn check(what: &str, backend: Backend, crash: impl AsyncFnOnce(&mut Run)) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("the runtime starts");
    let run = async { timeout(LIMIT, prepare_and_crash(what, backend, crash)).await };
    runtime.block_on(run).expect("the run ends in time");
}

async fn prepare_and_crash(what: &str, backend: Backend, crash: impl AsyncFnOnce(&mut Run)) {
    let rounds: u32 = setting("HOOKPROOF_CRASH_ROUNDS").unwrap_or(20);
    let seed = setting("HOOKPROOF_CRASH_SEED").unwrap_or_else(|| SystemClock.now().as_micros().unsigned_abs());
    let name = backend.name();
    println!("{name}: {rounds} rounds, HOOKPROOF_CRASH_SEED={seed}");

    let run = format!("hookproof_crash_{}_{what}_{name}", std::process::id());
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(&run);
    std::fs::create_dir_all(&folder).expect("the build's folder can be written");
    let database = Database::create(backend, &folder, &run).await;
    let installation = Installation::prepare(env!("CARGO_BIN_EXE_hookproof"), &database, &folder, &run);
    println!("{name}: {}", database.assert_durable().await);
    let mut run = Run {
        name,
        backend,
        rounds,
        moments: Numbers::from_seed(seed),
        database,
        installation,
    };
    crash(&mut run).await;
    run.database.delete().await;
    std::fs::remove_dir_all(&folder).expect("the run's own folder can be deleted");
}

async fn crash_while_answering(run: &mut Run) {
    let Run {
        name,
        backend,
        rounds,
        moments,
        database,
        installation,
    } = run;
    println!("{name}: load over {CONNECTIONS} connections");
    let address = installation.sender.address;
    let reader = Reader::add_to(installation);

    let (mut answered, mut next_number) = (Vec::new(), 0);
    let mut server = installation.start().await;
    for round in 1..=*rounds {
        let kill_after = Duration::from_millis(20 + moments.below(600));
        let (newly, next) = load_and_kill(installation, server, next_number, kill_after).await;
        next_number = next;
        server = installation.start().await;
        checks::nothing_is_half_there(*backend, database).await;
        checks::all_are_there(address, &reader, &newly).await;
        println!(
            "{name}: round {round}: killed after {kill_after:?}, {} answered and there",
            newly.len()
        );
        answered.extend(newly);
    }

    // A later crash must not have taken what an earlier one had left.
    checks::all_are_there(address, &reader, &answered).await;
    let known: HashSet<_> = answered.iter().map(|webhook| webhook.id).collect();
    assert_eq!(known.len(), answered.len(), "no id is given twice");
    let extras: Vec<_> = database
        .column::<Uuid>("select id from webhooks")
        .await
        .into_iter()
        .filter(|id| !known.contains(id))
        .collect();
    checks::extras_are_whole(address, &reader, &extras, next_number).await;
    println!(
        "{name}: {rounds} kills, {} sent, {} answered with 200 and all there with their exact bytes, {} stored but not answered \
         and whole",
        next_number,
        answered.len(),
        extras.len()
    );

    server.kill();
}

fn setting<T: FromStr>(name: &str) -> Option<T> {
    let value = std::env::var(name).ok()?;
    Some(value.parse().unwrap_or_else(|_| panic!("{name} cannot be {value:?}")))
}
