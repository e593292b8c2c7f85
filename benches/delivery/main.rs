//! How many webhooks a second are delivered to a local sink, beside a plain loop that posts the same bodies with the same
//! client; whether a longer backlog takes more memory; and what a dead destination costs a healthy one beside it.
//!
//! One run measures the plain loop, hookproof on SQLite and hookproof on PostgreSQL on the same machine. A destination is
//! disabled while webhooks are posted for it, and enabled to be measured.
//!
//! `make bench-delivery` starts a PostgreSQL server for it. `HOOKPROOF_BENCH_BACKLOG` changes how many webhooks wait (100,000),
//! `HOOKPROOF_BENCH_BESIDE` how many in each measurement beside dead destinations (10,000), and
//! `HOOKPROOF_BENCH_CONCURRENCY` how many requests are under way at once (32).

#![expect(clippy::print_stdout, reason = "a bench reports on standard output")]
#![expect(clippy::cast_precision_loss, reason = "rates and memory are far below 2⁵²")]

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::str::FromStr;

use tokio::net::TcpListener;
use tokio::runtime;

mod backlog;
#[path = "../../src/tests/load/mod.rs"]
mod load;
mod plain;
#[path = "../../src/tests/load/program.rs"]
mod program;
mod report;
mod sink;
#[path = "../ingest/template.rs"]
mod template;

use crate::backlog::{deliver, post};
use crate::load::database::{Backend, Database};
use crate::load::installation::{Installation, Running};
use crate::program::Program;
use crate::report::{Beside, Target};
use crate::sink::Sink;

/// How often the healthy destination is measured alone and beside dead ones, in turns.
const TURNS: usize = 3;

/// The part of the backlog that is delivered first, to see what memory a shorter one takes.
const SHORT: u64 = 5;

/// How many requests of the plain loop warm everything up.
const WARM_UP: u64 = 2_000;

/// How much is delivered.
#[derive(Debug, Clone, Copy)]
pub struct Sizes {
    pub backlog: u64,
    pub beside: u64,
    pub concurrency: u32,
}

fn main() -> ExitCode {
    let runtime = runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .expect("the runtime starts");
    if std::env::args().any(|argument| argument == sink::ARGUMENT) {
        runtime.block_on(sink::serve());
        return ExitCode::SUCCESS;
    }
    if runtime.block_on(run()) {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// Whether everything is as it should be.
async fn run() -> bool {
    let sizes = Sizes {
        backlog: setting("HOOKPROOF_BENCH_BACKLOG", 100_000),
        beside: setting("HOOKPROOF_BENCH_BESIDE", 10_000),
        concurrency: setting("HOOKPROOF_BENCH_CONCURRENCY", 32),
    };
    let folder = new_folder();
    let body = template::body();
    println!("{}\n{}", report::heading(sizes, body.len()), report::columns());

    let sink = Sink::start();
    let body = body.into();
    plain::measure(&sink.url(), &body, WARM_UP, sizes.concurrency).await;
    let plain = plain::measure(&sink.url(), &body, sizes.backlog, sizes.concurrency).await;
    assert_eq!(
        sink.count().await,
        WARM_UP + sizes.backlog,
        "the sink had every request of the plain loop"
    );
    println!("{}", report::plain_line(plain));

    let mut targets = Vec::new();
    for backend in [Backend::Sqlite, Backend::Postgres] {
        targets.push(hookproof(backend, &folder, &sink, sizes, plain).await);
    }
    let (judgement, passed) = report::judgement(plain, &targets);
    println!("\n{judgement}");
    if passed {
        std::fs::remove_dir_all(&folder).expect("the run's own folder can be deleted");
    }
    passed
}

async fn hookproof(backend: Backend, folder: &Path, sink: &Sink, sizes: Sizes, plain: f64) -> Target {
    let name = backend.name();
    let run = format!("hookproof_bench_delivery_{}_{name}", std::process::id());
    let database = Database::create(backend, folder, &run).await;
    let installation = Installation::prepare(env!("CARGO_BIN_EXE_hookproof"), &database, folder, &run);
    println!("{name}: {}", database.assert_durable().await);
    let program = Program::add_to(&installation);
    let mut server = installation.start().await;
    let healthy = program
        .add_waiting_destination("healthy", &sink.url(), sizes.concurrency)
        .await;
    let mut numbers = 0;
    let mut backlogs = Vec::new();
    for webhooks in [sizes.backlog / SHORT, sizes.backlog] {
        post(&installation.sender, webhooks, &mut numbers).await;
        // What taking them in has left in memory is not what is measured.
        server.kill();
        server = installation.start().await;
        let backlog = deliver(&program, &server, &healthy, sink, webhooks).await;
        program.disable(&healthy).await;
        println!("{}", report::line(name, webhooks, &backlog, plain));
        backlogs.push(backlog);
    }
    let [short, long] = <[_; 2]>::try_from(backlogs).unwrap_or_else(|_| unreachable!("two were measured"));

    let beside = beside_dead_ones(&installation, &program, &server, &healthy, sink, sizes, &mut numbers).await;
    println!("{}", report::beside_line(name, &beside));
    server.kill();
    let delivered = database
        .number("select count(*) from deliveries where state = 'delivered'")
        .await;
    let expected = sizes.backlog / SHORT + sizes.backlog + 2 * TURNS as u64 * sizes.beside;
    let problem = (u64::try_from(delivered) != Ok(expected))
        .then(|| format!("{expected} reached the sink, {delivered} are recorded as delivered"));
    if problem.is_none() {
        database.delete().await;
    }
    Target {
        name,
        short,
        long,
        beside,
        problem,
    }
}

/// Measures the healthy destination alone and beside two dead ones, in turns: one never answers, the other refuses
/// connections. Enabling them makes them try as if nothing were known of them.
async fn beside_dead_ones(
    installation: &Installation,
    program: &Program,
    server: &Running,
    healthy: &str,
    sink: &Sink,
    sizes: Sizes,
    numbers: &mut u64,
) -> Beside {
    let closed = {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        listener.local_addr().expect("a listener has an address")
    };
    let refusing = format!("http://{closed}/");
    let dead = [
        program
            .add_waiting_destination("silent", &sink.silent_url(), sizes.concurrency)
            .await,
        program
            .add_waiting_destination("refusing", &refusing, sizes.concurrency)
            .await,
    ];
    let mut beside = Beside::default();
    for _ in 0..TURNS {
        post(&installation.sender, sizes.beside, numbers).await;
        let alone = deliver(program, server, healthy, sink, sizes.beside).await;
        program.disable(healthy).await;
        beside.alone.push(alone.per_second);

        post(&installation.sender, sizes.beside, numbers).await;
        for destination in &dead {
            program.enable(destination).await;
        }
        let with_dead = deliver(program, server, healthy, sink, sizes.beside).await;
        for destination in dead.iter().map(String::as_str).chain([healthy]) {
            program.disable(destination).await;
        }
        beside.with_dead.push(with_dead.per_second);
    }
    beside
}

/// In the build's folder and not in the system's temporary one, which may lie in memory, where flushing costs nothing.
fn new_folder() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("bench-delivery-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("the build's folder can be written");
    folder
}

fn setting<T: FromStr>(name: &str, default: T) -> T {
    match std::env::var(name) {
        Ok(value) => value.parse().unwrap_or_else(|_| panic!("{name} cannot be {value:?}")),
        Err(_) => default,
    }
}
