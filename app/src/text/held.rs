//! Why a webhook is held, and why one goes nowhere.

use model::Verdict;

/// Why one is held that the provider's record contradicts.
pub const CONTRADICTED: &str = "The provider's record contradicts it.";

/// Why one is held for which the provider is being asked.
pub const WAITS_FOR_RECORD: &str = "It waits for the provider's record to agree.";

/// Why a webhook is held, after its verdict; `foreign_network` where it is known.
pub const fn held_because(verdict: Verdict, foreign_network: Option<bool>) -> &'static str {
    if let Some(true) = foreign_network {
        return "It did not come from the networks that its endpoint names.";
    }
    match verdict {
        Verdict::Invalid => "Its signature is invalid.",
        Verdict::Missing => "It came without the signature that its endpoint expects.",
        Verdict::Stale => "Its signature is right, but too old or from the future.",
        Verdict::IntegrityOnly => "Anyone could have made its digest.",
        Verdict::Unconfigured => "Its endpoint has no secret yet, so nothing was checked.",
        Verdict::Unsigned => "It is unsigned, and a rule of its endpoint holds such webhooks.",
        Verdict::Verified | Verdict::Confirmed => {
            "A rule of its endpoint holds it: it is to be confirmed first, came from a network that is not named, or the provider's \
             record contradicts it."
        }
    }
}

pub const RELEASE_MEANS: &str = "Releasing sends it on as it is. Do that only when you know where it comes from.";

/// The tab of a webhook that goes nowhere.
pub fn not_forwarded(why: &str) -> String {
    format!("Not forwarded: {why}.")
}

/// Why a webhook goes nowhere, whether or not a destination takes it now.
pub const fn goes_nowhere(is_duplicate: bool, is_taken_now: bool) -> &'static str {
    match (is_duplicate, is_taken_now) {
        (true, _) => "it repeats an earlier webhook",
        (false, true) => "it came before a destination took it",
        (false, false) => "no destination takes it",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_verdict_says_why_it_is_held_and_another_network_comes_first() {
        for verdict in Verdict::ALL {
            assert!(held_because(*verdict, None).ends_with('.'), "{verdict}");
            assert_eq!(
                held_because(*verdict, Some(true)),
                "It did not come from the networks that its endpoint names."
            );
        }
        assert_eq!(held_because(Verdict::Invalid, Some(false)), "Its signature is invalid.");
    }

    #[test]
    fn a_webhook_that_goes_nowhere_says_why() {
        let tab = |is_duplicate, is_taken_now| not_forwarded(goes_nowhere(is_duplicate, is_taken_now));
        assert_eq!(tab(true, true), "Not forwarded: it repeats an earlier webhook.");
        assert_eq!(tab(false, true), "Not forwarded: it came before a destination took it.");
        assert_eq!(tab(false, false), "Not forwarded: no destination takes it.");
    }
}
