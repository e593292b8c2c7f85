use model::{DigestMode, EndpointId, EndpointPolicy, Environment, OnUntrusted, SecretId, WebhookFilter};

use super::database::Database;
use super::world::{World, at};
use crate::store::{Endpoint, SealedHeader, SealedSecret, StoreError};

pub async fn an_endpoint_comes_back_as_it_was_added(database: Database) {
    let world = World::new(&database).await;
    let plain = Endpoint {
        name: "b".to_owned(),
        ..world.new_endpoint("persona")
    };
    let full = Endpoint {
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
            sealed_value: vec![0, 255, 39],
        }),
        networks: vec![
            "192.0.2.0/24".parse().expect("a network"),
            "2001:db8::/32".parse().expect("a network"),
        ],
        rate_limit: Some(u32::MAX),
        enabled: false,
        ..world.new_endpoint("case_keeper")
    };
    for endpoint in [&plain, &full] {
        world.store.add_endpoint(endpoint).await.expect("the endpoint is added");
    }
    assert_eq!(
        world.store.endpoints().await.expect("endpoints"),
        [full.clone(), plain.clone()]
    );

    let bare = secret(&world, plain.id);
    let mut limited = secret(&world, full.id);
    limited.not_before = Some(at(-60));
    limited.expires_at = Some(at(60));
    for secret in [&bare, &limited] {
        world.store.add_secret(secret).await.expect("the secret is added");
    }
    assert_eq!(world.store.secrets().await.expect("secrets"), [bare, limited]);

    world
        .store
        .set_endpoint_enabled(full.id, true)
        .await
        .expect("the endpoint is enabled");
    world
        .store
        .set_endpoint_enabled(plain.id, false)
        .await
        .expect("the endpoint is disabled");
    let now = world.store.endpoints().await.expect("endpoints");
    assert_eq!(
        now,
        [Endpoint { enabled: true, ..full }, Endpoint { enabled: false, ..plain }]
    );
}

pub async fn a_token_is_taken_once(database: Database) {
    let world = World::new(&database).await;
    let one = world.new_endpoint("persona");
    let other = Endpoint {
        token: one.token.clone(),
        ..world.new_endpoint("pleenk")
    };
    world.store.add_endpoint(&one).await.expect("the endpoint is added");
    let error = world.store.add_endpoint(&other).await.expect_err("the token is taken");
    assert!(
        matches!(error, StoreError::Conflict("an endpoint with this token")),
        "{error:?}"
    );
    assert_eq!(world.store.endpoints().await.expect("endpoints"), [one]);
}

pub async fn what_is_archived_is_not_listed_but_its_webhooks_are(database: Database) {
    let world = World::new(&database).await;
    let live = world.new_endpoint("persona");
    let archived = Endpoint {
        archived_at: Some(at(0)),
        ..world.new_endpoint("persona")
    };
    for endpoint in [&live, &archived] {
        world.store.add_endpoint(endpoint).await.expect("the endpoint is added");
    }
    let (kept, left_out) = (secret(&world, live.id), secret(&world, archived.id));
    for secret in [&kept, &left_out] {
        world.store.add_secret(secret).await.expect("the secret is added");
    }
    assert_eq!(world.store.endpoints().await.expect("endpoints"), [live]);
    assert_eq!(world.store.secrets().await.expect("secrets"), [kept]);

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
    let mut versions = vec![version(&world).await];
    let endpoint = world.endpoint("persona").await;
    versions.push(version(&world).await);
    world
        .store
        .add_secret(&secret(&world, endpoint))
        .await
        .expect("the secret is added");
    versions.push(version(&world).await);
    world
        .store
        .set_endpoint_enabled(endpoint, false)
        .await
        .expect("the endpoint is disabled");
    versions.push(version(&world).await);
    assert!(versions.is_sorted_by(|before, after| before < after), "{versions:?}");

    world.append(&[world.webhook(endpoint, 0)]).await;
    assert_eq!(versions.last(), Some(&version(&world).await));
}

pub async fn a_failed_change_leaves_the_version(database: Database) {
    let world = World::new(&database).await;
    let endpoint = world.new_endpoint("persona");
    world.store.add_endpoint(&endpoint).await.expect("the endpoint is added");
    let before = version(&world).await;
    let nobody = EndpointId(world.id(at(0)));

    let error = world.store.add_endpoint(&endpoint).await.expect_err("it is there already");
    assert!(matches!(error, StoreError::Conflict(_)), "{error:?}");
    let error = world
        .store
        .set_endpoint_enabled(nobody, true)
        .await
        .expect_err("there is no such endpoint");
    assert!(matches!(error, StoreError::Missing("endpoint")), "{error:?}");
    let error = world
        .store
        .add_secret(&secret(&world, nobody))
        .await
        .expect_err("there is no such endpoint");
    assert!(matches!(error, StoreError::Missing("endpoint")), "{error:?}");
    assert_eq!(version(&world).await, before);
}

async fn version(world: &World) -> i64 {
    world.store.endpoints_version().await.expect("a version")
}

fn secret(world: &World, endpoint_id: EndpointId) -> SealedSecret {
    SealedSecret {
        id: SecretId(world.id(at(0))),
        endpoint_id,
        label: "rotated in spring".to_owned(),
        hint: "x9Zé".to_owned(),
        sealed_value: (0..=255).collect(),
        not_before: None,
        expires_at: None,
        created_at: at(0),
    }
}
