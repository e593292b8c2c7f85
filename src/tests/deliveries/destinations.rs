use hookproof::delivery::AllowedNetworks;
use hookproof::destinations::{AddDestination, DestinationChange, HeaderChange};
use hookproof::operation::OperationError;
use model::{AuditAction, DeliveryState, DestinationId, DisabledReason, EndpointId, Role, Subscription, Text};
use secrecy::SecretString;
use uuid::Uuid;

use crate::support::Setup;
use crate::world::{URL, World};
use crate::{admin, refused, someone, told};

#[tokio::test]
async fn a_destination_gets_what_arrives_from_then_on() {
    let world = World::start().await;
    let before = world.webhook("evt_before").await;
    let destination = world.destination("Onboarding").await;
    let after = world.webhook("evt_after").await;
    assert!(world.deliveries(before).await.is_empty());
    assert_eq!(world.delivery(after).await.destination_id, destination);

    let narrow = AddDestination {
        subscription: Subscription {
            event_types: vec![Text::new("case.*").expect("a text")],
            ..Subscription::default()
        },
        headers: vec![("X-Tenant".to_owned(), SecretString::from("s3cr3t"))],
        ..AddDestination::plain("Cases", URL)
    };
    world.add(narrow).await;
    let entry = world.audited(AuditAction::DestinationAdded).await;
    assert_eq!(
        told(&entry),
        [
            ("url", None, Some(URL)),
            ("event_types", None, Some("case.*")),
            ("headers", None, Some("x-tenant"))
        ]
    );
    let other = world.webhook("evt_other").await;
    assert_eq!(world.delivery(other).await.destination_id, destination);
    let names: Vec<_> = world.app.operations.destinations(&someone(Role::Viewer)).await.expect("read");
    let names: Vec<_> = names.iter().map(|view| (&*view.name, view.waiting)).collect();
    assert_eq!(names, [("Cases", 0), ("Onboarding", 2)]);
    world.app.end().await;
}

#[tokio::test]
async fn the_signing_secret_is_shown_once() {
    let world = World::start().await;
    let operations = &world.app.operations;
    let added = operations
        .add_destination(&admin(), AddDestination::plain("Onboarding", URL))
        .await;
    let added = serde_json::to_value(added.expect("added")).expect("plain data");
    let secret = added["secret"].as_str().expect("it is shown").to_owned();
    assert_eq!((&secret[..6], secret.len()), ("whsec_", 50));
    let id: DestinationId = added["id"].as_str().expect("an id").parse().expect("a UUID");

    let rotated = operations.rotate_destination_secret(&admin(), id).await;
    let rotated = serde_json::to_value(rotated.expect("rotated")).expect("plain data");
    let next = rotated["secret"].as_str().expect("it is shown").to_owned();
    assert_ne!(next, secret);
    let view = operations.destination(&admin(), id).await.expect("read");
    let hints: Vec<_> = view.secrets.iter().map(|one| (&*one.hint, one.expires_at)).collect();
    let tomorrow = crate::support::noon().plus_seconds(24 * 60 * 60);
    assert_eq!(hints, [(&secret[46..], Some(tomorrow)), (&next[46..], None)]);

    let audit = world
        .app
        .store
        .audit(&model::AuditFilter::default(), None, 50)
        .await
        .expect("read");
    let said = format!("{}{:?}", serde_json::to_string(&view).expect("plain data"), audit);
    for secret in [secret, next] {
        assert!(!said.contains(&secret), "{said}");
    }
    let entry = world.audited(AuditAction::DestinationSecretRotated).await;
    assert_eq!(told(&entry)[0].0, "secret");
    world.app.end().await;
}

#[tokio::test]
async fn what_must_not_be_sent_to_is_refused_when_it_is_typed() {
    let internal = AllowedNetworks {
        networks: vec!["10.1.0.0/16".parse().expect("a network")],
        http: true,
    };
    let strict = World::start().await;
    let open = World::start_with(Setup {
        allowed: internal,
        ..Setup::default()
    })
    .await;
    let check = async |url: &str, strictly: bool, openly: bool| {
        for (world, taken) in [(&strict, strictly), (&open, openly)] {
            let added = world
                .app
                .operations
                .add_destination(&admin(), AddDestination::plain("x", url))
                .await;
            if taken {
                added.expect(url);
            } else {
                assert_eq!(refused(added), ["url"], "{url}");
            }
        }
    };
    check(URL, true, true).await;
    check("http://example.com/", false, true).await;
    check("https://10.1.2.3/", false, true).await;
    check("http://10.1.2.3/", false, true).await;
    for url in [
        "",
        "example.com",
        "ftp://example.com/",
        "https://user@example.com/",
        "https://127.0.0.1/",
        "https://2130706433/",
        "https://0x7f.1/",
        "https://169.254.169.254/latest",
        "https://[::ffff:127.0.0.1]/",
        "https://10.2.0.1/",
        "https://example.com./",
    ] {
        check(url, false, false).await;
    }
    strict.app.end().await;
    open.app.end().await;
}

#[tokio::test]
async fn everything_that_cannot_be_taken_is_named_at_once() {
    let world = World::start().await;
    let wrong = AddDestination {
        subscription: Subscription {
            endpoints: vec![EndpointId(Uuid::nil())],
            event_types: vec![Text::new("*.approved").expect("a text")],
            ..Subscription::default()
        },
        headers: vec![("Webhook-Id".to_owned(), "x".into())],
        concurrency: 0,
        rate_limit: Some(0),
        schedule: Vec::new(),
        ..AddDestination::plain(" ", "nowhere")
    };
    let mut fields = refused(world.app.operations.add_destination(&admin(), wrong).await);
    fields.sort();
    let expected = [
        "concurrency",
        "endpoints",
        "event_types",
        "headers",
        "name",
        "rate_limit",
        "schedule",
        "url",
    ];
    assert_eq!(fields, expected);
    for role in [Role::Viewer, Role::Operator] {
        let new = AddDestination::plain("x", URL);
        let added = world.app.operations.add_destination(&someone(role), new).await;
        assert!(matches!(added, Err(OperationError::Forbidden { .. })), "{added:?}");
    }
    world.app.end().await;
}

#[tokio::test]
async fn a_change_says_what_was_before_and_what_is_after_but_no_value_of_a_header() {
    let world = World::start().await;
    let new = AddDestination {
        headers: vec![("X-Key".to_owned(), "header-secret-1".into())],
        ..AddDestination::plain("Onboarding", URL)
    };
    let id = world.add(new).await;
    let operations = &world.app.operations;
    let header = |name: &str, value: Option<&str>| HeaderChange {
        name: name.to_owned(),
        value: value.map(Into::into),
    };
    let nothing = DestinationChange {
        name: Some("Onboarding".to_owned()),
        headers: Some(vec![header("x-key", Some("header-secret-1"))]),
        ..DestinationChange::default()
    };
    operations.change_destination(&admin(), id, nothing).await.expect("changed");
    assert!(world.all_audited(AuditAction::DestinationChanged).await.is_empty());

    let change = DestinationChange {
        name: Some("Risk".to_owned()),
        rate_limit: Some(Some(5)),
        schedule: Some(vec![0, 60]),
        headers: Some(vec![
            header("x-key", Some("header-secret-2")),
            header("x-team", Some("header-secret-3")),
        ]),
        ..DestinationChange::default()
    };
    let view = operations.change_destination(&admin(), id, change).await.expect("changed");
    assert_eq!(
        (view.headers, view.schedule),
        (vec!["x-key".to_owned(), "x-team".to_owned()], vec![0, 60])
    );
    let entry = world.audited(AuditAction::DestinationChanged).await;
    assert_eq!(
        told(&entry),
        [
            ("name", Some("Onboarding"), Some("Risk")),
            ("headers", Some("x-key"), Some("x-key, x-team")),
            ("rate_limit", None, Some("5")),
            (
                "schedule",
                Some("0, 5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400"),
                Some("0, 60")
            ),
            ("headers.x-key", None, None),
            ("headers.x-team", None, None),
        ]
    );
    let unknown = DestinationChange {
        headers: Some(vec![header("x-other", None)]),
        ..DestinationChange::default()
    };
    assert_eq!(
        refused(operations.change_destination(&admin(), id, unknown).await),
        ["headers"]
    );
    world.app.end().await;
}

#[tokio::test]
async fn what_arrives_for_a_disabled_destination_waits_and_enabling_says_what_becomes_of_it() {
    let world = World::start().await;
    let id = world.destination("Onboarding").await;
    let operations = &world.app.operations;
    for (send_waiting, becomes) in [(true, DeliveryState::Pending), (false, DeliveryState::Cancelled)] {
        let disabled = operations.disable_destination(&admin(), id).await.expect("disabled");
        assert_eq!(disabled.disabled.expect("disabled").reason, DisabledReason::Person);
        operations.disable_destination(&admin(), id).await.expect("disabled as it is");
        let webhook = world.webhook(&format!("evt_{send_waiting}")).await;
        assert_eq!(world.delivery(webhook).await.state, DeliveryState::Pending);
        assert!(world.lease(id).await.is_empty(), "nothing is sent");

        let enabled = operations
            .enable_destination(&admin(), id, send_waiting)
            .await
            .expect("enabled");
        assert_eq!(enabled.disabled, None);
        assert_eq!(world.delivery(webhook).await.state, becomes);
        operations
            .enable_destination(&admin(), id, false)
            .await
            .expect("enabled as it is");
    }
    assert_eq!(world.all_audited(AuditAction::DestinationDisabled).await.len(), 2);
    let entries = world.all_audited(AuditAction::DestinationEnabled).await;
    let disabled = ("disabled", Some("person"), None);
    assert_eq!(told(&entries[1]), [disabled]);
    assert_eq!(told(&entries[0]), [disabled, ("cancelled", None, Some("2"))]);
    let cancelled = world.all_audited(AuditAction::DeliveryCancelled).await;
    assert_eq!(cancelled.len(), 1);
    assert_eq!(told(&cancelled[0]), [("waiting", None, Some("cancelled"))]);
    assert!(cancelled[0].number < entries[0].number, "it is said before it is done");
    world.app.end().await;
}

#[tokio::test]
async fn archiving_cancels_what_waits_and_keeps_the_log() {
    let world = World::start().await;
    let id = world.destination("Onboarding").await;
    let webhook = world.webhook("evt_1").await;
    let held = world.untrusted("evt_held").await;
    let operations = &world.app.operations;
    operations.archive_destination(&admin(), id).await.expect("archived");
    assert_eq!(world.delivery(held).await.state, DeliveryState::Cancelled);
    let delivery = world.delivery(webhook).await;
    assert_eq!(
        (delivery.state, &*delivery.destination_name),
        (DeliveryState::Cancelled, "Onboarding")
    );
    assert_eq!(
        told(&world.audited(AuditAction::DestinationArchived).await),
        [("waiting", None, Some("cancelled"))]
    );
    // With what was held.
    let cancelled = world.audited(AuditAction::DeliveryCancelled).await;
    assert_eq!(told(&cancelled), [("cancelled", None, Some("2"))]);
    assert_eq!(cancelled.target.expect("a target").id, id.to_string());

    let gone = operations.destination(&admin(), id).await;
    assert!(matches!(gone, Err(OperationError::NotFound("destination"))), "{gone:?}");
    assert!(operations.any_destination(&admin(), id).await.is_ok());
    let later = world.webhook("evt_2").await;
    assert!(world.deliveries(later).await.is_empty());
    world.app.end().await;
}
