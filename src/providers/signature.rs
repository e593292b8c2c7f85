//! What checking has in common wherever a provider signs: the evidence, the age of a signature, and the explanation
//! of one that no live secret made.

use model::{Diagnosis, Evidence, Scheme, Timestamp, Verdict};

use super::{Key, Keyring, Request, SigningSecret, TOLERANCE_SECONDS, Verification, reformat};

/// The text of a header that holds one value, such as a signature; `None` when there is no such header. A value that is
/// not text reads as empty, which no scheme takes for a signature, and so do several that differ: which of them the
/// sender meant cannot be known.
pub(super) fn header<'a>(request: &Request<'a>, name: &str) -> Option<&'a str> {
    let mut values = request.headers.get_all(name).iter();
    let first = values.next()?;
    let agree = values.all(|value| value == first);
    Some(first.to_str().ok().filter(|_| agree).unwrap_or_default())
}

/// The texts of all headers of that name, for one that lists signatures: a list may be cut into several lines.
pub(super) fn headers<'a>(request: &Request<'a>, name: &str) -> impl Iterator<Item = &'a str> {
    let values = request.headers.get_all(name).into_iter();
    values.filter_map(|value| value.to_str().ok())
}

/// Whether no header of that name holds anything.
pub(super) fn is_missing(request: &Request<'_>, name: &str) -> bool {
    let mut values = request.headers.get_all(name).into_iter();
    values.all(|value| value.as_bytes().trim_ascii().is_empty())
}

/// A check that is under way: the evidence gathers until a verdict closes it.
pub(super) struct Check(Evidence);

impl Check {
    pub(super) fn begin(request: &Request<'_>, keyring: &Keyring, scheme: Scheme, header: &str) -> Self {
        Self(Evidence {
            scheme: Some(scheme),
            header: Some(header.to_owned()),
            live_secrets: keyring.live_at(request.received_at).count(),
            ..Evidence::default()
        })
    }

    pub(super) fn scheme(mut self, scheme: Scheme) -> Self {
        self.0.scheme = Some(scheme);
        self
    }

    pub(super) fn header(mut self, header: &str) -> Self {
        self.0.header = Some(header.to_owned());
        self
    }

    pub(super) fn verdict(self, verdict: Verdict) -> Verification {
        Verification {
            verdict,
            evidence: self.0,
        }
    }

    /// The secret made the signature, which says nothing of when.
    pub(super) fn verified(mut self, secret: &SigningSecret) -> Verification {
        self.0.secret = Some(secret.id);
        self.0.secret_label = Some(secret.label.clone());
        self.verdict(Verdict::Verified)
    }

    /// The secret made the signature at a time that is near the arrival or not.
    pub(super) fn signed_at(mut self, secret: &SigningSecret, age: Age) -> Verification {
        self.0.skew_seconds = Some(age.skew_seconds);
        let verification = self.verified(secret);
        if age.is_fresh {
            verification
        } else {
            Verification {
                verdict: Verdict::Stale,
                ..verification
            }
        }
    }

    pub(super) fn malformed(self, header: &str) -> Verification {
        self.invalid(vec![Diagnosis::Malformed {
            header: header.to_owned(),
        }])
    }

    /// No live secret made the signature. The diagnoses are what explains it; an empty list means that nothing does.
    pub(super) fn invalid(mut self, diagnoses: Vec<Diagnosis>) -> Verification {
        self.0.diagnoses = if diagnoses.is_empty() {
            vec![Diagnosis::NothingFits]
        } else {
            diagnoses
        };
        self.verdict(Verdict::Invalid)
    }
}

/// How far the time in a signature is from the time of arrival.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Age {
    pub(super) skew_seconds: i64,
    pub(super) is_fresh: bool,
}

impl Age {
    /// `signed_at` is in seconds since the epoch, and may be any number at all.
    pub(super) fn of(signed_at: i64, received_at: Timestamp) -> Self {
        let skew_micros = i128::from(received_at.as_micros()) - i128::from(signed_at) * 1_000_000;
        Self {
            skew_seconds: received_at.as_seconds().saturating_sub(signed_at),
            is_fresh: skew_micros.unsigned_abs() <= u128::from(TOLERANCE_SECONDS.unsigned_abs()) * 1_000_000,
        }
    }
}

/// Explains a signature that no live secret made: by a secret that is not live, or by the same JSON written in another
/// way. `fits` says whether a key makes the signature over a body.
pub(super) fn diagnose(request: &Request<'_>, keyring: &Keyring, fits: impl Fn(&Key, &[u8]) -> bool) -> Vec<Diagnosis> {
    let not_live = keyring
        .not_live_at(request.received_at)
        .find(|secret| fits(&secret.key, request.body))
        .map(|secret| Diagnosis::SecretNotLive {
            secret: secret.id,
            label: secret.label.clone(),
        });
    if let Some(diagnosis) = not_live {
        return vec![diagnosis];
    }
    if keyring.live_at(request.received_at).next().is_none() {
        return Vec::new();
    }
    reformat::other_forms(request.body)
        .find(|(_, body)| keyring.live_at(request.received_at).any(|secret| fits(&secret.key, body)))
        .map(|(form, _)| Diagnosis::BodyRewritten { form })
        .into_iter()
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_fresh_up_to_the_tolerance_either_way() {
        let received_at = Timestamp::parse("2025-11-20T00:53:20.5Z").expect("a time");
        let check = |signed_at: i64, skew_seconds: i64, is_fresh: bool| {
            assert_eq!(Age::of(signed_at, received_at), Age { skew_seconds, is_fresh }, "{signed_at}");
        };
        check(1_763_600_000, 0, true);
        check(1_763_599_701, 299, true);
        check(1_763_599_700, 300, false);
        check(1_763_600_300, -300, true);
        check(1_763_600_301, -301, false);
        check(i64::MIN, i64::MAX, false);
        check(i64::MAX, 1_763_600_000 - i64::MAX, false);
    }
}
