use model::{Agreement, Verdict};

/// The verdict of a webhook after a record was fetched for it. It never sinks: a record that contradicts says that the
/// webhook is not to be acted upon, not that its signature is wrong.
///
/// Nor does it rise over what a signature has shown, or could not show: a record tells of the object, and not that the provider
/// wrote this body. Whoever knows an id could write one to which any record of the object agrees.
pub fn verdict_after(verdict: Verdict, agreement: &Agreement) -> Verdict {
    let is_signed = matches!(verdict, Verdict::Verified | Verdict::Stale);
    match agreement {
        Agreement::Agrees if is_signed || verdict == Verdict::Unsigned => Verdict::Confirmed,
        // Whom it is about rests on the webhook alone, so on its signature.
        Agreement::AgreesButForSubject if is_signed => Verdict::Confirmed,
        _ => verdict,
    }
}

#[cfg(test)]
mod tests {
    use model::Contradiction;

    use super::*;

    #[test]
    fn a_record_that_agrees_confirms_what_is_rightly_signed_and_what_its_provider_does_not_sign() {
        for verdict in Verdict::ALL {
            let rises = matches!(verdict, Verdict::Verified | Verdict::Stale | Verdict::Unsigned);
            let expected = if rises { Verdict::Confirmed } else { *verdict };
            assert_eq!(verdict_after(*verdict, &Agreement::Agrees), expected);
        }
    }

    #[test]
    fn one_that_does_not_tell_the_subject_confirms_only_what_is_rightly_signed() {
        for verdict in Verdict::ALL {
            let is_signed = matches!(verdict, Verdict::Verified | Verdict::Stale);
            let expected = if is_signed { Verdict::Confirmed } else { *verdict };
            assert_eq!(verdict_after(*verdict, &Agreement::AgreesButForSubject), expected);
        }
    }

    #[test]
    fn all_else_leaves_the_verdict_as_it_is() {
        let contradiction = Contradiction {
            path: "/status".to_owned(),
            webhook: "approved".to_owned(),
            record: "declined".to_owned(),
        };
        for verdict in Verdict::ALL {
            assert_eq!(verdict_after(*verdict, &Agreement::CannotTell), *verdict);
            let contradicts = Agreement::Contradicts(contradiction.clone());
            assert_eq!(verdict_after(*verdict, &contradicts), *verdict);
        }
    }
}
