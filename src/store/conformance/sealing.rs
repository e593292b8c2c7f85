use model::{AuditAction, EndpointId, Role, SecretId};

use super::database::Database;
use super::forwarding::new_destination;
use super::world::{World, at, entry};
use crate::accounts::secrets::{KeyFingerprint, Purpose, SealingKey};
use crate::store::accounts::{SealedSecondFactor, User};
use crate::store::audit::AuditHead;
use crate::store::change::{Change, SealedCredentials};
use crate::store::delivery::{Destination, DestinationSecret};
use crate::store::{Endpoint, SealedHeader, SealedSecret, StoreError};

pub async fn the_first_key_that_is_named_stands(database: Database) {
    let (store, node) = (database.open().await, database.open().await);
    store.migrate().await.expect("the database can be migrated");
    assert_eq!(store.key_fingerprint().await.expect("none yet"), None);
    let (one, other) = (SealingKey::new([1; 32]).fingerprint(), SealingKey::new([2; 32]).fingerprint());
    let (first, second) = tokio::join!(store.set_first_key(one), node.set_first_key(other));
    let stands = first.expect("a fingerprint");
    assert_eq!(second.expect("a fingerprint"), stands);
    assert!([one, other].contains(&stands));
    assert_eq!(node.set_first_key(one).await.expect("a fingerprint"), stands);
    assert_eq!(store.key_fingerprint().await.expect("a fingerprint"), Some(stands));
}

pub async fn what_another_key_sealed_is_refused(database: Database) {
    let world = World::new(&database).await;
    let sealed = Sealed::new(&world).await;
    let other_key = SealingKey::new([8; 32]);
    let mut other = sealed.changes(&other_key);
    let endpoint = world.new_endpoint("persona");
    let mut secrets = vec![world.new_secret(endpoint.id), world.new_secret(endpoint.id)];
    secrets[1].sealed_value = other_key.seal(secrets[1].id.0, Purpose::Secret, b"x");
    other.push(Change::AddEndpoint(endpoint, secrets));
    let mut user = world.new_user("a@example.com", Role::Admin);
    user.second_factor = Some(SealedSecondFactor {
        sealed_secret: other_key.seal(user.id.0, Purpose::Totp, b"x"),
        recovery_codes: Vec::new(),
    });
    other.push(Change::AddUser(user));
    let before = (
        head(&world).await,
        world.store.configuration_version().await.expect("a version"),
    );
    for change in other
        .into_iter()
        .chain([sealed.add_secret(b"no sealed value".to_vec()), sealed.add_secret(Vec::new())])
    {
        let what = format!("{change:?}");
        let error = world.refused(change).await;
        assert!(matches!(error, StoreError::KeyChanged), "{what}: {error:?}");
    }
    assert_eq!(
        (
            head(&world).await,
            world.store.configuration_version().await.expect("a version")
        ),
        before
    );
    for change in sealed.changes(&world.key) {
        world.change(change).await;
    }
}

pub async fn nothing_sealed_is_taken_before_a_key_is_named(database: Database) {
    let store = database.open().await;
    store.migrate().await.expect("the database can be migrated");
    let world = World::of(store);
    let secret = world.new_secret(EndpointId(world.id(at(0))));
    let error = world.refused(Change::AddSecret(secret)).await;
    assert!(matches!(error, StoreError::KeyChanged), "{error:?}");
    world.endpoint("persona").await;
}

pub async fn everything_is_sealed_again(database: Database) {
    let world = World::new(&database).await;
    let sealed = Sealed::new(&world).await;
    for change in sealed.changes(&world.key) {
        world.change(change).await;
    }
    let archived = Sealed::new(&world).await;
    for change in archived.changes(&world.key) {
        world.change(change).await;
    }
    world.change(Change::ArchiveEndpoint(archived.endpoint.id, at(0))).await;
    world.change(Change::ArchiveDestination(archived.destination.id, at(0))).await;
    // Without anything sealed.
    world.endpoint("persona").await;
    world.user("nothing@example.com", Role::Viewer).await;

    let new = SealingKey::new([9; 32]);
    let count = world
        .store
        .reseal(&world.key, &new, &entry(AuditAction::KeyRotated))
        .await
        .expect("all is sealed again");
    assert_eq!(count, 12);
    assert_eq!(fingerprint(&world).await, Some(new.fingerprint()));
    assert_eq!(sealed.opened(&world, &new).await, sealed.plain());
    let page = world
        .store
        .audit(&model::AuditFilter::default(), None, 1)
        .await
        .expect("a page");
    assert_eq!(page.items[0].action, AuditAction::KeyRotated);
    assert_eq!(super::audit::broken(&world).await, None);

    let error = world
        .refused(sealed.add_secret(world.key.seal(sealed.secret.0, Purpose::Secret, b"x")))
        .await;
    assert!(matches!(error, StoreError::KeyChanged), "{error:?}");
    let error = world
        .store
        .reseal(&world.key, &new, &entry(AuditAction::KeyRotated))
        .await
        .expect_err("another key seals");
    assert!(matches!(error, StoreError::KeyChanged), "{error:?}");
    // What is archived is not handed out any more, but it opens with the new key.
    let newest = SealingKey::new([10; 32]);
    let again = world.store.reseal(&new, &newest, &entry(AuditAction::KeyRotated)).await;
    assert_eq!(again.expect("all is sealed again"), 12);
}

pub async fn nothing_is_sealed_again_when_one_value_does_not_open(database: Database) {
    let world = World::new(&database).await;
    let sealed = Sealed::new(&world).await;
    for change in sealed.changes(&world.key) {
        world.change(change).await;
    }
    // It was sealed with the right key, but for another record.
    let astray = SealedSecret {
        label: "astray".to_owned(),
        sealed_value: world.key.seal(world.id(at(0)), Purpose::Secret, b"x"),
        ..world.new_secret(sealed.endpoint.id)
    };
    world.change(Change::AddSecret(astray.clone())).await;
    let (before, new) = (head(&world).await, SealingKey::new([9; 32]));
    let rotated = entry(AuditAction::KeyRotated);
    let error = world
        .store
        .reseal(&world.key, &new, &rotated)
        .await
        .expect_err("one does not open");
    let StoreError::Unreadable(what) = error else {
        panic!("{error:?}")
    };
    assert!(
        what.contains("the secret \"astray\" of the endpoint \"persona in production\""),
        "{what}"
    );
    assert_eq!(fingerprint(&world).await, Some(world.key.fingerprint()));
    assert_eq!(head(&world).await, before);
    assert_eq!(sealed.opened(&world, &world.key).await, sealed.plain());

    world.change(Change::RemoveSecret(astray.endpoint_id, astray.id)).await;
    assert_eq!(world.store.reseal(&world.key, &new, &rotated).await.expect("all open"), 6);
}

/// Something sealed in each of the places where there can be something, of which the ids are known beforehand.
struct Sealed {
    endpoint: Endpoint,
    user: User,
    secret: SecretId,
    template: SealedSecret,
    destination: Destination,
    signing: DestinationSecret,
}

impl Sealed {
    /// The endpoint and the user are there, with nothing sealed in them.
    async fn new(world: &World) -> Self {
        let endpoint = world.new_endpoint("persona");
        let user = world.new_user(&format!("{}@example.com", endpoint.id), Role::Viewer);
        world.change(Change::AddEndpoint(endpoint.clone(), Vec::new())).await;
        world.change(Change::AddUser(user.clone())).await;
        let template = world.new_secret(endpoint.id);
        let (destination, signing) = new_destination(world, "orders");
        Self {
            endpoint,
            user,
            secret: template.id,
            template,
            destination,
            signing,
        }
    }

    fn plain(&self) -> [Vec<u8>; 6] {
        let id = self.endpoint.id;
        [
            "secret",
            "header",
            "credentials",
            "totp",
            "destination's secret",
            "destination's headers",
        ]
        .map(|what| format!("{what} of {id}").into_bytes())
    }

    fn add_secret(&self, sealed_value: Vec<u8>) -> Change {
        Change::AddSecret(SealedSecret {
            sealed_value,
            ..self.template.clone()
        })
    }

    /// The changes that put each of them in.
    fn changes(&self, key: &SealingKey) -> Vec<Change> {
        let [secret, header, credentials, totp, signing, headers] = self.plain();
        let (endpoint, user) = (self.endpoint.id, self.user.id);
        vec![
            self.add_secret(key.seal(self.secret.0, Purpose::Secret, &secret)),
            Change::UpdateEndpoint {
                before: self.endpoint.clone().into(),
                after: Box::new(Endpoint {
                    static_header: Some(SealedHeader {
                        name: "x-api-key".to_owned(),
                        sealed_value: key.seal(endpoint.0, Purpose::StaticHeader, &header),
                    }),
                    ..self.endpoint.clone()
                }),
            },
            Change::SetCredentials(
                endpoint,
                Some(SealedCredentials {
                    sealed_value: key.seal(endpoint.0, Purpose::Credentials, &credentials),
                    fields: vec!["api_key".to_owned()],
                    base_url: None,
                    token_url: None,
                    set_at: at(0),
                }),
            ),
            Change::SetSecondFactor {
                user,
                factor: Some(SealedSecondFactor {
                    sealed_secret: key.seal(user.0, Purpose::Totp, &totp),
                    recovery_codes: Vec::new(),
                }),
                keep: None,
            },
            Change::AddDestination(
                Destination {
                    header_names: vec!["authorization".to_owned()],
                    sealed_headers: Some(key.seal(self.destination.id.0, Purpose::DestinationHeaders, &headers)),
                    ..self.destination.clone()
                },
                DestinationSecret {
                    sealed_value: key.seal(self.signing.id.0, Purpose::DestinationSecret, &signing),
                    ..self.signing.clone()
                },
            ),
        ]
    }

    /// What is sealed in each of the places, opened.
    async fn opened(&self, world: &World, key: &SealingKey) -> [Vec<u8>; 6] {
        let store = &world.store;
        let (endpoint, user) = (self.endpoint.id, self.user.id);
        let secrets = store.secrets().await.expect("secrets");
        let secret = secrets
            .iter()
            .find(|secret| secret.id == self.secret)
            .expect("the secret is there");
        let stored = store
            .endpoint(endpoint)
            .await
            .expect("an answer")
            .expect("the endpoint is there");
        let header = stored.static_header.expect("it has a header");
        let credentials = store
            .credentials(endpoint)
            .await
            .expect("an answer")
            .expect("it has credentials");
        let stored = store.user(user).await.expect("an answer").expect("the user is there");
        let factor = stored.second_factor.expect("they have a second factor");
        let stored = store.destination(self.destination.id).await.expect("an answer");
        let headers = stored
            .and_then(|destination| destination.sealed_headers)
            .expect("it has headers");
        let secrets = store.destination_secrets().await.expect("secrets");
        let signing = secrets
            .iter()
            .find(|secret| secret.id == self.signing.id)
            .expect("it has a secret");
        [
            (self.secret.0, Purpose::Secret, &secret.sealed_value),
            (endpoint.0, Purpose::StaticHeader, &header.sealed_value),
            (endpoint.0, Purpose::Credentials, &credentials.sealed_value),
            (user.0, Purpose::Totp, &factor.sealed_secret),
            (self.signing.id.0, Purpose::DestinationSecret, &signing.sealed_value),
            (self.destination.id.0, Purpose::DestinationHeaders, &headers),
        ]
        .map(|(record, purpose, sealed)| key.open(record, purpose, sealed).expect("it opens").to_vec())
    }
}

async fn fingerprint(world: &World) -> Option<KeyFingerprint> {
    world.store.key_fingerprint().await.expect("an answer")
}

async fn head(world: &World) -> AuditHead {
    world.store.audit_head().await.expect("a head")
}
