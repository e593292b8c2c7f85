use std::path::PathBuf;
use std::sync::Arc;

use model::{AuditAction, AuditFilter, EndpointId};
use sqlx::Connection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use tempfile::TempDir;
use url::Url;

use super::secrets::SealingKey;
use super::vault::{KeySource, next_to};
use super::{Passwords, RotateError, UnlockError, unlock};
use crate::clock::{Clock, ManualClock};
use crate::endpoints::{AddEndpoint, NewSecret};
use crate::ingest::Directory;
use crate::operation::{Actor, OperationError, Operations};
use crate::store::{self, Store};
use model::Timestamp;
use secrecy::SecretString;

/// An installation with a database and a key file.
struct Installation {
    folder: TempDir,
    store: Arc<dyn Store>,
}

impl Installation {
    async fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let url = format!("sqlite://{}", folder.path().join("test.db").display());
        let store = store::open(&url).await.expect("opened");
        store.migrate().await.expect("migrated");
        Self { folder, store }
    }

    fn key_file(&self) -> PathBuf {
        self.folder.path().join("hookproof.key")
    }

    fn file(&self) -> KeySource {
        KeySource::File(self.key_file())
    }

    /// A process that works with the database.
    async fn process(&self, source: KeySource) -> Result<Operations, UnlockError> {
        let vault = unlock(self.store.as_ref(), source).await?;
        let clock: Arc<dyn Clock> = ManualClock::at(Timestamp::from_seconds(1_763_640_000).expect("in range"));
        let public_url = Url::parse("http://127.0.0.1:3000").expect("a URL");
        let store = Arc::clone(&self.store);
        Ok(Operations::new(store, vault, Passwords::cheap(), clock, public_url))
    }

    async fn started(&self) -> Operations {
        self.process(self.file()).await.expect("started")
    }
}

const ADMIN: fn() -> Actor = Actor::command_line;

async fn add_endpoint(process: &Operations) -> EndpointId {
    let new = AddEndpoint::plain("persona", "Persona", Some("wbhsec_first"));
    process.add_endpoint(&ADMIN(), new).await.expect("added").id
}

async fn add_secret(process: &Operations, endpoint: EndpointId) {
    let new = NewSecret {
        value: SecretString::from("wbhsec_second".to_owned()),
        label: "second".to_owned(),
        not_before: None,
        expires_at: None,
    };
    process.add_secret(&ADMIN(), endpoint, new).await.expect("added");
}

/// Opens all secrets, and so makes sure that one key sealed them.
async fn open_all(process: &Operations) -> Directory {
    let (store, vault) = (Arc::clone(&process.store), Arc::clone(&process.vault));
    Directory::load(store, vault).await.expect("all open")
}

#[tokio::test]
async fn after_a_rotation_the_key_file_opens_everything_and_the_old_key_nothing() {
    let installation = Installation::new().await;
    let process = installation.started().await;
    add_endpoint(&process).await;
    let old = std::fs::read(installation.key_file()).expect("read");

    assert_eq!(process.rotate_key(&ADMIN()).await.expect("rotated"), 1);
    assert_ne!(std::fs::read(installation.key_file()).expect("read"), old);
    assert!(!next_to(&installation.key_file()).exists());
    open_all(&process).await;
    open_all(&installation.started().await).await;

    let entries = process.audit(&ADMIN(), &AuditFilter::default(), None, 1).await.expect("read");
    assert_eq!(entries.items[0].action, AuditAction::KeyRotated);

    std::fs::write(installation.key_file(), old).expect("written");
    let wrong = installation.process(installation.file()).await;
    assert!(matches!(wrong.map(drop), Err(UnlockError::Wrong { .. })));
}

#[tokio::test]
async fn a_running_server_goes_on_with_the_new_key() {
    let installation = Installation::new().await;
    let server = installation.started().await;
    let endpoint = add_endpoint(&server).await;
    let directory = open_all(&server).await;
    let token = server.endpoint(&ADMIN(), endpoint).await.expect("there").token;

    let command = installation.started().await;
    command.rotate_key(&ADMIN()).await.expect("rotated");
    // The first change meets the old key; the door notices by itself.
    add_secret(&server, endpoint).await;
    directory.refresh().await.expect("read again");
    let open = directory.find(&token).await.expect("served");
    assert_eq!(open.keyring.secrets.len(), 2);

    command.rotate_key(&ADMIN()).await.expect("rotated");
    directory.refresh().await.expect("read again");
    assert_eq!(server.vault.key().fingerprint(), command.vault.key().fingerprint());
}

#[tokio::test]
async fn a_server_whose_key_file_is_gone_serves_what_it_has_until_the_key_is_there() {
    let installation = Installation::new().await;
    let elsewhere = installation.folder.path().join("elsewhere.key");
    let command = installation.started().await;
    let endpoint = add_endpoint(&command).await;
    std::fs::copy(installation.key_file(), &elsewhere).expect("copied");
    let server = installation
        .process(KeySource::File(elsewhere.clone()))
        .await
        .expect("started");
    let directory = open_all(&server).await;
    let token = server.endpoint(&ADMIN(), endpoint).await.expect("there").token;

    command.rotate_key(&ADMIN()).await.expect("rotated");
    add_secret(&command, endpoint).await;
    for _ in 0..2 {
        directory.refresh().await.expect("tolerated");
        let open = directory.find(&token).await.expect("served");
        assert_eq!(open.keyring.secrets.len(), 1);
    }
    std::fs::copy(installation.key_file(), &elsewhere).expect("copied");
    directory.refresh().await.expect("read again");
    let open = directory.find(&token).await.expect("served");
    assert_eq!(open.keyring.secrets.len(), 2);
}

#[tokio::test]
async fn a_rotation_that_was_cut_off_before_it_sealed_anything_changes_nothing() {
    let installation = Installation::new().await;
    add_endpoint(&installation.started().await).await;
    let next = next_to(&installation.key_file());
    SealingKey::create_new(&next).expect("made");

    let process = installation.started().await;
    open_all(&process).await;
    assert!(next.exists(), "it may be of a rotation that is under way");
    process.rotate_key(&ADMIN()).await.expect("rotated");
    assert!(!next.exists());
    open_all(&installation.started().await).await;
}

#[tokio::test]
async fn a_rotation_that_was_cut_off_after_it_sealed_everything_is_finished_at_the_next_start() {
    let installation = Installation::new().await;
    let process = installation.started().await;
    add_endpoint(&process).await;
    let path = installation.key_file();
    let next = SealingKey::create_new(&next_to(&path)).expect("made");
    let entry = process.entry(&ADMIN(), AuditAction::KeyRotated, None, Vec::new());
    let old = process.vault.key();
    installation.store.reseal(&old, &next, &entry).await.expect("sealed");

    // A server that runs finds the key too, and leaves the file to the next start.
    process.vault.refresh(installation.store.as_ref()).await.expect("found");
    assert_eq!(process.vault.key().fingerprint(), next.fingerprint());
    assert!(next_to(&path).exists());

    open_all(&installation.started().await).await;
    assert!(!next_to(&path).exists());
    let in_place = SealingKey::load(&path).expect("read").expect("there");
    assert_eq!(in_place.fingerprint(), next.fingerprint());
}

#[tokio::test]
async fn a_rotation_keeps_the_key_of_one_that_was_cut_off_meanwhile() {
    let installation = Installation::new().await;
    let process = installation.started().await;
    add_endpoint(&process).await;
    let path = installation.key_file();
    let next = SealingKey::create_new(&next_to(&path)).expect("made");
    let entry = process.entry(&ADMIN(), AuditAction::KeyRotated, None, Vec::new());
    let old = process.vault.key();
    installation.store.reseal(&old, &next, &entry).await.expect("sealed");

    // This process does not know of it yet.
    let late = process.rotate_key(&ADMIN()).await;
    assert!(
        matches!(late, Err(RotateError::Operation(OperationError::Conflict(_)))),
        "{late:?}"
    );
    let in_place = SealingKey::load(&path).expect("read").expect("there");
    assert_eq!(in_place.fingerprint(), next.fingerprint());
    open_all(&installation.started().await).await;
}

#[tokio::test]
async fn secrets_in_a_form_of_earlier_are_said_to_be_that() {
    let installation = Installation::new().await;
    add_endpoint(&installation.started().await).await;
    let options = SqliteConnectOptions::new().filename(installation.folder.path().join("test.db"));
    let mut connection = SqliteConnection::connect_with(&options).await.expect("connected");
    let version_1 = "update endpoint_secrets set sealed_value = cast(x'01' || randomblob(60) as blob); delete from sealing_key";
    sqlx::raw_sql(version_1).execute(&mut connection).await.expect("done");
    let refused = installation.process(installation.file()).await.map(drop);
    assert!(matches!(refused, Err(UnlockError::EarlierVersion)), "{refused:?}");
}

#[tokio::test]
async fn half_a_next_key_is_in_nobody_s_way() {
    let installation = Installation::new().await;
    let process = installation.started().await;
    add_endpoint(&process).await;
    let next = next_to(&installation.key_file());
    drop(SealingKey::create_new(&next).expect("made"));
    std::fs::write(&next, "AQ").expect("cut off");
    open_all(&installation.started().await).await;
    process.rotate_key(&ADMIN()).await.expect("rotated");
    open_all(&installation.started().await).await;
}

#[tokio::test]
async fn two_rotations_do_not_take_each_other_s_key_away() {
    let installation = Installation::new().await;
    let (first, second) = (installation.started().await, installation.started().await);
    add_endpoint(&first).await;
    let folder = std::fs::File::open(installation.folder.path()).expect("opened");
    folder.lock().expect("locked");
    let busy = first.rotate_key(&ADMIN()).await;
    assert!(matches!(busy, Err(RotateError::Busy { .. })), "{busy:?}");
    drop(folder);

    first.rotate_key(&ADMIN()).await.expect("rotated");
    // It still holds the key from before: that is a conflict, and the key that counts stays in place.
    let late = second.rotate_key(&ADMIN()).await;
    assert!(matches!(late, Err(RotateError::Operation(_))), "{late:?}");
    assert!(!next_to(&installation.key_file()).exists());
    open_all(&installation.started().await).await;
}

#[tokio::test]
async fn a_key_from_the_environment_is_changed_for_the_next_one() {
    let installation = Installation::new().await;
    let [first, second] = [1, 2].map(|byte| Arc::new(SealingKey::new([byte; 32])));
    let source = |key: &Arc<SealingKey>, next: Option<&Arc<SealingKey>>| KeySource::Environment {
        key: Arc::clone(key),
        next: next.cloned(),
    };
    let process = installation.process(source(&first, None)).await.expect("started");
    let endpoint = add_endpoint(&process).await;
    let no_next = process.rotate_key(&ADMIN()).await;
    assert!(matches!(no_next, Err(RotateError::NoNextKey)), "{no_next:?}");

    let server = installation.process(source(&first, Some(&second))).await.expect("started");
    let command = installation.process(source(&first, Some(&second))).await.expect("started");
    command.rotate_key(&ADMIN()).await.expect("rotated");
    add_secret(&server, endpoint).await;
    open_all(&installation.process(source(&second, None)).await.expect("started")).await;
    let wrong = installation.process(source(&first, None)).await.map(drop);
    assert_eq!(
        wrong.expect_err("refused").to_string(),
        "the key in HOOKPROOF_KEY is not the key that sealed the secrets in the database"
    );
    let same = installation.process(source(&second, Some(&second))).await.expect("started");
    let same = same.rotate_key(&ADMIN()).await;
    assert!(matches!(same, Err(RotateError::SameKey)), "{same:?}");
}
