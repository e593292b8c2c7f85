//! `kill -9` during delivery, again and again: every webhook comes to its destination at least once, under one id.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use hookproof::clock::{Clock, SystemClock};
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::Run;
use crate::bodies::small_body;
use crate::load::connection::Connection;
use crate::load::database::Database;
use crate::load::sender::Sender;
use crate::program::Program;
use crate::receiver::{Received, Receiver};

const WEBHOOKS: u64 = 10_000;

/// How many requests the destination takes at once.
const CONCURRENCY: u32 = 16;

/// Over how many connections the webhooks are posted.
const POSTING: u64 = 16;

/// What a killed worker had leased is due again when its lease ends, 45 s after it began; then it is sent.
const LEASES_END: Duration = Duration::from_secs(45 + 60);

/// How long the part of the deliveries takes at most that comes before a kill.
const ROUND_LIMIT: Duration = Duration::from_mins(1);

/// Posts the webhooks, then delivers them while the server is killed again and again.
pub async fn crash_while_delivering(run: &mut Run) {
    let Run {
        name,
        rounds,
        moments,
        database,
        installation,
        ..
    } = run;
    let receiver = Receiver::start().await;
    let program = Program::add_to(installation);
    let mut server = installation.start().await;
    let destination = program
        .add_waiting_destination("receiver", &receiver.url(), CONCURRENCY)
        .await;
    post_all(&installation.sender).await;
    let waiting = database
        .number("select count(*) from deliveries where state = 'pending'")
        .await;
    assert_eq!(u64::try_from(waiting), Ok(WEBHOOKS), "each webhook has its delivery");

    program.enable(&destination).await;
    for round in 1..=*rounds {
        let part = WEBHOOKS * u64::from(round) / u64::from(*rounds + 1);
        let part = usize::try_from(part).expect("they are few");
        receiver.until_received(part, ROUND_LIMIT).await;
        sleep(Duration::from_millis(moments.below(30))).await;
        server.kill();
        server = installation.start().await;
    }
    receiver
        .until_received(usize::try_from(WEBHOOKS).expect("they are few"), LEASES_END)
        .await;
    until_all_are_recorded(database).await;
    server.kill();
    let duplicates = check(receiver.take());
    println!(
        "{name}: {rounds} kills during the delivery of {WEBHOOKS} webhooks: each came at least once under one webhook-id, \
         {duplicates} came again"
    );
}

async fn post_all(sender: &Sender) {
    let mut posting = JoinSet::new();
    for first in 0..POSTING {
        let sender = sender.clone();
        posting.spawn(async move {
            let mut connection = Connection::open(sender.address)
                .await
                .expect("the server accepts connections");
            let step = usize::try_from(POSTING).expect("they are few");
            for number in (first..WEBHOOKS).step_by(step) {
                let request = sender.request(SystemClock.now().as_seconds(), &small_body(number));
                let answer = connection.exchange(&request).await.expect("the server answers");
                assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(answer.body));
            }
        });
    }
    posting.join_all().await;
}

/// What came and could not be recorded comes once more, when its lease ends.
async fn until_all_are_recorded(database: &Database) {
    let limit = Instant::now() + LEASES_END;
    loop {
        let open = database
            .number("select count(*) from deliveries where state <> 'delivered'")
            .await;
        if open == 0 {
            return;
        }
        assert!(Instant::now() < limit, "{open} deliveries are not recorded as delivered");
        sleep(Duration::from_millis(200)).await;
    }
}

/// How many came more than once.
fn check(received: Received) -> u64 {
    let Received { times, wrong } = received;
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert_eq!(times.len() as u64, WEBHOOKS, "as many ids as webhooks");
    let numbers: HashSet<_> = times.values().map(|(_, number)| *number).collect();
    assert_eq!(numbers.len() as u64, WEBHOOKS, "no webhook came under two ids");
    times.values().map(|(times, _)| times - 1).sum()
}
