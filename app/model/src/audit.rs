use serde::{Deserialize, Serialize};

use crate::filter::{read_query, time};
use crate::{FieldError, Text, Timestamp, UserId, words};

words! {
    /// What was done, for the audit log.
    AuditAction, "action" {
        SetUp = "user.set_up",
        SignedIn = "user.signed_in",
        SignInFailed = "user.sign_in_failed",
        SignedOut = "user.signed_out",
        UserAdded = "user.added",
        UserInvited = "user.invited",
        RoleChanged = "user.role_changed",
        UserDisabled = "user.disabled",
        UserEnabled = "user.enabled",
        ResetLinkMade = "user.reset_link_made",
        LinkUsed = "user.link_used",
        PasswordChanged = "user.password_changed",
        SecondFactorOn = "user.second_factor_on",
        SecondFactorOff = "user.second_factor_off",
        RecoveryCodeUsed = "user.recovery_code_used",
        SessionsEnded = "session.ended",
        TokenAdded = "token.added",
        TokenRevoked = "token.revoked",
        EndpointAdded = "endpoint.added",
        EndpointChanged = "endpoint.changed",
        EndpointArchived = "endpoint.archived",
        SecretAdded = "secret.added",
        SecretChanged = "secret.changed",
        SecretRemoved = "secret.removed",
        CredentialsSet = "credentials.set",
        CredentialsRemoved = "credentials.removed",
        Reverified = "endpoint.reverified",
        Revealed = "webhook.revealed",
        BodyDownloaded = "webhook.body_downloaded",
        KeyRotated = "key.rotated",
        DestinationAdded = "destination.added",
        DestinationChanged = "destination.changed",
        DestinationArchived = "destination.archived",
        DestinationEnabled = "destination.enabled",
        DestinationDisabled = "destination.disabled",
        DestinationSecretRotated = "destination.secret_rotated",
        DestinationTested = "destination.tested",
        Resent = "webhook.resent",
        Released = "webhook.released",
        DeliveryRetried = "delivery.retried",
        DeliveryCancelled = "delivery.cancelled",
        ResendStarted = "resend.started",
        ResendCancelled = "resend.cancelled",
        Refetched = "webhook.refetched",
        RecordRevealed = "record.revealed",
        Reconciled = "endpoint.reconciled",
        MissingStored = "endpoint.missing_stored",
        SubjectErased = "subject.erased",
        SubjectExported = "subject.exported",
    }
}

words! {
    /// What kind of thing something was done to.
    AuditTargetKind, "target" {
        User = "user",
        Session = "session",
        Token = "token",
        Endpoint = "endpoint",
        Webhook = "webhook",
        Destination = "destination",
        Delivery = "delivery",
        Resend = "resend",
        /// Named by a digest: what it is called may be personal, and the log is kept for ever.
        Subject = "subject",
        Key = "key",
    }
}

words! {
    /// By which door someone came in.
    ActorKind, "actor" {
        /// A person in the console.
        User = "user",
        /// A program with a token of that person.
        Token = "token",
        /// The command line on the machine itself.
        CommandLine = "command_line",
        /// Hookproof itself.
        System = "system",
        /// Someone who is not signed in.
        Nobody = "nobody",
    }
}

/// Who did something, as the audit log keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuditActor {
    pub kind: ActorKind,
    /// The user; for a token the user whose token it is.
    pub user: Option<UserId>,
    /// The e-mail address at the time; with the token's name after a slash for a token. Of someone who is not signed in,
    /// what they said they were.
    pub name: String,
}

/// What something was done to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuditTarget {
    pub kind: AuditTargetKind,
    /// Its id as text; empty where there is none.
    pub id: String,
    /// What people called it at the time.
    pub name: String,
}

/// One field before and after. Never a secret: of those only that they changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuditChange {
    pub field: String,
    pub before: Option<String>,
    pub after: Option<String>,
}

/// A line of the audit log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuditEntry {
    /// Counted from 1 without a gap.
    pub number: u64,
    pub at: Timestamp,
    pub actor: AuditActor,
    /// The address that the request came from.
    pub address: Option<String>,
    pub action: AuditAction,
    pub target: Option<AuditTarget>,
    pub detail: Vec<AuditChange>,
}

/// Which entries of the audit log a list shows. Several values of one field are alternatives; the fields narrow each
/// other.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// The actor's name, whole.
    pub actors: Vec<Text>,
    pub actions: Vec<AuditAction>,
    /// The target's id, whole.
    pub targets: Vec<Text>,
    pub from: Option<Timestamp>,
    /// The time before which it ends.
    pub to: Option<Timestamp>,
}

/// A page of the audit log, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditPage {
    pub items: Vec<AuditEntry>,
    /// The number below which the next page goes on.
    pub next: Option<u64>,
}

impl AuditFilter {
    /// Reads the filter from a query string: `actor action target from to`. Other parameters are left to others.
    pub fn from_query(query: &str) -> Result<Self, Vec<FieldError>> {
        let mut filter = Self::default();
        read_query(query, |name, value| filter.take(name, value))?;
        Ok(filter)
    }

    fn take(&mut self, name: &str, value: &str) -> Result<(), String> {
        match name {
            "actor" => self.actors.extend(Text::new(value)),
            "action" => self
                .actions
                .push(value.parse().map_err(|error: crate::UnknownWord| error.to_string())?),
            "target" => self.targets.extend(Text::new(value)),
            "from" => self.from = Some(time(value)?),
            "to" => self.to = Some(time(value)?),
            _ => {}
        }
        let most = crate::WebhookFilter::MOST_VALUES;
        if self.actors.len().max(self.actions.len()).max(self.targets.len()) > most {
            return Err(format!("more than {most} values"));
        }
        Ok(())
    }

    /// The filter as a query string without `?`; empty when nothing is filtered.
    pub fn to_query(&self) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(self.actors.iter().map(|value| ("actor", value.as_str())));
        query.extend_pairs(self.actions.iter().map(|value| ("action", value.as_str())));
        query.extend_pairs(self.targets.iter().map(|value| ("target", value.as_str())));
        query.extend_pairs(self.from.iter().map(|time| ("from", time.to_string())));
        query.extend_pairs(self.to.iter().map(|time| ("to", time.to_string())));
        query.finish()
    }
}
