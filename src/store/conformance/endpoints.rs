use model::{DigestMode, EndpointId, EndpointPolicy, Environment, OnUntrusted, SecretId, WebhookFilter};

use super::database::Database;
use super::world::{World, at, entry};
use crate::accounts::secrets::Purpose;
use crate::store::change::{Change, SealedCredentials};
use crate::store::{Endpoint, SealedHeader, SealedSecret, StoreError};

/// An endpoint of which nothing is as usual.
fn full(world: &World) -> Endpoint {
    let plain = world.new_endpoint("case_keeper");
    Endpoint {
        name: "B".to_owned(),
        environment: Environment::Sandbox,
        policy: EndpointPolicy {
            on_untrusted: OnUntrusted::Reject,
            forward_unsigned: true,
            confirm_before_forwarding: true,
        },
        digest_mode: Some(DigestMode::Sha256SecretBody),
        static_header: Some(SealedHeader {
            name: "x-api-key".to_owned(),
            sealed_value: world.key.seal(plain.id.0, Purpose::StaticHeader, &[0, 255, 39]),
        }),
        networks: vec![
            "192.0.2.0/24".parse().expect("a network"),
            "2001:db8::/32".parse().expect("a network"),
        ],
        rate_limit: Some(u32::MAX),
        enabled: false,
        refetch_event_types: Some(vec!["inquiry.*".to_owned(), String::new()]),
        ..plain
    }
}

pub async fn an_endpoint_comes_back_as_it_was_added(database: Database) {
    let world = World::new(&database).await;
    let plain = Endpoint {
        name: "b".to_owned(),
        ..world.new_endpoint("persona")
    };
    let full = full(&world);
    let bare = world.new_secret(plain.id);
    let limited = SealedSecret {
        not_before: Some(at(-60)),
        expires_at: Some(at(60)),
        ..world.new_secret(full.id)
    };
    world.change(Change::AddEndpoint(plain.clone(), vec![bare.clone()])).await;
    world.change(Change::AddEndpoint(full.clone(), Vec::new())).await;
    world.change(Change::AddSecret(limited.clone())).await;
    assert_eq!(endpoints(&world).await, [full.clone(), plain.clone()]);
    assert_eq!(secrets(&world).await, [bare, limited]);
    assert_eq!(endpoint(&world, full.id).await, Some(full));
    assert_eq!(endpoint(&world, EndpointId(world.id(at(0)))).await, None);
}

pub async fn all_of_an_endpoint_can_be_changed_but_what_names_it(database: Database) {
    let world = World::new(&database).await;
    let (plain, full) = (world.new_endpoint("persona"), full(&world));
    world.change(Change::AddEndpoint(plain.clone(), Vec::new())).await;
    let changed = Endpoint {
        id: plain.id,
        static_header: Some(SealedHeader {
            name: "x-api-key".to_owned(),
            sealed_value: world.key.seal(plain.id.0, Purpose::StaticHeader, b"value"),
        }),
        ..full
    };
    world.change(update(&plain, &changed)).await;
    let expected = Endpoint {
        token: plain.token.clone(),
        provider: plain.provider.clone(),
        created_at: plain.created_at,
        ..changed
    };
    assert_eq!(endpoint(&world, plain.id).await, Some(expected.clone()));
    world.change(update(&expected, &plain)).await;
    assert_eq!(endpoint(&world, plain.id).await, Some(plain));
}

pub async fn a_secret_is_changed_and_removed(database: Database) {
    let world = World::new(&database).await;
    let (endpoint, other) = (world.endpoint("persona").await, world.endpoint("persona").await);
    let (kept, removed) = (world.new_secret(endpoint), world.new_secret(endpoint));
    for secret in [&kept, &removed] {
        world.change(Change::AddSecret(secret.clone())).await;
    }
    let changed = SealedSecret {
        label: "until summer".to_owned(),
        not_before: Some(at(1)),
        expires_at: Some(at(2)),
        ..kept.clone()
    };
    // The value stays what it is, whatever comes with the rest.
    world
        .change(Change::UpdateSecret {
            before: kept,
            after: SealedSecret {
                sealed_value: vec![1],
                hint: String::new(),
                ..changed.clone()
            },
        })
        .await;
    assert_missing(&world, Change::RemoveSecret(other, removed.id), "secret").await;
    world.change(Change::RemoveSecret(endpoint, removed.id)).await;
    assert_missing(&world, Change::RemoveSecret(endpoint, removed.id), "secret").await;
    let gone = Change::UpdateSecret {
        before: removed.clone(),
        after: removed,
    };
    assert_missing(&world, gone, "secret").await;
    assert_eq!(secrets(&world).await, [changed]);
}

pub async fn what_someone_else_changed_meanwhile_is_not_written_over(database: Database) {
    let world = World::new(&database).await;
    let first = world.new_endpoint("persona");
    let secret = world.new_secret(first.id);
    world.change(Change::AddEndpoint(first.clone(), vec![secret.clone()])).await;
    let renamed = Endpoint {
        name: "renamed".to_owned(),
        ..first.clone()
    };
    let disabled = Endpoint {
        enabled: false,
        ..first.clone()
    };
    world.change(update(&first, &renamed)).await;
    let error = world.refused(update(&first, &disabled)).await;
    assert!(matches!(error, StoreError::Changed("endpoint")), "{error:?}");
    assert_eq!(endpoint(&world, first.id).await, Some(renamed));

    let labelled = SealedSecret {
        label: "labelled".to_owned(),
        ..secret.clone()
    };
    let ended = SealedSecret {
        expires_at: Some(at(2)),
        ..secret.clone()
    };
    let update_secret = |after: &SealedSecret| Change::UpdateSecret {
        before: secret.clone(),
        after: after.clone(),
    };
    // Being used is no change that anyone makes.
    world.store.note_secrets_used(&[(secret.id, at(60))]).await.expect("noted");
    world.change(update_secret(&labelled)).await;
    let error = world.refused(update_secret(&ended)).await;
    assert!(matches!(error, StoreError::Changed("secret")), "{error:?}");
    let expected = SealedSecret {
        last_used_at: Some(at(60)),
        ..labelled
    };
    assert_eq!(secrets(&world).await, [expected]);
}

pub async fn credentials_are_set_replaced_and_removed(database: Database) {
    let world = World::new(&database).await;
    let endpoint = world.endpoint("case_keeper").await;
    let credentials = |value: &[u8]| SealedCredentials {
        sealed_value: world.key.seal(endpoint.0, Purpose::Credentials, value),
        fields: vec!["client_id".to_owned(), "client_secret".to_owned()],
        base_url: Some("https://api.example.com/".to_owned()),
        token_url: None,
        set_at: at(5),
    };
    let stored = async || world.store.credentials(endpoint).await.expect("credentials");
    assert_eq!(stored().await, None);
    let first = credentials(b"{}");
    let second = SealedCredentials {
        fields: Vec::new(),
        token_url: Some("https://id.example.com/token".to_owned()),
        set_at: at(6),
        ..credentials(b"[]")
    };
    for credentials in [Some(first), Some(second), None] {
        world.change(Change::SetCredentials(endpoint, credentials.clone())).await;
        assert_eq!(stored().await, credentials);
    }
    assert_missing(&world, Change::SetCredentials(EndpointId(world.id(at(0))), None), "endpoint").await;
}

pub async fn a_token_is_taken_once(database: Database) {
    let world = World::new(&database).await;
    let one = world.new_endpoint("persona");
    let other = Endpoint {
        token: one.token.clone(),
        ..world.new_endpoint("pleenk")
    };
    world.change(Change::AddEndpoint(one.clone(), Vec::new())).await;
    let error = world.refused(Change::AddEndpoint(other, Vec::new())).await;
    assert!(
        matches!(error, StoreError::Conflict("an endpoint with this token")),
        "{error:?}"
    );
    assert_eq!(endpoints(&world).await, [one]);
}

pub async fn what_is_archived_is_not_listed_but_its_webhooks_are(database: Database) {
    let world = World::new(&database).await;
    let (live, archived) = (world.new_endpoint("persona"), world.new_endpoint("persona"));
    let (kept, left_out) = (world.new_secret(live.id), world.new_secret(archived.id));
    world.change(Change::AddEndpoint(live.clone(), vec![kept.clone()])).await;
    world.change(Change::AddEndpoint(archived.clone(), vec![left_out])).await;
    world.change(Change::ArchiveEndpoint(archived.id, at(3))).await;
    let tokens = world.store.archived_tokens().await.expect("read");
    assert_eq!(tokens, [archived.token.as_str()]);
    assert_eq!(endpoints(&world).await, [live]);
    assert_eq!(secrets(&world).await, [kept]);
    let shown = endpoint(&world, archived.id).await.expect("the endpoint is there");
    assert_eq!(shown.archived_at, Some(at(3)));

    for change in [
        Change::ArchiveEndpoint(archived.id, at(4)),
        update(&archived, &archived),
        Change::AddSecret(world.new_secret(archived.id)),
        Change::SetCredentials(archived.id, None),
    ] {
        assert_missing(&world, change, "endpoint").await;
    }

    let webhook = world.webhook(archived.id, 0);
    world.append(std::slice::from_ref(&webhook)).await;
    assert_eq!(world.ids(&WebhookFilter::default()).await, [webhook.id]);
    assert_eq!(
        world
            .ids(&WebhookFilter {
                endpoints: vec![archived.id],
                ..WebhookFilter::default()
            })
            .await,
        [webhook.id]
    );
    assert_eq!(
        world
            .ids(&WebhookFilter {
                providers: vec![archived.provider],
                ..WebhookFilter::default()
            })
            .await,
        [webhook.id]
    );
}

pub async fn every_change_raises_the_version(database: Database) {
    let world = World::new(&database).await;
    let endpoint = world.new_endpoint("persona");
    let id = endpoint.id;
    let secret = world.new_secret(id);
    let mut versions = vec![version(&world).await];
    for change in [
        Change::AddEndpoint(endpoint.clone(), Vec::new()),
        Change::AddSecret(secret.clone()),
        update(
            &endpoint,
            &Endpoint {
                enabled: false,
                ..endpoint.clone()
            },
        ),
        Change::UpdateSecret {
            before: secret.clone(),
            after: secret.clone(),
        },
        Change::RemoveSecret(id, secret.id),
        Change::ArchiveEndpoint(id, at(0)),
    ] {
        world.change(change).await;
        versions.push(version(&world).await);
    }
    assert!(versions.is_sorted_by(|before, after| before < after), "{versions:?}");

    world.append(&[world.webhook(id, 0)]).await;
    world.change(Change::Nothing).await;
    assert_eq!(versions.last(), Some(&version(&world).await));
}

pub async fn a_failed_change_leaves_the_version_and_the_audit_log(database: Database) {
    let world = World::new(&database).await;
    let endpoint = world.new_endpoint("persona");
    world.change(Change::AddEndpoint(endpoint.clone(), Vec::new())).await;
    let before = (version(&world).await, world.store.audit_head().await.expect("a head"));
    let nobody = Endpoint {
        id: EndpointId(world.id(at(0))),
        ..endpoint.clone()
    };
    // The first secret goes in, the second has the same id.
    let twice = world.new_endpoint("persona");
    let secret = world.new_secret(twice.id);

    let error = world.refused(Change::AddEndpoint(endpoint, Vec::new())).await;
    assert!(matches!(error, StoreError::Conflict(_)), "{error:?}");
    assert_missing(&world, update(&nobody, &nobody), "endpoint").await;
    assert_missing(&world, Change::AddSecret(world.new_secret(nobody.id)), "endpoint").await;
    let error = world
        .refused(Change::AddEndpoint(twice.clone(), vec![secret.clone(), secret]))
        .await;
    assert!(matches!(error, StoreError::Conflict(_)), "{error:?}");
    assert_eq!(self::endpoint(&world, twice.id).await, None);
    assert_eq!(
        (version(&world).await, world.store.audit_head().await.expect("a head")),
        before
    );
}

pub async fn the_last_use_of_a_secret_only_goes_forward(database: Database) {
    let world = World::new(&database).await;
    let endpoint = world.endpoint("persona").await;
    let (one, other) = (world.new_secret(endpoint), world.new_secret(endpoint));
    for secret in [&one, &other] {
        world.change(Change::AddSecret(secret.clone())).await;
    }
    let before = version(&world).await;
    let removed = SecretId(world.id(at(0)));
    let note = async |used: &[(SecretId, i64)]| {
        let used: Vec<_> = used.iter().map(|(secret, seconds)| (*secret, at(*seconds))).collect();
        world.store.note_secrets_used(&used).await.expect("the use is noted");
        secrets(&world)
            .await
            .into_iter()
            .map(|secret| secret.last_used_at)
            .collect::<Vec<_>>()
    };
    assert_eq!(note(&[]).await, [None, None]);
    assert_eq!(note(&[(other.id, 60), (removed, 60)]).await, [None, Some(at(60))]);
    assert_eq!(note(&[(other.id, 0), (one.id, 0)]).await, [Some(at(0)), Some(at(60))]);
    assert_eq!(note(&[(other.id, 120)]).await, [Some(at(0)), Some(at(120))]);
    assert_eq!(version(&world).await, before);
}

async fn assert_missing(world: &World, change: Change, what: &str) {
    let entry = entry(model::AuditAction::EndpointChanged);
    let error = world.store.change(&change, &entry).await.expect_err("something is missing");
    assert!(matches!(error, StoreError::Missing(missing) if missing == what), "{error:?}");
}

async fn endpoint(world: &World, id: EndpointId) -> Option<Endpoint> {
    world.store.endpoint(id).await.expect("an endpoint")
}

async fn endpoints(world: &World) -> Vec<Endpoint> {
    world.store.endpoints().await.expect("endpoints")
}

async fn secrets(world: &World) -> Vec<SealedSecret> {
    world.store.secrets().await.expect("secrets")
}

async fn version(world: &World) -> i64 {
    world.store.configuration_version().await.expect("a version")
}

fn update(before: &Endpoint, after: &Endpoint) -> Change {
    Change::UpdateEndpoint {
        before: before.clone().into(),
        after: after.clone().into(),
    }
}
