//! The audit log in words.

use model::{ActorKind, AuditAction, AuditChange, AuditTargetKind};

use super::states::State;

/// What was done, as one says it after the name of who did it.
pub const fn action(action: AuditAction) -> &'static str {
    match action {
        AuditAction::SetUp => "made the first admin",
        AuditAction::SignedIn => "signed in",
        AuditAction::SignInFailed => "failed to sign in",
        AuditAction::SignedOut => "signed out",
        AuditAction::UserAdded => "added a user",
        AuditAction::UserInvited => "invited a user",
        AuditAction::RoleChanged => "changed a role",
        AuditAction::UserDisabled => "disabled a user",
        AuditAction::UserEnabled => "enabled a user",
        AuditAction::ResetLinkMade => "made a reset link",
        AuditAction::LinkUsed => "used a one-time link",
        AuditAction::PasswordChanged => "changed a password",
        AuditAction::SecondFactorOn => "turned a second factor on",
        AuditAction::SecondFactorOff => "turned a second factor off",
        AuditAction::RecoveryCodeUsed => "used a recovery code",
        AuditAction::SessionsEnded => "ended sessions",
        AuditAction::TokenAdded => "made a token",
        AuditAction::TokenRevoked => "revoked a token",
        AuditAction::EndpointAdded => "added an endpoint",
        AuditAction::EndpointChanged => "changed an endpoint",
        AuditAction::EndpointArchived => "archived an endpoint",
        AuditAction::SecretAdded => "added a secret",
        AuditAction::SecretChanged => "changed a secret",
        AuditAction::SecretRemoved => "removed a secret",
        AuditAction::CredentialsSet => "set API credentials",
        AuditAction::CredentialsRemoved => "removed API credentials",
        AuditAction::Reverified => "checked webhooks again",
        AuditAction::Revealed => "revealed personal data",
        AuditAction::BodyDownloaded => "downloaded a body",
        AuditAction::KeyRotated => "rotated the sealing key",
        AuditAction::DestinationAdded => "added a destination",
        AuditAction::DestinationChanged => "changed a destination",
        AuditAction::DestinationArchived => "archived a destination",
        AuditAction::DestinationEnabled => "enabled a destination",
        AuditAction::DestinationDisabled => "disabled a destination",
        AuditAction::DestinationSecretRotated => "rotated a signing secret",
        AuditAction::DestinationTested => "sent a test",
        AuditAction::Resent => "resent webhooks",
        AuditAction::Released => "released webhooks",
        AuditAction::DeliveryRetried => "retried a delivery",
        AuditAction::DeliveryCancelled => "cancelled a delivery",
        AuditAction::ResendStarted => "started a bulk resend",
        AuditAction::ResendCancelled => "cancelled a bulk resend",
        AuditAction::Refetched => "asked the provider again",
        AuditAction::RecordRevealed => "revealed a record",
        AuditAction::Reconciled => "compared the provider's list with the log",
        AuditAction::MissingStored => "stored what had never come",
        AuditAction::SubjectErased => "erased a subject",
        AuditAction::SubjectExported => "exported a subject",
    }
}

/// What should catch the eye of someone who looks for what went wrong.
pub const fn is_alarming(action: AuditAction) -> bool {
    matches!(
        action,
        AuditAction::SignInFailed | AuditAction::RecoveryCodeUsed | AuditAction::SecondFactorOff
    )
}

pub const fn target_kind(kind: AuditTargetKind) -> &'static str {
    match kind {
        AuditTargetKind::User => "user",
        AuditTargetKind::Session => "session",
        AuditTargetKind::Token => "token",
        AuditTargetKind::Endpoint => "endpoint",
        AuditTargetKind::Webhook => "webhook",
        AuditTargetKind::Key => "key",
        AuditTargetKind::Destination => "destination",
        AuditTargetKind::Delivery => "delivery",
        AuditTargetKind::Resend => "bulk resend",
        AuditTargetKind::Subject => "subject",
    }
}

/// By which door someone came in; the usual one goes without saying, and so does one that the actor is called by.
pub const fn door(kind: ActorKind) -> Option<&'static str> {
    match kind {
        ActorKind::User | ActorKind::CommandLine | ActorKind::System => None,
        ActorKind::Token => Some("by token"),
        ActorKind::Nobody => Some("not signed in"),
    }
}

/// A field's value, or that there was none.
pub fn value(value: Option<&str>) -> &str {
    match value {
        None => "nothing",
        Some("") => "empty",
        Some(value) => value,
    }
}

/// The name of a field that changed.
pub fn field(change: &AuditChange) -> String {
    change.field.replace(['_', '.'], " ")
}

pub fn nothing_matches() -> State {
    State {
        heading: "Nothing of that kind was done",
        advice: "Take a condition away, or look at a longer span of time.".to_owned(),
    }
}

pub fn none_yet() -> State {
    State {
        heading: "Nothing was done yet",
        advice: "Every sign-in, change, reveal and download is written down here, with who did it and from where.".to_owned(),
    }
}

/// A filter's field as a label, where the log of webhooks has no such field.
pub fn filter(name: &str) -> &str {
    match name {
        "actor" => "Who",
        "action" => "Action",
        "target" => "Target",
        other => super::filters::field(other),
    }
}

/// What is wrong with a parameter, under its field's name.
pub fn problem(name: &str, message: &str) -> String {
    format!("{} ({name}): {message}", filter(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_that_changed_is_named_in_words() {
        let change = |field: &str| AuditChange {
            field: field.to_owned(),
            before: None,
            after: Some(String::new()),
        };
        assert_eq!(field(&change("policy.on_untrusted")), "policy on untrusted");
        assert_eq!(value(None), "nothing");
        assert_eq!(value(Some("")), "empty");
    }

    #[test]
    fn a_problem_names_its_field() {
        assert_eq!(problem("actor", "too long"), "Who (actor): too long");
        assert_eq!(problem("from", "not a time"), "From (from): not a time");
    }
}
