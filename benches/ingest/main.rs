//! How many webhooks a second the product takes in, beside a bare axum handler that only reads the body.
//!
//! One run loads the bare handler, hookproof on SQLite and hookproof on PostgreSQL, each over the same numbers of
//! keep-alive connections, from one thread on the same machine. Afterwards the databases are asked whether everything
//! that was answered with 200 is there, verified and nothing of it a duplicate.
//!
//! `make bench-ingest` starts a PostgreSQL server for it. `HOOKPROOF_BENCH_WARM_UP` and `HOOKPROOF_BENCH_MEASURED` change
//! the seconds, `HOOKPROOF_BENCH_CONNECTIONS` the connections (`16,64,256`).

#![expect(clippy::print_stdout, reason = "a bench reports on standard output")]
#![expect(clippy::cast_precision_loss, reason = "rates and latencies are far below 2⁵²")]

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::str::FromStr;
use std::time::Duration;

use tokio::runtime;

mod bare;
#[path = "../../src/tests/load/mod.rs"]
mod load;
mod measure;
mod report;
mod template;

use crate::bare::BareHandler;
use crate::load::database::{Backend, Database};
use crate::load::installation::Installation;
use crate::load::sender::Sender;
use crate::measure::{Measurement, Phases, measure};
use crate::report::Target;

fn main() -> ExitCode {
    if std::env::args().any(|argument| argument == bare::ARGUMENT) {
        let runtime = runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
            .expect("the runtime starts");
        runtime.block_on(bare::serve());
        return ExitCode::SUCCESS;
    }
    let runtime = runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("the runtime starts");
    if runtime.block_on(run()) {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// Whether all targets passed.
async fn run() -> bool {
    let phases = Phases {
        warm_up: Duration::from_secs_f64(setting("HOOKPROOF_BENCH_WARM_UP", 2.0)),
        measured: Duration::from_secs_f64(setting("HOOKPROOF_BENCH_MEASURED", 6.0)),
    };
    let connections: String = setting("HOOKPROOF_BENCH_CONNECTIONS", "16,64,256".to_owned());
    let connections: Vec<usize> = connections
        .split(',')
        .map(|count| count.parse().expect("HOOKPROOF_BENCH_CONNECTIONS is numbers with commas"))
        .collect();
    let folder = new_folder();

    println!("{}\n{}", report::heading(phases, template::body().len()), report::columns());
    let bare = bare_handler(&connections, phases).await;
    let sqlite = hookproof(Backend::Sqlite, &folder, &bare, phases).await;
    let postgres = hookproof(Backend::Postgres, &folder, &bare, phases).await;

    let (judgement, passed) = report::judgement(&bare, &[sqlite, postgres]);
    println!("\n{judgement}");
    if passed {
        std::fs::remove_dir_all(&folder).expect("the run's own folder can be deleted");
    }
    passed
}

async fn bare_handler(connections: &[usize], phases: Phases) -> Target {
    let name = "bare handler";
    let handler = BareHandler::start();
    let sender = Sender {
        address: handler.address,
        token: "bare".to_owned(),
    };
    let (mut numbers, mut measurements) = (0, Vec::new());
    for &connections in connections {
        let measurement = measure(&sender, connections, phases, &mut numbers).await;
        println!("{}", report::line(name, &measurement, &measurement));
        measurements.push(measurement);
    }
    let problems = failures(&measurements);
    Target {
        name,
        measurements,
        problems,
    }
}

async fn hookproof(backend: Backend, folder: &Path, bare: &Target, phases: Phases) -> Target {
    let name = backend.name();
    let run = format!("hookproof_bench_{}_{name}", std::process::id());
    let database = Database::create(backend, folder, &run).await;
    let installation = Installation::prepare(env!("CARGO_BIN_EXE_hookproof"), &database, folder, &run);
    println!("{name}: {}", database.assert_durable().await);
    let server = installation.start().await;
    let (mut numbers, mut measurements) = (0, Vec::new());
    for bare in &bare.measurements {
        let measurement = measure(&installation.sender, bare.connections, phases, &mut numbers).await;
        println!("{}", report::line(name, &measurement, bare));
        measurements.push(measurement);
    }
    server.kill();

    let mut problems = failures(&measurements);
    problems.extend(missing(&database, &measurements).await);
    if problems.is_empty() {
        database.delete().await;
    }
    Target {
        name,
        measurements,
        problems,
    }
}

fn failures(measurements: &[Measurement]) -> Vec<String> {
    let failed = measurements
        .iter()
        .filter_map(|measurement| Some((measurement, measurement.first_failure.as_ref()?)));
    failed
        .map(|(Measurement { connections, failed, .. }, first)| {
            format!("{failed} requests failed over {connections} connections, the first with {first}")
        })
        .collect()
}

/// What of that which was answered with 200 is not in the database as it should be.
async fn missing(database: &Database, measurements: &[Measurement]) -> Option<String> {
    let answered: u64 = measurements.iter().map(|measurement| measurement.stored).sum();
    let stored = database.number("select count(*) from webhooks").await;
    let good = database
        .number("select count(*) from webhooks where verdict = 'verified' and duplicate_of is null")
        .await;
    println!("{answered} answered with 200, {stored} stored, {good} of them verified and no duplicates");
    (u64::try_from(good) != Ok(answered) || stored != good)
        .then(|| format!("{answered} were answered with 200, but {stored} are stored, {good} of them verified and no duplicates"))
}

/// In the build's folder and not in the system's temporary one, which may lie in memory, where flushing costs nothing.
fn new_folder() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("bench-ingest-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("the build's folder can be written");
    folder
}

fn setting<T: FromStr>(name: &str, default: T) -> T {
    match std::env::var(name) {
        Ok(value) => value.parse().unwrap_or_else(|_| panic!("{name} cannot be {value:?}")),
        Err(_) => default,
    }
}
