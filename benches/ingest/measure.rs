//! The load: so many connections, each of which sends its next webhook as soon as the last one is answered.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::{Duration, Instant};

use hdrhistogram::Histogram;
use hookproof::clock::{Clock, SystemClock};
use tokio::task::LocalSet;
use tokio::time::timeout;

use crate::load::connection::Connection;
use crate::load::sender::Sender;
use crate::template::Template;

/// How long after the end the last answers may come.
const LAST_ANSWERS: Duration = Duration::from_secs(20);

/// The longest latency that is told apart from longer ones.
const LONGEST_MICROS: u64 = 60_000_000;

/// How long the load lasts; only the second part is measured.
#[derive(Debug, Clone, Copy)]
pub struct Phases {
    pub warm_up: Duration,
    pub measured: Duration,
}

/// What a load gave.
pub struct Measurement {
    pub connections: usize,
    pub per_second: f64,
    /// From the first byte sent to the last byte of the answer, in microseconds.
    pub latency: Histogram<u32>,
    /// The requests that were answered with 200, also those that were not measured.
    pub stored: u64,
    /// The requests that were answered with anything else, or not at all.
    pub failed: u64,
    /// What the first of those looked like.
    pub first_failure: Option<String>,
}

/// What the connections write into while they run.
struct Tally {
    measured_from: Instant,
    until: Instant,
    /// The number of the last event; no two requests of a run have the same.
    number: u64,
    latency: Histogram<u32>,
    stored: u64,
    failed: u64,
    first_failure: Option<String>,
}

/// Loads the endpoint. `numbers` is the number of the last event that was sent before, and is counted on.
pub async fn measure(sender: &Sender, connections: usize, phases: Phases, numbers: &mut u64) -> Measurement {
    let template = Template::new(sender, SystemClock.now().as_seconds());
    let mut opened = Vec::with_capacity(connections);
    for _ in 0..connections {
        opened.push(
            Connection::open(sender.address)
                .await
                .expect("the server accepts connections"),
        );
    }

    let measured_from = Instant::now() + phases.warm_up;
    let tally = Rc::new(RefCell::new(Tally {
        measured_from,
        until: measured_from + phases.measured,
        number: *numbers,
        latency: Histogram::new_with_bounds(1, LONGEST_MICROS, 3).expect("the bounds are valid"),
        stored: 0,
        failed: 0,
        first_failure: None,
    }));
    let load = LocalSet::new();
    for connection in opened {
        load.spawn_local(send_again_and_again(connection, template.clone(), Rc::clone(&tally)));
    }
    let limit = phases.warm_up + phases.measured + LAST_ANSWERS;
    timeout(limit, load).await.expect("every request is answered in time");

    let tally = Rc::into_inner(tally).expect("every connection is done").into_inner();
    *numbers = tally.number;
    Measurement {
        connections,
        per_second: tally.latency.len() as f64 / phases.measured.as_secs_f64(),
        latency: tally.latency,
        stored: tally.stored,
        failed: tally.failed,
        first_failure: tally.first_failure,
    }
}

async fn send_again_and_again(mut connection: Connection, mut template: Template, tally: Rc<RefCell<Tally>>) {
    let mut sent_at = Instant::now();
    loop {
        let Some(number) = tally.borrow_mut().next_number(sent_at) else {
            return;
        };
        let failure = match connection.exchange(template.request(number)).await {
            Ok(answer) if answer.status == 200 => None,
            Ok(answer) => Some(format!("{}: {}", answer.status, String::from_utf8_lossy(answer.body))),
            Err(error) => Some(error.to_string()),
        };
        let answered_at = Instant::now();
        let broken = failure.is_some();
        tally.borrow_mut().count(sent_at, answered_at, failure);
        if broken {
            return;
        }
        sent_at = answered_at;
    }
}

impl Tally {
    /// The number of the next event; `None` at the end.
    fn next_number(&mut self, now: Instant) -> Option<u64> {
        (now < self.until).then(|| {
            self.number += 1;
            self.number
        })
    }

    fn count(&mut self, sent_at: Instant, answered_at: Instant, failure: Option<String>) {
        if let Some(failure) = failure {
            self.failed += 1;
            self.first_failure.get_or_insert(failure);
            return;
        }
        self.stored += 1;
        if self.measured_from <= answered_at && answered_at < self.until {
            let micros = u64::try_from((answered_at - sent_at).as_micros()).unwrap_or(u64::MAX);
            self.latency.saturating_record(micros.max(1));
        }
    }
}
