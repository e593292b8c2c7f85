use hookproof::clock::Clock;
use model::{Failure, Timestamp};

use crate::asking::{access, client, noon};
use crate::destination::{Destination, Script};
use crate::stand_ins::StandIns;

const USER: &str = "/userinfo/full?id=k1";
const RECORD: &str = r#"{"data": {"type": "inquiry", "id": "inq_1"}}"#;

#[tokio::test]
async fn no_more_is_sent_than_the_provider_allows() {
    let stand_ins = StandIns::start().await;
    let (client, access) = (stand_ins.client(), stand_ins.access("authento"));
    for _ in 0..5 {
        let unknown = client.fetch(&access, USER).await.expect_err("unknown");
        assert_eq!(unknown.failure, Failure::NotFound);
    }
    let held_back = client.fetch(&access, USER).await.expect_err("too fast");
    assert!(held_back.was_held_back());
    let retry_at = held_back.retry_at.expect("a time");
    let wait = stand_ins.clock.now().micros_until(retry_at);
    assert!((1_000_000..=1_200_000).contains(&wait), "{wait} µs");
    assert_eq!(stand_ins.asked("/userinfo/full"), 5, "nothing was sent");
    stand_ins.clock.set(retry_at);
    let unknown = client.fetch(&access, USER).await.expect_err("unknown");
    assert_eq!(unknown.failure, Failure::NotFound);
}

#[tokio::test]
async fn too_much_together_with_others_is_named_so_and_not_repeated_at_once() {
    let stand_ins = StandIns::start().await;
    let (other, client, access) = (stand_ins.client(), stand_ins.client(), stand_ins.access("authento"));
    for _ in 0..5 {
        let unknown = other.fetch(&access, USER).await.expect_err("unknown");
        assert_eq!(unknown.failure, Failure::NotFound);
    }
    let limited = client.fetch(&access, USER).await.expect_err("too much");
    assert_eq!((limited.failure, limited.status), (Failure::RateLimited, Some(429)));
    assert!(!limited.was_held_back());
    let retry_at = limited.retry_at.expect("a time");
    let held_back = client.fetch(&access, USER).await.expect_err("too fast");
    assert_eq!((held_back.was_held_back(), held_back.retry_at), (true, Some(retry_at)));
    stand_ins.clock.set(retry_at);
    let unknown = client.fetch(&access, USER).await.expect_err("unknown");
    assert_eq!(unknown.failure, Failure::NotFound);
}

#[tokio::test]
async fn what_the_provider_says_of_its_limit_is_heeded() {
    let check = async |script: Script, failure: Option<Failure>, until: Option<Timestamp>| {
        let shown = format!("{script:?}");
        let destination = Destination::start(script).await;
        let (client, clock) = client();
        let access = access("persona", &format!("http://{}", destination.address));
        let first = client.fetch(&access, "/inquiries/inq_1").await;
        assert_eq!(first.err().map(|failed| failed.failure), failure, "{shown}");
        let second = client.fetch(&access, "/inquiries/inq_1").await.err();
        let held_back = second.filter(hookproof::records::Unanswered::was_held_back);
        assert_eq!(held_back.and_then(|held_back| held_back.retry_at), until, "{shown}");
        if let Some(until) = until {
            clock.set(until);
            destination.follow(Script::status(200, &[], RECORD));
            assert!(client.fetch(&access, "/inquiries/inq_1").await.is_ok());
        }
    };
    let in_seconds = |seconds| Some(noon().plus_seconds(seconds));
    let limits = |status, lines: &[&str]| Script::status(status, lines, RECORD);
    check(limits(200, &["ratelimit-remaining: 1", "ratelimit-reset: 53"]), None, None).await;
    check(
        limits(200, &["ratelimit-remaining: 0", "ratelimit-reset: 53"]),
        None,
        in_seconds(53),
    )
    .await;
    let limited = Some(Failure::RateLimited);
    check(limits(429, &["ratelimit-reset: 40"]), limited, in_seconds(40)).await;
    check(
        limits(429, &["retry-after: 9", "ratelimit-reset: 40"]),
        limited,
        in_seconds(9),
    )
    .await;
    check(
        limits(429, &["retry-after: Thu, 20 Nov 2025 12:00:30 GMT"]),
        limited,
        in_seconds(30),
    )
    .await;
    check(limits(429, &[]), limited, in_seconds(5)).await;
    check(limits(429, &["retry-after: 999999999"]), limited, in_seconds(3_600)).await;
}

#[tokio::test]
async fn an_answer_that_says_when_to_come_back_says_so_to_whoever_asked() {
    let destination = Destination::start(Script::status(503, &["retry-after: 120"], "")).await;
    let access = access("persona", &format!("http://{}", destination.address));
    let failed = client().0.fetch(&access, "/inquiries/inq_1").await.expect_err("down");
    assert_eq!((failed.failure, failed.status), (Failure::Status, Some(503)));
    assert_eq!(failed.retry_at, Some(noon().plus_seconds(120)));
}
