//! Webhooks that wait for their destination, and how quickly they are gone.

use std::cell::Cell;
use std::time::{Duration, Instant};

use hookproof::clock::{Clock, SystemClock};
use tokio::task::LocalSet;
use tokio::time::{interval, sleep};

use crate::load::connection::Connection;
use crate::load::installation::Running;
use crate::load::sender::Sender;
use crate::program::Program;
use crate::sink::Sink;
use crate::template::Template;

/// Over how many connections webhooks are posted.
const CONNECTIONS: usize = 64;

/// How long a signature is used: providers' signatures are taken for 300 s.
const SIGNED_FOR: Duration = Duration::from_mins(1);

/// A backlog that takes longer is not worth waiting for.
const LIMIT: Duration = Duration::from_mins(20);

/// How long after the last delivery the memory is looked at once more.
const AFTERWARDS: Duration = Duration::from_secs(2);

/// How a backlog went.
pub struct Delivered {
    pub per_second: f64,
    /// Resident memory of the server in MB.
    pub before: f64,
    pub most: f64,
    pub after: f64,
}

/// Posts so many webhooks. `numbers` is the number of the last event that was posted before, and is counted on.
pub async fn post(sender: &Sender, webhooks: u64, numbers: &mut u64) {
    let (next, last) = (Cell::new(*numbers), *numbers + webhooks);
    let posting = LocalSet::new();
    let all = futures::future::join_all((0..CONNECTIONS).map(|_| post_until(sender, &next, last)));
    posting.run_until(all).await;
    *numbers = last;
}

async fn post_until(sender: &Sender, next: &Cell<u64>, last: u64) {
    let mut connection = Connection::open(sender.address)
        .await
        .expect("the server accepts connections");
    let sign = || (Template::new(sender, SystemClock.now().as_seconds()), Instant::now());
    let (mut template, mut signed_at) = sign();
    while next.get() < last {
        next.set(next.get() + 1);
        if signed_at.elapsed() > SIGNED_FOR {
            (template, signed_at) = sign();
        }
        let answer = connection
            .exchange(template.request(next.get()))
            .await
            .expect("the server answers");
        assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(answer.body));
    }
}

/// Lets so many webhooks that wait go to their destination, and measures until the sink has them all.
pub async fn deliver(program: &Program, server: &Running, destination: &str, sink: &Sink, webhooks: u64) -> Delivered {
    let before = resident(server);
    let target = sink.count().await + webhooks;
    let began = Instant::now();
    program.enable(destination).await;
    let most = Cell::new(before);
    let watching = async {
        let mut ticks = interval(Duration::from_millis(100));
        loop {
            ticks.tick().await;
            most.set(most.get().max(resident(server)));
        }
    };
    let took = tokio::select! {
        () = sink.until(target, LIMIT) => began.elapsed(),
        () = watching => unreachable!("it watches for ever"),
    };
    sleep(AFTERWARDS).await;
    Delivered {
        per_second: webhooks as f64 / took.as_secs_f64(),
        before,
        most: most.get(),
        after: resident(server),
    }
}

/// The memory that a process holds, in MB, as the kernel counts it.
fn resident(server: &Running) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.0.id())).expect("the kernel tells of its processes");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line
        .and_then(|line| line.trim().strip_suffix("kB"))
        .expect("the kernel tells");
    kilobytes.trim().parse::<f64>().expect("a number") / 1024.0
}
