//! Endpoints: their settings, their secrets, and checking again.

use model::{DigestMode, OnUntrusted, ReverifyProgress, ReverifyState, SecretState, Timestamp};

use super::{numbers::thousands, times};

pub const CHOOSE_PROVIDER: &str = "Who will post to it? What is asked next depends on the provider.";
pub const NAME_HINT: &str = "As you will look for it in the log.";
/// Where the address will go.
pub fn paste_later(place: &str) -> String {
    format!("It gets an address of its own, which you then paste at: {place}")
}

/// Beside a provider that signs nothing.
pub const NO_SECRET: &str = "signs nothing";

pub fn no_secret_needed(provider: &str) -> String {
    format!("{provider} documents no signature, so there is no secret to paste: its webhooks are stored as unsigned.")
}

/// Where a secret is found, and what is to be known of pasting it.
pub fn find_secret(find_it_at: &str, hint: &str) -> String {
    format!("{} {hint}", super::forms::sentence(find_it_at))
}

pub const SECRET_LATER: &str = "You can leave this empty and add it later; until then webhooks are stored as unconfigured.";
pub const SECRET_IS_SEALED: &str = "It is sealed when it is stored, and nobody is shown it again.";
pub const NETWORKS_HINT: &str = "Such as 203.0.113.0/24, separated by spaces, commas or lines. A webhook from elsewhere is stored and marked. Empty: from \
     anywhere.";
pub const RATE_HINT: &str = "Webhooks per second; more are answered with 429. Empty for no limit.";
pub const STATIC_HEADER_HINT: &str = "A header that every genuine request carries. Empty for none.";
pub const STATIC_VALUE_HINT: &str = "Sealed when it is stored. Leave it empty to keep the value that is set.";
pub const FORWARD_UNSIGNED: &str = "Forward webhooks that are unsigned";
pub const FORWARD_UNSIGNED_HINT: &str =
    "Nothing in them proves who sent them. Without this they are held until a person releases them.";
pub const CONFIRM: &str = "Ask the provider's API before forwarding";

/// What asking first does; `has_credentials` where there are any to ask with.
pub const fn confirm_hint(has_credentials: bool) -> &'static str {
    if has_credentials {
        "Each webhook is held until the provider's record agrees with it, and then goes on by itself."
    } else {
        "Each webhook is held until the provider's record agrees with it. For that the endpoint needs API credentials, and has none: \
         until it does, all are held until a person releases them."
    }
}

pub const REFETCH: &str = "Re-fetch by itself after";

/// What is written into the list of event types, with what the provider's own is.
pub fn refetch_hint(usual: &[String]) -> String {
    let usual = match usual {
        [] => String::new(),
        usual => format!(" Usual here: {}.", usual.join(", ")),
    };
    format!(
        "Types of events after which the provider is asked for its record, such as inquiry.*, separated by spaces, commas or \
         lines.{usual} Empty: none."
    )
}

pub const fn on_untrusted(policy: OnUntrusted) -> (&'static str, &'static str) {
    match policy {
        OnUntrusted::Hold => (
            "Hold",
            "It is stored, answered with 200, and held until a person releases it.",
        ),
        OnUntrusted::Reject => (
            "Reject",
            "It is stored, answered with 401, which makes most providers send it again, and held too.",
        ),
    }
}

pub const fn digest_mode(mode: DigestMode) -> &'static str {
    match mode {
        DigestMode::HmacSha256 => "HMAC-SHA256 with the secret as its key",
        DigestMode::Sha256BodySecret => "SHA-256 of the body followed by the secret",
        DigestMode::Sha256SecretBody => "SHA-256 of the secret followed by the body",
    }
}

/// What is done when nobody chose a digest mode.
pub const DEFAULT_DIGEST_MODE: &str = "not chosen: HMAC-SHA256 with the secret as its key";
pub const DIGEST_MODE_HINT: &str =
    "The provider does not document how its digest is keyed. The page of an invalid webhook says when another mode fits.";

pub const fn secret_state(state: SecretState) -> &'static str {
    match state {
        SecretState::NotYet => "not yet",
        SecretState::Live => "live",
        SecretState::EndsSoon => "ends soon",
        SecretState::Ended => "ended",
    }
}

/// A secret's value as far as it is shown.
pub fn hint(hint: &str) -> String {
    if hint.is_empty() {
        "…".to_owned()
    } else {
        format!("…{hint}")
    }
}

pub const NO_SECRETS: &str =
    "No secret yet. Webhooks that come are stored as unconfigured, and can be checked again once it is here.";
pub const NO_LIVE_SECRET: &str = "None of the secrets is accepted now, so every signature is found invalid.";
pub const ROTATE: &str = "To rotate: add the new secret here first, then switch the provider to it. Until the old one ends, both are \
                          accepted.";

pub const REMOVE_OR_END: &str =
    "A secret that has ended still explains a signature that was made with it; one that is removed does not.";
pub const LABEL_HINT: &str = "Tells it from the others in the log, such as the month.";
pub const FROM_NOW: &str = "In UTC. Empty: from now on.";
pub const SPAN_FROM: &str = "In UTC. Empty: from the first one.";
pub const SPAN_TO: &str = "In UTC. Empty: to the newest.";
pub const TOKEN_URL_HINT: &str = "Only where access tokens are not handed out at the provider's usual address.";

/// How long the other secrets are still accepted when one is added: seconds from now on, and what is said.
pub const RETIRE_IN: &[(i64, &str)] = &[
    (3_600, "are accepted for another hour"),
    (86_400, "are accepted for another day"),
    (7 * 86_400, "are accepted for another week"),
    (0, "end now"),
];
pub const RETIRE_LATER: &str = "stay accepted until I end them";

/// A choice of [`RETIRE_IN`] with its instant.
pub fn retire(what: &str, at: Timestamp) -> String {
    format!("{what} ({})", times::short(at))
}

/// When the first webhook is waited for, and when it has come.
pub const WAITING: &str = "Waiting for your first webhook";
pub const WAITING_HINT: &str = "Send a test from the provider's dashboard; this turns green by itself.";
pub const ARRIVED: &str = "The first webhook has come";

pub const CHECK_AGAIN: &str = "Checks the signatures of stored webhooks again, with the secrets and the mode of now. Badges \
                               follow; the bodies that came are not changed.";

/// How far checking again has come, in a sentence.
pub fn reverify(progress: &ReverifyProgress) -> String {
    let changed = format!("{} changed", thousands(progress.changed));
    let checked = thousands(progress.checked);
    match progress.state {
        ReverifyState::Running => format!(
            "{checked} of about {} checked, {changed}",
            thousands(progress.total.max(progress.checked))
        ),
        ReverifyState::Done => format!("Done: {checked} checked, {changed}."),
        ReverifyState::Cancelled => format!("Cancelled: {checked} checked, {changed}."),
        ReverifyState::Failed => format!("It stopped early: {checked} checked, {changed}. The server's log says why; try again."),
    }
}

pub const CREDENTIALS: &str = "What the provider's API needs so that it can be asked again for what a webhook tells of. Write-only: sealed when stored, never shown.";
pub const CREDENTIALS_KEEP: &str = "All fields are written together. Saving them empty removes the credentials.";
pub const BASE_URL_HINT: &str = "Only where it is not the provider's usual one, such as a sandbox.";

/// A credential's field as a label.
pub fn credential(name: &str) -> String {
    let spaced = name.replace('_', " ");
    match spaced.as_str() {
        "api key" => "API key".to_owned(),
        "api secret" => "API secret".to_owned(),
        "client id" => "Client ID".to_owned(),
        "client secret" => "Client secret".to_owned(),
        other => super::forms::sentence(other).trim_end_matches('.').to_owned(),
    }
}

pub const DISABLE: &str = "A disabled endpoint answers 410. What has come stays in the log, and it can be enabled again.";
pub const ARCHIVE: &str = "An archived endpoint answers 404 and is gone from this list for good. Its webhooks stay in the log.";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checking_again_says_how_far_it_is() {
        fn check(state: ReverifyState, sentence: &str) {
            let progress = ReverifyProgress {
                state,
                total: 12_000,
                checked: 3_400,
                changed: 12,
            };
            assert_eq!(reverify(&progress), sentence);
        }
        check(ReverifyState::Running, "3,400 of about 12,000 checked, 12 changed");
        check(ReverifyState::Done, "Done: 3,400 checked, 12 changed.");
        check(ReverifyState::Cancelled, "Cancelled: 3,400 checked, 12 changed.");
    }

    #[test]
    fn more_may_come_while_checking() {
        let progress = ReverifyProgress {
            state: ReverifyState::Running,
            total: 10,
            checked: 12,
            changed: 0,
        };
        assert_eq!(reverify(&progress), "12 of about 12 checked, 0 changed");
    }

    #[test]
    fn the_usual_types_stand_in_the_hint() {
        let usual = ["REVIEWED".to_owned(), "RETAKE".to_owned()];
        assert!(refetch_hint(&usual).contains("Usual here: REVIEWED, RETAKE."));
        assert!(!refetch_hint(&[]).contains("Usual"));
    }

    #[test]
    fn credentials_have_labels_also_when_they_are_new() {
        assert_eq!(credential("api_key"), "API key");
        assert_eq!(credential("tenant_name"), "Tenant name");
    }
}
