//! Operations: what people and programs can do here, whichever door they come through.
//!
//! Every operation is a method of [`Operations`] in the folder of its noun (`endpoints/add.rs`), takes the [`Actor`] first
//! and begins with [`Actor::require`], so that no door can forget to ask. It changes something with
//! [`crate::store::Store::change`], which writes the line of the audit log in the same transaction.

use std::net::IpAddr;
use std::sync::Arc;

use model::{ActorKind, AuditAction, AuditActor, AuditChange, AuditTarget, FieldError, Role, UserId};
use url::Url;

use crate::accounts::vault::Vault;
use crate::accounts::{Passwords, SignInLimits};
use crate::clock::{Clock, Ids};
use crate::delivery::Forwarding;
use crate::endpoints::Reverifications;
use crate::ingest::{Bells, Directory};
use crate::records::{Reconciliations, Refetching};
use crate::store::change::{Change, NewAuditEntry};
use crate::store::{Store, StoreError};

/// What operations work with. Cheap to clone.
#[derive(Clone)]
pub struct Operations {
    pub store: Arc<dyn Store>,
    pub vault: Arc<Vault>,
    pub clock: Arc<dyn Clock>,
    pub ids: Arc<Ids>,
    pub public_url: Url,
    pub passwords: Arc<Passwords>,
    pub sign_in_limits: Arc<SignInLimits>,
    pub reverifications: Arc<Reverifications>,
    /// What the door of this process reads endpoints from; `None` on the command line, which has no door.
    pub directory: Option<Arc<Directory>>,
    /// [`Forwarding::of_nobody`] where nothing is sent.
    pub forwarding: Forwarding,
    /// What asking providers' APIs takes.
    pub refetching: Refetching,
    pub reconciliations: Arc<Reconciliations>,
}

/// Who wants something done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    pub kind: ActorKind,
    pub user: Option<UserId>,
    /// As [`AuditActor::name`].
    pub name: String,
    /// `None` for someone who is not signed in.
    pub role: Option<Role>,
    pub address: Option<IpAddr>,
}

/// Why an operation was not done. Each door says it in its own form.
#[derive(Debug, thiserror::Error)]
pub enum OperationError {
    #[error("sign in first")]
    NotSignedIn,
    #[error("this takes the role {needs}")]
    Forbidden { needs: Role },
    #[error("there is no such {0}")]
    NotFound(&'static str),
    /// It was there, and what is asked of it was erased.
    #[error("what the {0} said was erased")]
    Gone(&'static str),
    /// Each field that cannot be taken, as a path such as `static_header.name`, with a sentence that says why.
    #[error("{}", sentences(.0))]
    Invalid(Vec<FieldError>),
    /// What is there already, or what is the state of things, does not allow it.
    #[error("{0}")]
    Conflict(String),
    /// Something has to be set up first.
    #[error("{0}")]
    Unprocessable(String),
    /// Too many tries; the next one counts after this many seconds.
    #[error("too many tries: wait {seconds} s")]
    Throttled { seconds: u64 },
    /// The sealing key was changed elsewhere and its file cannot be read here.
    #[error("the sealing key cannot be read now")]
    KeyUnavailable,
    #[error(transparent)]
    Store(StoreError),
}

fn sentences(errors: &[FieldError]) -> String {
    let each = errors.iter().map(|error| match error.field.as_str() {
        "" => error.message.clone(),
        field => format!("{field}: {}", error.message),
    });
    each.collect::<Vec<_>>().join("; ")
}

impl From<StoreError> for OperationError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Missing(what) => Self::NotFound(what),
            error @ (StoreError::Conflict(_) | StoreError::Changed(_) | StoreError::LastAdmin) => {
                Self::Conflict(error.to_string())
            }
            // A rotation that came in between; the next try is with the key that it put in place.
            StoreError::KeyChanged => Self::KeyUnavailable,
            error => Self::Store(error),
        }
    }
}

impl OperationError {
    /// One field that cannot be taken.
    pub fn invalid(field: &str, message: impl Into<String>) -> Self {
        Self::Invalid(vec![FieldError {
            field: field.to_owned(),
            message: message.into(),
        }])
    }
}

/// What is found wrong with an input, field by field.
#[derive(Debug, Default)]
pub struct Errors(Vec<FieldError>);

impl Errors {
    pub fn add(&mut self, field: &str, message: impl Into<String>) {
        self.0.push(FieldError {
            field: field.to_owned(),
            message: message.into(),
        });
    }

    /// `Invalid` with everything that was added, unless nothing was.
    pub fn none_or_invalid(self) -> Result<(), OperationError> {
        if self.0.is_empty() {
            Ok(())
        } else {
            Err(OperationError::Invalid(self.0))
        }
    }
}

impl Actor {
    /// Whoever can read the database and the key file.
    pub fn command_line() -> Self {
        Self {
            kind: ActorKind::CommandLine,
            user: None,
            name: "command line".to_owned(),
            role: Some(Role::Admin),
            address: None,
        }
    }

    pub fn nobody(address: IpAddr) -> Self {
        Self {
            kind: ActorKind::Nobody,
            user: None,
            name: String::new(),
            role: None,
            address: Some(address),
        }
    }

    /// Refuses those who have a lesser role or none.
    pub fn require(&self, needs: Role) -> Result<(), OperationError> {
        match self.role {
            None => Err(OperationError::NotSignedIn),
            Some(role) if role < needs => Err(OperationError::Forbidden { needs }),
            Some(_) => Ok(()),
        }
    }
}

impl Operations {
    /// Of a process that has no door yet, with a memory of its own for what is only remembered in memory.
    pub fn new(store: Arc<dyn Store>, vault: Vault, passwords: Passwords, clock: Arc<dyn Clock>, public_url: Url) -> Self {
        Self {
            store,
            vault: Arc::new(vault),
            ids: Arc::default(),
            public_url,
            passwords: Arc::new(passwords),
            sign_in_limits: Arc::new(SignInLimits::new(&clock)),
            refetching: Refetching::new(Forwarding::of_nobody().client, Arc::clone(&clock)),
            reconciliations: Arc::default(),
            clock,
            reverifications: Arc::default(),
            directory: None,
            forwarding: Forwarding::of_nobody(),
        }
    }

    /// What the writer of this process rings.
    pub fn bells(&self) -> Bells {
        Bells {
            forwarding: self.forwarding.wake.clone(),
            refetching: Arc::clone(&self.refetching.wake),
        }
    }

    /// Changes an endpoint or its secrets, and returns when this process's door goes by it; others look once a second.
    pub(crate) async fn change_and_tell(&self, change: &Change, entry: &NewAuditEntry) -> Result<(), StoreError> {
        self.store.change(change, entry).await?;
        if let Some(directory) = &self.directory
            && let Err(error) = directory.refresh().await
        {
            // The change stands, and the door looks again within a second.
            tracing::error!(%error, "endpoints not read again");
        }
        Ok(())
    }

    /// A line of the audit log.
    pub fn entry(
        &self,
        actor: &Actor,
        action: AuditAction,
        target: Option<AuditTarget>,
        detail: Vec<AuditChange>,
    ) -> NewAuditEntry {
        NewAuditEntry {
            at: self.clock.now(),
            actor: AuditActor {
                kind: actor.kind,
                user: actor.user,
                name: actor.name.clone(),
            },
            address: actor.address,
            action,
            target,
            detail,
        }
    }
}
