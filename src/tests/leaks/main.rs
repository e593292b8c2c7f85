//! Secrets go in and never come out: the product is used with known secrets of every kind, and everything that it says and
//! keeps is searched for them.
//!
//! A test binary of its own, as all that is logged in the process is listened to.

mod asking;
mod forwarding;
mod log;
mod programs;
mod steps;
#[path = "../support/mod.rs"]
mod support;
mod witness;

use app::view::{SecondFactor, ShownOnce};
use model::LinkPurpose;
use steps::Steps;

#[test]
fn what_is_shown_once_is_not_shown_by_debug() {
    let (value, text) = (|| "value-4471".to_owned(), || "text".to_owned());
    let check = |shown: &dyn std::fmt::Debug| assert!(!format!("{shown:?}").contains("value-4471"), "{shown:?}");
    check(&ShownOnce::Token {
        name: text(),
        value: value(),
    });
    check(&ShownOnce::DestinationSecret {
        name: text(),
        value: value(),
    });
    check(&ShownOnce::RecoveryCodes(vec![value()]));
    check(&ShownOnce::Link {
        purpose: LinkPurpose::Invite,
        email: text(),
        url: value(),
    });
    check(&SecondFactor::Pending {
        secret: value(),
        url: value(),
        qr: value(),
    });
}

#[tokio::test]
async fn no_secret_is_in_the_log_an_answer_or_the_database() {
    let log = log::Log::capture();
    let mut steps = Steps::start().await;
    steps.set_up_the_first_admin().await;
    steps.sign_in_wrongly().await;
    steps.configure_endpoints().await;
    steps.configure_destinations().await;
    steps.post_webhooks().await;
    steps.turn_the_second_factor_on().await;
    steps.sign_in_with_the_second_factor().await;
    steps.make_a_token_and_links().await;
    steps.call_the_api().await;
    steps.ask_providers().await;
    steps.run_commands().await;
    steps.look_at_every_page().await;
    steps.read_the_files("while it runs");
    steps.go_on_without_a_database().await;
    steps.read_the_files("when it is closed");

    let Steps { app, mut witness, .. } = steps;
    witness.sees("the log", log.bytes(), &[]);
    app.end().await;

    assert_eq!(witness.leaks(), Vec::<String>::new());
    // What is no secret is found in all those places: a search that finds nothing proves nothing.
    let must_find = |value: &str, places: &[&str]| {
        let found = witness.places_of(value.as_bytes());
        for place in places {
            let is_in = found.iter().any(|found| found.starts_with(place));
            assert!(is_in, "{value} is not in {place}, but in {found:?}");
        }
    };
    let files = ["test.db when it is closed", "test.db-wal while it runs"];
    must_find(steps::LAST_ENDPOINT, &files);
    must_find(steps::IN_BASE64, &files);
    must_find(
        steps::ENDPOINT,
        &[
            "GET /endpoints",
            "GET /audit",
            "GET /api/v1/endpoints",
            "GET /api/v1/audit",
            "endpoint list --json",
        ],
    );
    must_find(
        forwarding::DESTINATION,
        &[
            "GET /destinations",
            "GET /deliveries",
            "GET /audit",
            "GET /api/v1/destinations",
            "GET /api/v1/deliveries",
            "destination list --json",
        ],
    );
    must_find(
        asking::RECORDED,
        &[
            "POST /api/v1/webhooks",
            "GET /api/v1/records",
            "GET /api/v1/subjects",
            "export --subject",
            "test.db when it is closed",
        ],
    );
    must_find(steps::ADMIN, &["GET /users", "user list --json"]);
    must_find("add_endpoint", &["GET /api/v1/openapi.json"]);
    must_find("the sealing key was changed", &["the log"]);
}
