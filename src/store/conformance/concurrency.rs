//! What happens when several do the same at once, on two nodes where the database takes several.

use std::collections::BTreeMap;
use std::sync::Arc;

use model::{AuditAction, Evidence, LinkPurpose, Outcome, Role, Verdict, WebhookFilter};
use tokio::sync::Barrier;

use super::audit::broken;
use super::database::Database;
use super::world::{World, at, digest, entry, event, same_event};
use crate::accounts::secrets::{Purpose, SealingKey};
use crate::store::accounts::Link;
use crate::store::change::Change;
use crate::store::reverify::NewVerdict;
use crate::store::{NewWebhook, SealedSecret, StoreError};

/// Makes all changes at once, every other one on another node.
async fn at_once(nodes: [&World; 2], changes: Vec<Change>) -> Vec<Result<(), StoreError>> {
    let barrier = Arc::new(Barrier::new(changes.len()));
    let running: Vec<_> = changes
        .into_iter()
        .zip(nodes.into_iter().cycle())
        .map(|(change, node)| {
            let (store, barrier) = (node.store.clone(), barrier.clone());
            tokio::spawn(async move {
                barrier.wait().await;
                store.change(&change, &entry(AuditAction::LinkUsed)).await
            })
        })
        .collect();
    let mut results = Vec::new();
    for running in running {
        results.push(running.await.expect("no panic"));
    }
    results
}

pub async fn of_those_who_use_a_link_at_once_one_wins(database: Database) {
    let (world, node) = (World::new(&database).await, World::new(&database).await);
    for round in 0..10 {
        let user = world.user(&format!("{round}@example.com"), Role::Viewer).await;
        let link = Link {
            digest: digest(round),
            purpose: LinkPurpose::Reset,
            user: Some(user),
            created_at: at(0),
            expires_at: at(60),
        };
        world.change(Change::AddLink(link)).await;
        let tries = (0..4).map(|number| Change::UseLink {
            link: digest(round),
            at: at(0),
            password_hash: format!("password {number}"),
        });
        let results = at_once([&world, &node], tries.collect()).await;
        let winner = results.iter().position(Result::is_ok).expect("one wins");
        let missing = |result: &&Result<_, _>| matches!(result, Err(StoreError::Missing("link")));
        assert_eq!(results.iter().filter(missing).count(), 3, "{results:?}");
        let stored = world.store.user(user).await.expect("an answer").expect("the user is there");
        assert_eq!(stored.password_hash, Some(format!("password {winner}")));
    }
}

pub async fn of_those_who_set_up_at_once_one_is_the_first_admin(database: Database) {
    let (world, node) = (World::new(&database).await, World::new(&database).await);
    let link = Link {
        digest: digest(1),
        purpose: LinkPurpose::SetUp,
        user: None,
        created_at: at(0),
        expires_at: at(60),
    };
    assert!(world.store.offer_set_up(&link).await.expect("offered"));
    let tries = (0..4).map(|number| Change::UseSetUpLink {
        link: digest(1),
        at: at(0),
        user: world.new_user(&format!("{number}@example.com"), Role::Admin),
    });
    let results = at_once([&world, &node], tries.collect()).await;
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1, "{results:?}");
    assert_eq!(world.store.users().await.expect("users").len(), 1);
}

pub async fn of_those_who_demote_the_last_admins_at_once_one_is_refused(database: Database) {
    let (world, node) = (World::new(&database).await, World::new(&database).await);
    let (one, other) = (
        world.user("a@example.com", Role::Admin).await,
        world.user("b@example.com", Role::Admin).await,
    );
    for round in 0..20 {
        let changes = match round % 2 {
            0 => vec![Change::SetRole(one, Role::Viewer), Change::SetRole(other, Role::Operator)],
            _ => vec![Change::SetRole(one, Role::Viewer), Change::SetDisabled(other, Some(at(1)))],
        };
        let results = at_once([&world, &node], changes).await;
        let refused = |result: &&Result<_, _>| matches!(result, Err(StoreError::LastAdmin));
        assert_eq!(results.iter().filter(refused).count(), 1, "{results:?}");
        assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1, "{results:?}");
        for user in [one, other] {
            world.change(Change::SetDisabled(user, None)).await;
            world.change(Change::SetRole(user, Role::Admin)).await;
        }
    }
}

pub async fn changes_at_once_leave_an_unbroken_chain(database: Database) {
    let (world, node) = (World::new(&database).await, World::new(&database).await);
    let endpoint = world.endpoint("persona").await;
    let changes = (0..50).map(|number| match number % 5 {
        0 => Change::AddSecret(world.new_secret(endpoint)),
        1 => Change::AddEndpoint(world.new_endpoint("pleenk"), Vec::new()),
        2 => Change::AddUser(world.new_user(&format!("{number}@example.com"), Role::Viewer)),
        // Refused, and leaves nothing behind.
        3 => Change::EndSession(model::UserId(world.id(at(0))), digest(1)),
        _ => Change::Nothing,
    });
    let results = at_once([&world, &node], changes.collect()).await;
    let done = results.iter().filter(|result| result.is_ok()).count();
    assert_eq!(done, 40, "{results:?}");
    assert_eq!(world.store.audit_head().await.expect("a head").number, 41);
    assert_eq!(broken(&world).await, None);
    // One at the beginning, and those of the endpoint and its secrets.
    assert_eq!(world.store.configuration_version().await.expect("a version"), 21);
}

pub async fn nothing_is_sealed_with_the_old_key_while_the_key_changes(database: Database) {
    let (world, node) = (World::new(&database).await, World::new(&database).await);
    let endpoint = world.endpoint("persona").await;
    let mut old = SealingKey::new([7; 32]);
    for round in 0..10 {
        let new = SealingKey::new([round + 20; 32]);
        let adding = (0..4).map(|_| {
            let secret = world.new_secret(endpoint);
            let sealed_value = old.seal(secret.id.0, Purpose::Secret, b"x");
            Change::AddSecret(SealedSecret { sealed_value, ..secret })
        });
        let rotated = entry(AuditAction::KeyRotated);
        let (resealed, added) = tokio::join!(
            node.store.reseal(&old, &new, &rotated),
            at_once([&world, &node], adding.collect())
        );
        resealed.expect("all is sealed again");
        for result in added {
            assert!(matches!(result, Ok(()) | Err(StoreError::KeyChanged)), "{result:?}");
        }
        for secret in world.store.secrets().await.expect("secrets") {
            let opened = new.open(secret.id.0, Purpose::Secret, &secret.sealed_value);
            opened.expect("it is sealed with the new key");
        }
        old = new;
    }
    assert_eq!(broken(&world).await, None);
}

pub async fn webhooks_arrive_while_others_are_checked_again(database: Database) {
    let (world, node) = (World::new(&database).await, World::new(&database).await);
    let endpoint = world.endpoint("persona").await;
    let new = |round: usize, number: usize, verdict| NewWebhook {
        verdict,
        same_event: Some(same_event(&format!("{round}-{}", number % 8))),
        events: vec![event("inquiry", Outcome::Approved, None)],
        ..world.webhook(endpoint, 0)
    };
    for round in 0..20 {
        let batch = |verdict| (0..16).map(|number| new(round, number, verdict)).collect::<Vec<_>>();
        let first = batch(Verdict::Invalid);
        world.append(&first).await;
        let arriving = batch(Verdict::Verified);
        let (store, batch) = (world.store.clone(), arriving.clone());
        let arriving = tokio::spawn(async move { store.append(&batch).await });
        let checked = |verdict| {
            let new: Vec<_> = first
                .iter()
                .map(|webhook| NewVerdict {
                    before: None,
                    id: webhook.id,
                    verdict,
                    evidence: Evidence::default(),
                    contradicted: false,
                    forwards: verdict == Verdict::Verified,
                    deliveries: Vec::new(),
                    refetch: None,
                })
                .collect();
            let store = if verdict == Verdict::Stale {
                &node.store
            } else {
                &world.store
            };
            let store = store.clone();
            tokio::spawn(async move { store.set_verdicts(endpoint, &new, at(5)).await })
        };
        let (one, other) = (checked(Verdict::Stale), checked(Verdict::Verified));
        let arrived = arriving.await.expect("no panic").expect("the batch is appended");
        one.await.expect("no panic").expect("the verdicts are written");
        other.await.expect("no panic").expect("the verdicts are written");
        assert_counts_fit(&world, round).await;
        for (number, arrived) in arrived.iter().enumerate().take(8) {
            let event = format!("the original of {number} in round {round}");
            // What is not trusted repeats the original, whatever that is.
            let found = world.append(&[new(round, number, Verdict::Invalid)]).await[0].duplicate_of;
            let original = world
                .store
                .webhook(found.expect(&event))
                .await
                .expect("an answer")
                .expect(&event)
                .row;
            assert_eq!(original.duplicate_of, None, "{event}");
            // Nothing that is trusted less takes the place of one that is verified.
            if arrived.duplicate_of.is_none() {
                assert_eq!(original.verdict, Verdict::Verified, "{event}");
            }
            // It is trusted as far as its verdict says.
            let stale = world.append(&[new(round, number, Verdict::Stale)]).await[0].duplicate_of;
            assert_eq!(stale, Some(original.id), "{event}");
            let verified = world.append(&[new(round, number, Verdict::Verified)]).await[0].duplicate_of;
            assert_eq!(verified.is_some(), original.verdict == Verdict::Verified, "{event}");
        }
    }
}

/// The counters and the log agree, and nothing repeats itself.
async fn assert_counts_fit(world: &World, round: usize) {
    let mut listed = BTreeMap::<_, u64>::new();
    let page = model::PageRequest {
        limit: 10_000,
        cursor: None,
    };
    for row in world.page(&WebhookFilter::default(), page).await.items {
        *listed.entry(row.verdict).or_default() += 1;
        assert_ne!(row.duplicate_of, Some(row.id));
    }
    let volume = world.store.volume(&WebhookFilter::default(), at(-20), at(40), 1).await;
    let counted: BTreeMap<_, _> = volume.expect("a volume").buckets.remove(0).counts.into_iter().collect();
    assert_eq!(counted, listed, "round {round}");
}
