//! What becomes of a delivery after each way of answering.

use std::time::Duration;

use hookproof::clock::Clock;
use hookproof::delivery::Timeouts;
use hookproof::store::change::Change;
use hookproof::store::delivery::Destination as Stored;
use model::{ActorKind, AuditAction, AuditFilter, DeliveryState, DestinationId, DisabledReason, Failure, Trigger, WebhookId};
use tokio::net::TcpListener;

use crate::destination::{Destination, Script};
use crate::setup::patient;
use crate::world::{World, on_both};

on_both!(
    every_answer_has_its_name_and_its_next_attempt,
    a_destination_that_is_gone_is_disabled_and_what_arrives_waits,
    an_address_that_is_gone_says_nothing_of_the_one_that_took_its_place,
    what_is_not_trusted_is_held_until_it_is_released,
    the_webhook_goes_out_as_it_came_in,
);

/// The schedule of these tests: a second attempt within 100 and 110 s, and no more.
const SCHEDULE: [u32; 2] = [0, 100];

/// A way of answering, and what is to come of it.
struct Answering {
    script: Script,
    status: Option<u16>,
    failure: Option<Failure>,
    /// The next attempt comes at least and at most so many seconds later.
    next: Option<(i64, i64)>,
}

/// The same, of a destination.
struct Expected {
    destination: DestinationId,
    what: String,
    status: Option<u16>,
    failure: Option<Failure>,
    next: Option<(i64, i64)>,
}

/// Short enough to be waited for, and long enough for those that do answer.
fn timeouts() -> Timeouts {
    Timeouts {
        first_byte: Duration::from_secs(2),
        whole: Duration::from_secs(4),
        ..patient()
    }
}

async fn every_answer_has_its_name_and_its_next_attempt(url: String) {
    let world = World::with_timeouts(&url, timeouts()).await;
    let mut listening = Vec::new();
    let mut expected = Vec::new();
    for answering in scripts() {
        let what: String = format!("{:?}", answering.script).chars().take(80).collect();
        let listener = Destination::start(answering.script).await;
        let destination = world.destination(&listener.http_url(), two_attempts).await;
        listening.push(listener);
        expected.push(Expected {
            destination,
            what,
            status: answering.status,
            failure: answering.failure,
            next: answering.next,
        });
    }
    let not_tls = Destination::start(Script::Blurt(b"220 mail.example\r\n".to_vec())).await;
    for (url, failure) in unreachable(&not_tls).await {
        expected.push(Expected {
            destination: world.destination(&url, two_attempts).await,
            what: url,
            status: None,
            failure: Some(failure),
            next: Some((100, 110)),
        });
    }

    let webhook = world.arrive("user-1").await;
    world.recorded(expected.len() as u64).await;
    for expected in &expected {
        check(&world, webhook, expected).await;
    }
    world.end().await;
}

fn scripts() -> Vec<Answering> {
    let delivered = |status| Answering {
        script: Script::status(status, &[], ""),
        status: Some(status),
        failure: None,
        next: None,
    };
    let fails = |script, status, failure| Answering {
        script,
        status,
        failure: Some(failure),
        next: Some((100, 110)),
    };
    let refused = |status, lines: &[&str], least, most| Answering {
        next: Some((least, most)),
        ..fails(Script::status(status, lines, "no"), Some(status), Failure::Status)
    };
    let begun = |rest: &[u8]| [b"HTTP/1.1 200 OK\r\n", rest].concat();
    let trickle = Script::Trickle {
        answer: [begun(b"content-length: 900\r\n\r\n"), vec![b'x'; 900]].concat(),
        size: 10,
        pause: Duration::from_millis(100),
    };
    let endless = Script::Endless {
        head: begun(b"\r\n"),
        again: vec![b'x'; 64 * 1024],
    };
    let half = Script::AnswerAndHang(begun(b"content-length: 9\r\n\r\n"));
    let elsewhere = Script::status(302, &["location: http://127.0.0.1/"], "");
    vec![
        delivered(200),
        delivered(204),
        refused(500, &[], 100, 110),
        refused(502, &[], 100, 110),
        refused(410, &[], 100, 110),
        // Only those that say to come less often are heard on when.
        refused(400, &["retry-after: 600"], 100, 110),
        refused(429, &["retry-after: 600"], 600, 600),
        refused(503, &["retry-after: 50"], 100, 110),
        refused(503, &["retry-after: Thu, 20 Nov 2025 12:30:00 GMT"], 1_800, 1_800),
        refused(429, &["retry-after: 999999"], 3_600, 3_600),
        fails(elsewhere, Some(302), Failure::Redirect),
        fails(Script::Deaf, None, Failure::FirstByteTimeout),
        fails(half, Some(200), Failure::ResponseTimeout),
        fails(trickle, Some(200), Failure::ResponseTimeout),
        fails(endless, Some(200), Failure::ResponseTooLarge),
        fails(Script::AnswerAndReset(Vec::new()), None, Failure::ConnectionClosed),
        fails(Script::AnswerAndClose(Vec::new()), None, Failure::ConnectionClosed),
        fails(Script::Answer(b"EHLO there\r\n\r\n".to_vec()), None, Failure::ProtocolError),
    ]
}

async fn unreachable(not_tls: &Destination) -> Vec<(String, Failure)> {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let closed = listener.local_addr().expect("an address");
    drop(listener);
    vec![
        (format!("http://{closed}/"), Failure::ConnectRefused),
        (format!("https://{}/", not_tls.address), Failure::TlsFailed),
        ("https://10.0.0.1/".to_owned(), Failure::AddressNotAllowed),
        ("ftp://127.0.0.1/".to_owned(), Failure::UrlNotAllowed),
        ("https://nowhere.example/".to_owned(), Failure::DnsFailed),
    ]
}

fn two_attempts(destination: &mut Stored) {
    destination.schedule = SCHEDULE.to_vec();
}

async fn check(world: &World, webhook: WebhookId, expected: &Expected) {
    let Expected {
        destination,
        what,
        status,
        failure,
        next,
    } = expected;
    let delivery = world.delivery(webhook, *destination).await;
    let [attempt] = delivery.attempts.as_slice() else {
        panic!("{} attempts at {what}", delivery.attempts.len());
    };
    assert_eq!((attempt.number, attempt.trigger), (1, Trigger::Automatic), "{what}");
    assert_eq!((attempt.status, attempt.failure), (*status, *failure), "{what}");
    let state = if next.is_some() {
        DeliveryState::Pending
    } else {
        DeliveryState::Delivered
    };
    assert_eq!(delivery.row.state, state, "{what}");
    assert_eq!(delivery.row.next_attempt_at, attempt.next_attempt_at, "{what}");
    let seconds = attempt
        .next_attempt_at
        .map(|at| attempt.started_at.micros_until(at) / 1_000_000);
    let is_right = match (seconds, next) {
        (Some(seconds), Some((least, most))) => (*least..=*most).contains(&seconds),
        (None, None) => true,
        _ => false,
    };
    assert!(is_right, "{what}: next after {seconds:?} s and not {next:?}");
}

async fn a_destination_that_is_gone_is_disabled_and_what_arrives_waits(url: String) {
    let world = World::new(&url).await;
    let gone = Destination::start(Script::status(410, &[], "moved away")).await;
    let destination = world.destination(&gone.http_url(), |_| {}).await;
    let first = world.arrive("user-1").await;
    world.recorded(1).await;
    world.until_disabled(destination).await;

    let disabled = world.stored(destination).await.disabled.expect("disabled");
    assert_eq!(disabled.reason, DisabledReason::Gone);
    let log = world.store.audit(&AuditFilter::default(), None, 1).await.expect("read");
    let entry = &log.items[0];
    assert_eq!(
        (entry.action, entry.actor.kind),
        (AuditAction::DestinationDisabled, ActorKind::System)
    );
    assert_eq!(
        (entry.detail[0].field.as_str(), entry.detail[0].after.as_deref()),
        ("disabled", Some("gone"))
    );

    let second = world.arrive("user-2").await;
    world.turn(24 * 60 * 60);
    let moved = Destination::start(Script::status(200, &[], "")).await;
    // The worker knows of the healthy one, so it has looked after the clock was turned.
    let healthy = world.destination(&moved.http_url(), |_| {}).await;
    let third = world.arrive("user-3").await;
    world.recorded(2).await;
    assert_eq!(world.state(third, healthy).await, DeliveryState::Delivered);
    for waiting in [first, second, third] {
        assert_eq!(world.state(waiting, destination).await, DeliveryState::Pending);
    }
    assert_eq!(gone.received().len(), 1);

    gone.follow(Script::status(200, &[], ""));
    let enable = Change::SetDestinationDisabled(destination, None);
    world.change(enable, AuditAction::DestinationEnabled).await;
    world.recorded(5).await;
    for webhook in [first, second, third] {
        assert_eq!(world.state(webhook, destination).await, DeliveryState::Delivered);
    }
    world.end().await;
}

async fn an_address_that_is_gone_says_nothing_of_the_one_that_took_its_place(url: String) {
    let world = World::with_timeouts(
        &url,
        Timeouts {
            whole: Duration::from_secs(2),
            ..patient()
        },
    )
    .await;
    // It is read to its end, for as long as an attempt may take.
    let slow = b"HTTP/1.1 410 X\r\ncontent-length: 9\r\n\r\nhalf".to_vec();
    let old = Destination::start(Script::AnswerAndHang(slow)).await;
    let new = Destination::start(Script::status(200, &[], "")).await;
    let destination = world.destination(&old.http_url(), |_| {}).await;
    let webhook = world.arrive("user-1").await;
    old.until_received(1).await;
    let before = Box::new(world.stored(destination).await);
    let after = Box::new(Stored {
        url: new.http_url(),
        ..(*before).clone()
    });
    world
        .change(Change::UpdateDestination { before, after }, AuditAction::DestinationChanged)
        .await;
    world.recorded(1).await;
    assert_eq!(world.delivery(webhook, destination).await.row.last_status, Some(410));
    world.turn(10);
    world.recorded(2).await;
    assert_eq!(world.state(webhook, destination).await, DeliveryState::Delivered);
    assert_eq!(world.stored(destination).await.disabled, None);
    world.end().await;
}

async fn what_is_not_trusted_is_held_until_it_is_released(url: String) {
    let world = World::new(&url).await;
    let listener = Destination::start(Script::status(200, &[], "")).await;
    let destination = world.destination(&listener.http_url(), |_| {}).await;
    let forged = world.arrive_forged("user-1").await;
    let genuine = world.arrive("user-1").await;
    world.recorded(1).await;
    assert_eq!(world.state(genuine, destination).await, DeliveryState::Delivered);
    assert_eq!(world.state(forged, destination).await, DeliveryState::Held);

    let release = Change::Release {
        webhooks: vec![forged],
        at: world.clock.now(),
    };
    world.change(release, AuditAction::Released).await;
    world.recorded(2).await;
    let delivery = world.delivery(forged, destination).await;
    let triggers: Vec<_> = delivery.attempts.iter().map(|attempt| attempt.trigger).collect();
    assert_eq!(
        (delivery.row.state, triggers),
        (DeliveryState::Delivered, vec![Trigger::Released])
    );
    world.end().await;
}

async fn the_webhook_goes_out_as_it_came_in(url: String) {
    let world = World::new(&url).await;
    let listener = Destination::start(Script::status(500, &[], "")).await;
    let destination = world.destination(&listener.http_url(), two_attempts).await;
    let webhook = world.arrive("user-1").await;
    world.recorded(1).await;
    world.turn(110);
    world.recorded(2).await;
    assert_eq!(world.state(webhook, destination).await, DeliveryState::Failed);

    let body = world.store.body(webhook).await.expect("read").expect("there");
    let received = listener.received();
    assert_eq!(received.len(), 2);
    for request in &received {
        assert_eq!(request.body, body);
        assert_eq!(request.header("webhook-id"), Some(webhook.to_string().as_str()));
        assert_eq!(request.header("hookproof-provider"), Some("persona"));
        assert_eq!(request.header("hookproof-event-type"), Some("inquiry.approved"));
        assert_eq!(request.header("hookproof-verdict"), Some("verified"));
        assert!(request.header("persona-signature").is_some());
    }
    let [first, second] = [0, 1].map(|attempt| {
        let timestamp = received[attempt].header("webhook-timestamp").expect("there");
        timestamp.parse::<i64>().expect("a number")
    });
    assert_eq!(second - first, 110);
    assert_ne!(
        received[0].header("webhook-signature"),
        received[1].header("webhook-signature")
    );
    world.end().await;
}
