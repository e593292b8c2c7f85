use model::{Disabled, DisabledReason, EndpointId, Outcome, SecretId, Subscription};
use uuid::Uuid;

use super::database::Database;
use super::forwarding::{Forwarding, retry_of};
use super::world::{at, text};
use crate::accounts::secrets::Purpose;
use crate::store::StoreError;
use crate::store::change::Change;
use crate::store::delivery::{Destination, DestinationSecret};

/// A destination with something in each of its fields.
fn full(forwarding: &Forwarding) -> (Destination, DestinationSecret) {
    let (destination, secret) = forwarding.new_destination("orders");
    let headers = forwarding
        .world
        .key
        .seal(destination.id.0, Purpose::DestinationHeaders, b"[[]]");
    let full = Destination {
        subscription: Subscription {
            endpoints: vec![forwarding.endpoint, EndpointId(Uuid::max())],
            event_types: vec![text("inquiry.*"), text("case\"é")],
            outcomes: vec![Outcome::Approved, Outcome::Declined],
        },
        header_names: vec!["x-team".to_owned(), "authorization".to_owned()],
        sealed_headers: Some(headers),
        concurrency: 7,
        rate_limit: Some(u32::MAX),
        ordered: true,
        schedule: vec![0, 5, 86_400],
        disabled: Some(Disabled {
            reason: DisabledReason::Person,
            at: at(3),
        }),
        ..destination
    };
    (full, secret)
}

pub async fn a_destination_comes_back_as_it_was_added(database: Database) {
    let forwarding = Forwarding::new(&database).await;
    let store = &forwarding.world.store;
    let (one, secret) = full(&forwarding);
    let (other, other_secret) = forwarding.new_destination("archive");
    for (destination, secret) in [(&one, &secret), (&other, &other_secret)] {
        let change = Change::AddDestination(destination.clone(), secret.clone());
        forwarding.world.change(change).await;
    }
    assert_eq!(store.destination(one.id).await.expect("an answer"), Some(one.clone()));
    assert_eq!(store.destinations().await.expect("a list"), [other, one.clone()]);
    assert_eq!(
        store.destination_secrets().await.expect("a list"),
        [secret, other_secret.clone()]
    );

    // What is archived is there and not listed.
    forwarding.world.change(Change::ArchiveDestination(one.id, at(9))).await;
    let archived = store.destination(one.id).await.expect("an answer").expect("it is there");
    assert_eq!(archived.archived_at, Some(at(9)));
    assert_eq!(store.destinations().await.expect("a list").len(), 1);
    assert_eq!(store.destination_secrets().await.expect("a list"), [other_secret]);
    let before = Box::new(archived.clone());
    let after = before.clone();
    for change in [
        Change::ArchiveDestination(one.id, at(10)),
        Change::SetDestinationDisabled(one.id, None),
        Change::UpdateDestination { before, after },
        Change::RotateDestinationSecret {
            secret: forwarding.new_secret(one.id),
            others_end: at(20),
        },
    ] {
        let what = format!("{change:?}");
        let error = forwarding.world.refused(change).await;
        assert!(matches!(error, StoreError::Missing("destination")), "{what}: {error:?}");
    }
}

pub async fn all_of_a_destination_can_be_changed_but_whether_it_is_disabled(database: Database) {
    let forwarding = Forwarding::new(&database).await;
    let store = &forwarding.world.store;
    let (mut before, secret) = forwarding.new_destination("before");
    forwarding.world.change(Change::AddDestination(before.clone(), secret)).await;
    let (after, _) = full(&forwarding);
    let headers = forwarding.world.key.seal(before.id.0, Purpose::DestinationHeaders, b"[[]]");
    let after = Destination {
        id: before.id,
        sealed_headers: Some(headers),
        url: "https://example.org/".to_owned(),
        disabled: None,
        ..after
    };
    // It was disabled by itself in the meantime.
    let disabled = Some(Disabled {
        reason: DisabledReason::Failing,
        at: at(5),
    });
    forwarding
        .world
        .change(Change::SetDestinationDisabled(before.id, disabled))
        .await;
    let change = Change::UpdateDestination {
        before: Box::new(before.clone()),
        after: Box::new(after.clone()),
    };
    forwarding.world.change(change.clone()).await;
    let stored = store.destination(before.id).await.expect("an answer");
    assert_eq!(
        stored,
        Some(Destination {
            disabled,
            ..after.clone()
        })
    );

    // What someone else changed in the meantime is not written over.
    let error = forwarding.world.refused(change).await;
    assert!(matches!(error, StoreError::Changed("destination")), "{error:?}");
    before.id = model::DestinationId(Uuid::nil());
    let change = Change::UpdateDestination {
        before: Box::new(before.clone()),
        after: Box::new(before),
    };
    let error = forwarding.world.refused(change).await;
    assert!(matches!(error, StoreError::Missing("destination")), "{error:?}");
}

pub async fn a_new_secret_lets_the_others_end(database: Database) {
    let forwarding = Forwarding::new(&database).await;
    let destination = forwarding.destination().await;
    let other = forwarding.destination().await;
    let ends = async || {
        let secrets = forwarding.world.store.destination_secrets().await.expect("a list");
        let of_it = secrets.into_iter().filter(|secret| secret.destination_id == destination);
        of_it.map(|secret| secret.expires_at).collect::<Vec<_>>()
    };
    for (number, others_end, expected) in [
        (1, 100, vec![Some(at(100)), None]),
        // What ends before ends as it was to.
        (2, 200, vec![Some(at(100)), Some(at(200)), None]),
        (3, 50, vec![Some(at(50)), Some(at(50)), Some(at(50)), None]),
    ] {
        let secret = DestinationSecret {
            created_at: at(number),
            ..forwarding.new_secret(destination)
        };
        let others_end = at(others_end);
        forwarding
            .world
            .change(Change::RotateDestinationSecret { secret, others_end })
            .await;
        assert_eq!(ends().await, expected);
    }
    let secrets = forwarding.world.store.destination_secrets().await.expect("a list");
    let of_other: Vec<_> = secrets.iter().filter(|secret| secret.destination_id == other).collect();
    assert_eq!((of_other.len(), of_other[0].expires_at), (1, None));
}

pub async fn every_change_of_a_destination_raises_the_version_and_no_delivery_does(database: Database) {
    let forwarding = Forwarding::new(&database).await;
    let world = &forwarding.world;
    let version = async || world.store.configuration_version().await.expect("a version");
    let (destination, secret) = forwarding.new_destination("orders");
    let mut before = version().await;
    let rotated = forwarding.new_secret(destination.id);
    for change in [
        Change::AddDestination(destination.clone(), secret),
        Change::UpdateDestination {
            before: Box::new(destination.clone()),
            after: Box::new(destination.clone()),
        },
        Change::SetDestinationDisabled(destination.id, None),
        Change::RotateDestinationSecret {
            secret: rotated,
            others_end: at(0),
        },
        Change::ArchiveDestination(destination.id, at(0)),
    ] {
        world.change(change).await;
        assert_eq!(version().await, before + 1);
        before += 1;
    }
    let destination = forwarding.destination().await;
    let delivery = forwarding.deliver(destination, 0).await;
    before = version().await;
    world.change(retry_of(delivery, at(0))).await;
    world.change(Change::CancelDelivery(delivery, at(0))).await;
    assert_eq!(version().await, before);
    // A secret has a destination.
    let secret = DestinationSecret {
        id: SecretId(world.id(at(0))),
        ..forwarding.new_secret(model::DestinationId(Uuid::nil()))
    };
    let others_end = at(0);
    let error = world.refused(Change::RotateDestinationSecret { secret, others_end }).await;
    assert!(matches!(error, StoreError::Missing("destination")), "{error:?}");
}
