//! The verdict in words: what was found, what it rests on, and what a person can do about it.

use model::{Diagnosis, DigestMode, Evidence, RecordEvidence, Reserialisation, Verdict};

use super::{
    numbers::count,
    times::duration,
    words::{self, Meaning},
};

/// What is found likely, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Advice {
    pub finding: String,
    pub action: String,
}

/// The verdict as a sentence that says why; `listed` of a webhook that was made of what the provider lists.
pub fn sentence(verdict: Verdict, evidence: &Evidence, listed: bool, provider: &str, tolerance_seconds: i64) -> String {
    let header = evidence.header.as_deref();
    match verdict {
        Verdict::Verified => match &evidence.secret_label {
            Some(label) => format!("{provider} made this request: it is signed with the secret “{label}”."),
            None => format!("{provider} made this request: it is signed with a live secret of this endpoint."),
        },
        Verdict::Confirmed if listed => super::records::reconciled(provider),
        Verdict::Confirmed => format!("{provider}'s own API, asked with your credentials, told the same."),
        Verdict::Unsigned => {
            format!("{provider} documents no signature, so nothing in this request proves who sent it.")
        }
        Verdict::IntegrityOnly => {
            "The digest fits the body, but it is made without a secret: anyone could have made it.".to_owned()
        }
        Verdict::Stale => match evidence.skew_seconds {
            Some(skew) => format!(
                "The signature is right, but {}. {} are allowed.",
                skewed(skew),
                sentence_start(tolerance_seconds)
            ),
            None => "The signature is right, but its timestamp is too far from the time of arrival.".to_owned(),
        },
        Verdict::Missing => match header {
            Some(header) => format!("This endpoint expects the header {header}, and the request came without it."),
            None => "This endpoint expects a signature, and the request came without one.".to_owned(),
        },
        Verdict::Invalid => match evidence.live_secrets {
            0 => "There is a signature, but no secret of this endpoint is live to check it with.".to_owned(),
            1 => "There is a signature, and the one live secret of this endpoint did not make it.".to_owned(),
            live => format!(
                "There is a signature, and none of the {} made it.",
                count(live as u64, "live secret", "live secrets")
            ),
        },
        Verdict::Unconfigured => format!("This endpoint has no secret yet, so requests from {provider} cannot be checked."),
    }
}

/// What checking the signature gave, also where the verdict rests on the provider's record by now.
pub fn checked(verdict: Verdict, evidence: &Evidence) -> (&'static str, Meaning) {
    match verdict {
        Verdict::Confirmed => match (&evidence.secret, evidence.scheme) {
            (Some(_), _) => ("signed with a secret of the endpoint", Meaning::Good),
            (None, None) => ("unsigned", Meaning::Neutral),
            (None, Some(_)) => ("not proven by its signature", Meaning::Neutral),
        },
        verdict => (words::verdict(verdict), words::verdict_meaning(verdict)),
    }
}

/// Whether the verdict rests on the provider's list of events alone. A record is also missing where it was erased.
pub fn is_listed(reconciled: bool, evidence: Option<&RecordEvidence>) -> bool {
    reconciled && evidence.is_some_and(|evidence| evidence.record.is_none())
}

/// What to do when the verdict is not "verified"; `None` where there is nothing to do.
pub fn next_step(verdict: Verdict, provider: &str) -> Option<String> {
    match verdict {
        Verdict::Verified | Verdict::Confirmed | Verdict::Invalid => None,
        Verdict::Unsigned => Some(format!(
            "Treat it as a hint: ask {provider} for the record before you act on it."
        )),
        Verdict::IntegrityOnly => Some(format!(
            "Treat it as a hint: ask {provider} for the record before you act on it, or set a keyed digest mode."
        )),
        Verdict::Stale => {
            Some("It may be a replay, or a clock is wrong: compare this server's clock with the time of the request.".to_owned())
        }
        Verdict::Missing => Some(format!(
            "Either it is not from {provider}, or something on the way removes the header: check the proxies in front of this server."
        )),
        Verdict::Unconfigured => Some(format!(
            "Add the secret from {provider}'s dashboard at the endpoint, then check the webhook again there."
        )),
    }
}

/// What is said of a request from outside the networks that the endpoint names.
pub fn foreign(provider: &str) -> String {
    format!("It did not come from the networks that this endpoint names for {provider}, so it is treated as held.")
}

/// A diagnosis of an invalid signature as a finding and an action.
pub fn advice(diagnosis: &Diagnosis, provider: &str) -> Advice {
    let (finding, action) = match diagnosis {
        Diagnosis::BodyRewritten { form } => (
            format!("The signature fits the same JSON {}.", rewritten(*form)),
            "Something on the way rewrote the body. Let the proxy, gateway or firewall in front of this server pass it on untouched."
                .to_owned(),
        ),
        Diagnosis::SecretNotLive { label, .. } => (
            format!("The signature fits the secret “{label}”, which was not live when the request came."),
            format!("If {provider} still signs with it, extend it; if it was retired for a reason, treat this request as forged."),
        ),
        Diagnosis::OtherDigestMode { mode } => (
            format!("The digest fits another mode: {}.", digest_mode(*mode)),
            format!("Set the endpoint's digest mode to “{mode}”; later webhooks are then checked with it."),
        ),
        Diagnosis::Malformed { header } => (
            format!("The header {header} does not look as {provider} documents it."),
            "Something on the way changed it, or the request is not from the provider.".to_owned(),
        ),
        Diagnosis::NothingFits => (
            "The signature is well formed, but no secret of this endpoint and no other reading of the body explains it.".to_owned(),
            format!(
                "Compare the secret with the one in {provider}'s dashboard. If they are the same, the body was altered or the request is forged."
            ),
        ),
    };
    Advice { finding, action }
}

/// How far the signature's timestamp was from the arrival.
pub fn skew(seconds: i64) -> String {
    match seconds {
        0 => "none".to_owned(),
        1.. => format!("signed {} before it arrived", duration(seconds)),
        _ => format!("dated {} after it arrived", duration(-seconds)),
    }
}

fn skewed(seconds: i64) -> String {
    if seconds >= 0 {
        format!("it was made {} before the request arrived", duration(seconds))
    } else {
        format!("its timestamp is {} in the future", duration(-seconds))
    }
}

fn sentence_start(tolerance_seconds: i64) -> String {
    format!("{tolerance_seconds} s")
}

const fn rewritten(form: Reserialisation) -> &'static str {
    match form {
        Reserialisation::Compact => "written without white space",
        Reserialisation::Spaced => "written with a space after colons and commas",
        Reserialisation::Indented => "indented by two spaces",
        Reserialisation::Trimmed => "with other white space around it",
    }
}

const fn digest_mode(mode: DigestMode) -> &'static str {
    match mode {
        DigestMode::HmacSha256 => "HMAC-SHA256 with the secret as its key",
        DigestMode::Sha256BodySecret => "SHA-256 of the body followed by the secret",
        DigestMode::Sha256SecretBody => "SHA-256 of the secret followed by the body",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{Agreement, Timestamp};

    fn check(verdict: Verdict, evidence: &Evidence, expected: &str) {
        assert_eq!(sentence(verdict, evidence, false, "Persona", 300), expected);
    }

    #[test]
    fn the_verdict_says_why() {
        let evidence = Evidence {
            header: Some("persona-signature".to_owned()),
            secret_label: Some("2025".to_owned()),
            skew_seconds: Some(4000),
            live_secrets: 2,
            ..Evidence::default()
        };
        check(
            Verdict::Verified,
            &evidence,
            "Persona made this request: it is signed with the secret “2025”.",
        );
        check(
            Verdict::Stale,
            &evidence,
            "The signature is right, but it was made 1 h before the request arrived. 300 s are allowed.",
        );
        check(
            Verdict::Missing,
            &evidence,
            "This endpoint expects the header persona-signature, and the request came without it.",
        );
        check(
            Verdict::Invalid,
            &evidence,
            "There is a signature, and none of the 2 live secrets made it.",
        );
    }

    #[test]
    fn nothing_is_claimed_that_the_evidence_does_not_hold() {
        let nothing = Evidence::default();
        check(
            Verdict::Verified,
            &nothing,
            "Persona made this request: it is signed with a live secret of this endpoint.",
        );
        check(
            Verdict::Missing,
            &nothing,
            "This endpoint expects a signature, and the request came without one.",
        );
        check(
            Verdict::Stale,
            &nothing,
            "The signature is right, but its timestamp is too far from the time of arrival.",
        );
        check(
            Verdict::Invalid,
            &nothing,
            "There is a signature, but no secret of this endpoint is live to check it with.",
        );
    }

    #[test]
    fn a_timestamp_in_the_future_is_told_as_such() {
        let evidence = Evidence {
            skew_seconds: Some(-900),
            ..Evidence::default()
        };
        check(
            Verdict::Stale,
            &evidence,
            "The signature is right, but its timestamp is 15 min in the future. 300 s are allowed.",
        );
        assert_eq!(skew(-900), "dated 15 min after it arrived");
        assert_eq!(skew(2), "signed 2 s before it arrived");
    }

    #[test]
    fn what_was_never_received_says_so_and_what_was_confirmed_says_what_its_signature_gave() {
        let listed = RecordEvidence {
            record: None,
            fetched_at: Timestamp::from_seconds(0).expect("in range"),
            agreement: Agreement::Agrees,
        };
        assert!(is_listed(true, Some(&listed)));
        assert!(!is_listed(true, None));
        // The record was erased.
        assert!(!is_listed(false, Some(&listed)));
        let told = |listed| sentence(Verdict::Confirmed, &Evidence::default(), listed, "Persona", 300);
        assert!(told(true).starts_with("It never arrived in a form that could be trusted."));
        assert!(told(false).starts_with("Persona's own API"));
        assert_eq!(checked(Verdict::Confirmed, &Evidence::default()).0, "unsigned");
        assert_eq!(checked(Verdict::Stale, &Evidence::default()).0, "stale");
    }

    #[test]
    fn each_diagnosis_names_its_cause() {
        fn check(diagnosis: &Diagnosis, finding: &str) {
            assert_eq!(advice(diagnosis, "Authento").finding, finding);
        }
        let form = Reserialisation::Spaced;
        check(
            &Diagnosis::BodyRewritten { form },
            "The signature fits the same JSON written with a space after colons and commas.",
        );
        let mode = DigestMode::Sha256BodySecret;
        check(
            &Diagnosis::OtherDigestMode { mode },
            "The digest fits another mode: SHA-256 of the body followed by the secret.",
        );
        check(
            &Diagnosis::Malformed {
                header: "x-payload-digest".to_owned(),
            },
            "The header x-payload-digest does not look as Authento documents it.",
        );
    }
}
