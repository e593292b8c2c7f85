//! The product's words as labels, and the meaning (colour and icon) that goes with each.

use model::{Environment, Outcome, Role, Scheme, Verdict};

/// The four meanings that a colour may have, and none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    Good,
    Attention,
    Bad,
    Info,
    Neutral,
}

pub const fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Verified => "verified",
        Verdict::Confirmed => "confirmed",
        Verdict::Unsigned => "unsigned",
        Verdict::IntegrityOnly => "integrity only",
        Verdict::Stale => "stale",
        Verdict::Missing => "missing",
        Verdict::Invalid => "invalid",
        Verdict::Unconfigured => "unconfigured",
    }
}

pub const fn verdict_meaning(verdict: Verdict) -> Meaning {
    match verdict {
        Verdict::Verified => Meaning::Good,
        Verdict::Confirmed => Meaning::Info,
        Verdict::IntegrityOnly | Verdict::Stale => Meaning::Attention,
        Verdict::Missing | Verdict::Invalid => Meaning::Bad,
        Verdict::Unsigned | Verdict::Unconfigured => Meaning::Neutral,
    }
}

pub const fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Approved => "approved",
        Outcome::Declined => "declined",
        Outcome::NeedsReview => "needs review",
        Outcome::Pending => "pending",
        Outcome::Expired => "expired",
        Outcome::Completed => "completed",
        Outcome::Failed => "failed",
        Outcome::Updated => "updated",
        Outcome::Unknown => "unknown",
    }
}

pub const fn outcome_meaning(outcome: Outcome) -> Meaning {
    match outcome {
        Outcome::Approved => Meaning::Good,
        Outcome::Declined | Outcome::Failed => Meaning::Bad,
        Outcome::NeedsReview | Outcome::Expired => Meaning::Attention,
        Outcome::Completed => Meaning::Info,
        Outcome::Pending | Outcome::Updated | Outcome::Unknown => Meaning::Neutral,
    }
}

pub const fn environment(environment: Environment) -> &'static str {
    match environment {
        Environment::Production => "production",
        Environment::Sandbox => "sandbox",
    }
}

pub const fn role(role: Role) -> &'static str {
    match role {
        Role::Viewer => "viewer",
        Role::Operator => "operator",
        Role::Admin => "admin",
    }
}

/// What someone with that role may do.
pub const fn role_meaning(role: Role) -> &'static str {
    match role {
        Role::Viewer => "sees the log, personal data masked",
        Role::Operator => "also resends and releases, reveals personal data and downloads bodies",
        Role::Admin => "also configures endpoints, destinations, secrets and users",
    }
}

pub const fn scheme(scheme: Scheme) -> &'static str {
    match scheme {
        Scheme::HmacSha256 => "HMAC-SHA256",
        Scheme::Sha256BodySecret => "SHA-256 of the body followed by the secret",
        Scheme::Sha256SecretBody => "SHA-256 of the secret followed by the body",
        Scheme::Sha256Body => "SHA-256 of the body alone",
        Scheme::EcdsaP521Sha512 => "ECDSA P-521 with SHA-512",
        Scheme::Ed25519 => "Ed25519",
        Scheme::StaticHeader => "a header with an agreed value",
    }
}

/// An endpoint's name beside its provider's title, which it need not repeat: `production` for `Persona production`.
pub fn endpoint_beside(provider: &str, name: &str) -> String {
    let rest = name.strip_prefix(provider).unwrap_or(name);
    if rest.starts_with(char::is_alphanumeric) {
        name.to_owned()
    } else {
        rest.trim_start_matches([' ', '-', '·', ':', '–']).to_owned()
    }
}

/// What a webhook without an event is called.
pub const NO_EVENT: &str = "not read as an event";

/// What stands in place of an empty table of headers.
pub const NO_HEADERS: &str = "The request had no headers.";

/// The same for an answer.
pub const NO_ANSWER_HEADERS: &str = "The answer had no headers.";

/// An id with its middle left out: `019a…7f3c`. The end of a UUID v7 is random and tells neighbours apart.
pub fn short_id(id: &str) -> String {
    let length = id.chars().count();
    if length <= 12 {
        return id.to_owned();
    }
    let (start, end): (String, String) = (id.chars().take(4).collect(), id.chars().skip(length - 4).collect());
    format!("{start}…{end}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_does_not_repeat_its_provider() {
        fn check(name: &str, shown: &str) {
            assert_eq!(endpoint_beside("Persona", name), shown);
        }
        check("Persona production", "production");
        check("Persona – EU", "EU");
        check("Persona", "");
        check("Personal", "Personal");
        check("EU", "EU");
    }

    #[test]
    fn an_id_is_shortened_in_the_middle() {
        fn check(id: &str, short: &str) {
            assert_eq!(short_id(id), short);
        }
        check("019a2f60-7c1e-7000-8000-0123456d7f3c", "019a…7f3c");
        check("user-1042", "user-1042");
        check("äöüäöüäöüäöüäöü", "äöüä…üäöü");
    }
}
