//! Changes that people make. Each is written together with the line of the audit log that says who made it.

use std::net::IpAddr;

use model::{
    AuditAction, AuditActor, AuditChange, AuditTarget, DeliveryId, DestinationId, Disabled, EndpointId, ResendId, Role, SecretId,
    Timestamp, TokenId, Trigger, UserId, WebhookId,
};

use super::accounts::{Digest, Link, NewToken, SealedSecondFactor, User};
use super::delivery::{Destination, DestinationSecret, NewResend, QueuedDelivery};
use super::records::QueuedRefetch;
use super::{Endpoint, SealedSecret};

/// What is to be changed.
#[derive(Debug, Clone)]
pub enum Change {
    /// With its first secrets.
    AddEndpoint(Endpoint, Vec<SealedSecret>),
    /// Writes the endpoint's name, environment, policy, digest mode, static header, networks, rate limit, `refetch_event_types`
    /// and `enabled`: `Changed` unless it is as it was `before`.
    UpdateEndpoint {
        before: Box<Endpoint>,
        after: Box<Endpoint>,
    },
    /// Takes it out of service for good; its log stays.
    ArchiveEndpoint(EndpointId, Timestamp),
    AddSecret(SealedSecret),
    /// Writes the secret's label and window: `Changed` unless they are as they were `before`.
    UpdateSecret {
        before: SealedSecret,
        after: SealedSecret,
    },
    RemoveSecret(EndpointId, SecretId),
    /// The provider API's credentials, or none any more.
    SetCredentials(EndpointId, Option<SealedCredentials>),

    /// `Conflict` when the e-mail address is taken.
    AddUser(User),
    /// The same, with the link under which they choose a password.
    InviteUser(User, Link),
    /// Makes the first user: `Missing("link")` unless the link is live, `Conflict` when there is a user already.
    UseSetUpLink {
        link: Digest,
        at: Timestamp,
        user: User,
    },
    /// A new link for a user in place of their earlier ones of the same purpose.
    AddLink(Link),
    /// Sets the password of the link's user and ends their sessions: `Missing("link")` unless the link is live.
    UseLink {
        link: Digest,
        at: Timestamp,
        password_hash: String,
    },
    /// `LastAdmin` when no other admin would be left.
    SetRole(UserId, Role),
    /// Disabling ends the user's sessions. `LastAdmin` when no other admin would be left.
    SetDisabled(UserId, Option<Timestamp>),
    /// Ends the user's sessions but the one named.
    SetPassword {
        user: UserId,
        password_hash: String,
        keep: Option<Digest>,
    },
    /// Turns the second factor on, with new recovery codes, or off. Ends the user's sessions but the one named.
    SetSecondFactor {
        user: UserId,
        factor: Option<SealedSecondFactor>,
        keep: Option<Digest>,
    },
    /// `Missing("recovery code")` when there is no such code that is unused.
    UseRecoveryCode {
        user: UserId,
        code: Digest,
        at: Timestamp,
    },
    /// Ends a session of the user: `Missing("session")` when there is none.
    EndSession(UserId, Digest),
    /// Ends all sessions of the user but the one named.
    EndSessions {
        user: UserId,
        keep: Option<Digest>,
    },
    AddToken(NewToken),
    /// `Missing("token")` unless it is the user's and not revoked.
    RevokeToken(UserId, TokenId, Timestamp),

    AddDestination(Destination, DestinationSecret),
    /// Writes all of the destination but its `disabled` and its secrets: `Changed` unless it is as it was `before`.
    UpdateDestination {
        before: Box<Destination>,
        after: Box<Destination>,
    },
    /// Takes it out of service for good; its deliveries stay.
    ArchiveDestination(DestinationId, Timestamp),
    /// Nothing is sent to it any more, and what arrives waits; with `None` sending begins again, its health forgotten.
    SetDestinationDisabled(DestinationId, Option<Disabled>),
    /// A new secret; the others end at that time, unless they end before.
    RotateDestinationSecret {
        secret: DestinationSecret,
        others_end: Timestamp,
    },
    /// Each delivery is made, unless the webhook has an open one to the destination: a pending one is then due at once in its
    /// place, and a held one or one under way is left alone. One that is made stands in for those of the webhook that failed
    /// there: they are cancelled, so that nothing waits for them and nobody has to see to them. Should it be cancelled before it
    /// was tried, the newest of them counts as failed again. `Missing("webhook")` when one of
    /// the webhooks is not there.
    Resend {
        deliveries: Vec<QueuedDelivery>,
        trigger: Trigger,
        at: Timestamp,
    },
    /// All held deliveries of these webhooks become pending and are due at once, trigger `released`. `Missing("held delivery")`
    /// when there is none at all.
    Release {
        webhooks: Vec<WebhookId>,
        at: Timestamp,
    },
    /// The delivery is due at once, trigger `manual`; when it was at its end its schedule begins anew, or it is held until a
    /// person releases it. One that is pending goes in any case.
    /// `Conflict("an open delivery of this webhook")` when it is held or under way, or another one of the webhook to its
    /// destination is open.
    RetryDelivery {
        delivery: DeliveryId,
        held: bool,
        at: Timestamp,
    },
    /// `Conflict("an end of this delivery")` when it is delivered or cancelled already.
    CancelDelivery(DeliveryId, Timestamp),
    AddResend(NewResend),
    /// `Conflict("an end of this resend")` unless it is running. Its deliveries are cancelled with
    /// `DeliveryStore::cancel_resent`.
    CancelResend(ResendId, Timestamp),

    /// Each re-fetch is made and due at once, trigger `manual`; where the webhook has one that is pending, that one is due at once
    /// instead and goes before others, but keeps its trigger and so its tries, and one that is under way is left alone. `Missing("webhook")` when one of them is not there.
    Refetch {
        refetches: Vec<QueuedRefetch>,
        at: Timestamp,
    },

    /// Nothing but the line of the audit log.
    Nothing,
}

/// What the provider's API needs, as sealed JSON, and the addresses it is asked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedCredentials {
    /// Sealed for the endpoint's id, purpose `credentials`.
    pub sealed_value: Vec<u8>,
    /// The names of what is in it, such as `api_key`: no secret.
    pub fields: Vec<String>,
    pub base_url: Option<String>,
    pub token_url: Option<String>,
    pub set_at: Timestamp,
}

/// A line of the audit log before it has a number and a hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAuditEntry {
    pub at: Timestamp,
    pub actor: AuditActor,
    pub address: Option<IpAddr>,
    pub action: AuditAction,
    pub target: Option<AuditTarget>,
    pub detail: Vec<AuditChange>,
}

impl Change {
    /// Whether it changes an endpoint, a destination or a secret of theirs, which nodes hold in memory.
    pub(super) const fn concerns_configuration(&self) -> bool {
        matches!(
            self,
            Self::AddEndpoint(..)
                | Self::UpdateEndpoint { .. }
                | Self::ArchiveEndpoint(..)
                | Self::AddSecret(_)
                | Self::UpdateSecret { .. }
                | Self::RemoveSecret(..)
                // The door asks only where it may.
                | Self::SetCredentials(..)
                | Self::AddDestination(..)
                | Self::UpdateDestination { .. }
                | Self::ArchiveDestination(..)
                | Self::SetDestinationDisabled(..)
                | Self::RotateDestinationSecret { .. }
        )
    }

    /// The sealed values that it writes.
    pub(super) fn sealed_values(&self) -> Vec<&[u8]> {
        match self {
            Self::AddEndpoint(endpoint, secrets) => of_endpoint(endpoint).chain(secrets.iter().map(of_secret)).collect(),
            Self::UpdateEndpoint { after, .. } => of_endpoint(after).collect(),
            Self::AddSecret(secret) => vec![of_secret(secret)],
            Self::SetCredentials(_, credentials) => credentials.iter().map(|credentials| &credentials.sealed_value[..]).collect(),
            Self::AddUser(user) | Self::InviteUser(user, _) | Self::UseSetUpLink { user, .. } => {
                user.second_factor.iter().map(of_factor).collect()
            }
            Self::SetSecondFactor { factor, .. } => factor.iter().map(of_factor).collect(),
            Self::AddDestination(destination, secret) => {
                of_destination(destination).chain([&secret.sealed_value[..]]).collect()
            }
            Self::UpdateDestination { after, .. } => of_destination(after).collect(),
            Self::RotateDestinationSecret { secret, .. } => vec![&secret.sealed_value[..]],
            Self::ArchiveEndpoint(..)
            // Writes all of the secret but what is sealed.
            | Self::UpdateSecret { .. }
            | Self::RemoveSecret(..)
            | Self::AddLink(_)
            | Self::UseLink { .. }
            | Self::SetRole(..)
            | Self::SetDisabled(..)
            | Self::SetPassword { .. }
            | Self::UseRecoveryCode { .. }
            | Self::EndSession(..)
            | Self::EndSessions { .. }
            | Self::AddToken(_)
            | Self::RevokeToken(..)
            | Self::ArchiveDestination(..)
            | Self::SetDestinationDisabled(..)
            | Self::Resend { .. }
            | Self::Release { .. }
            | Self::RetryDelivery { .. }
            | Self::CancelDelivery(..)
            | Self::AddResend(_)
            | Self::CancelResend(..)
            | Self::Refetch { .. }
            | Self::Nothing => Vec::new(),
        }
    }
}

fn of_endpoint(endpoint: &Endpoint) -> impl Iterator<Item = &[u8]> {
    endpoint.static_header.iter().map(|header| &header.sealed_value[..])
}

fn of_destination(destination: &Destination) -> impl Iterator<Item = &[u8]> {
    destination.sealed_headers.iter().map(|sealed| &sealed[..])
}

fn of_secret(secret: &SealedSecret) -> &[u8] {
    &secret.sealed_value
}

fn of_factor(factor: &SealedSecondFactor) -> &[u8] {
    &factor.sealed_secret
}
