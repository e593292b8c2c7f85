//! What a page says after something was changed. The address carries only the name of the sentence.

use super::numbers::count;

/// The sentence of that name. One that counts something has the number behind a dot.
pub fn done(name: &str) -> Option<String> {
    match name.split_once('.') {
        None => plain(name).map(ToOwned::to_owned),
        Some(("resent", number)) => number.parse().ok().map(resent),
        Some(("refetching", number)) => number.parse().ok().map(refetching),
        Some(_) => None,
    }
}

fn resent(deliveries: u32) -> String {
    match deliveries {
        0 => "Nothing was sent: no destination takes it, or it is under way or held already.".to_owned(),
        _ => format!("{} on the way.", count(deliveries.into(), "delivery is", "deliveries are")),
    }
}

fn refetching(webhooks: u32) -> String {
    match webhooks {
        0 => "Nothing is asked: none of them has something to ask for, or their endpoints have no credentials.".to_owned(),
        1 => "1 re-fetch is queued; its page shows what comes of it.".to_owned(),
        _ => format!(
            "{} are queued; their pages show what comes of them.",
            count(webhooks.into(), "re-fetch", "re-fetches")
        ),
    }
}

fn plain(name: &str) -> Option<&'static str> {
    Some(match name {
        "endpoint_added" => "The endpoint is there. Give its address to the provider.",
        "settings_saved" => "The settings are saved; webhooks that come from now on are treated so.",
        "endpoint_enabled" => "The endpoint takes webhooks again.",
        "endpoint_disabled" => "The endpoint answers 410 from now on; what has come stays in the log.",
        "endpoint_archived" => "The endpoint is archived. Its webhooks stay in the log.",
        "secret_added" => {
            "The secret is added, and webhooks that come from now on are checked with it too. Those that came before can be \
             checked again below."
        }
        "secret_changed" => "The secret's span of time is changed.",
        "secret_removed" => "The secret is removed.",
        "credentials_saved" => "The API credentials are saved.",
        "password_changed" => "The password is changed, and you are signed out everywhere else.",
        "second_factor_on" => "The second factor is on. From now on, signing in takes a code as well.",
        "second_factor_off" => "The second factor is off.",
        "session_ended" => "That session is signed out.",
        "sessions_ended" => "You are signed out everywhere else.",
        "token_revoked" => "The token is revoked; programs that use it get 401 from now on.",
        "role_changed" => "The role is changed, from the next click of theirs on.",
        "user_disabled" => "The user is disabled and signed out everywhere.",
        "user_enabled" => "The user may sign in again.",
        "second_factor_reset" => "The second factor is off; signing in takes the password alone until they set it up again.",
        "delivery_retried" => "The delivery is tried now.",
        "delivery_cancelled" => "The delivery is cancelled; it can still be retried.",
        "asked" => "The provider was asked; what came of it stands below.",
        "subject_erased" => "The subject is erased. The rows stay in the log, without what they said.",
        "released" => "What was held of it is released and on the way.",
        "destination_added" => "The destination is there. Send a test to see whether it answers.",
        "destination_saved" => {
            "The settings are saved. What waits is sent by them too; what it takes is decided when a webhook comes."
        }
        "destination_paused" => "The destination is paused. What arrives for it waits.",
        "destination_enabled" => "The destination gets webhooks again.",
        "destination_archived" => "The destination is archived. Its deliveries stay in the log.",
        "destination_secret_rotated" => "There is a new signing secret; the one before signs too for another day.",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_done_is_said_by_its_name() {
        fn check(name: &str, begins: Option<&str>) {
            assert_eq!(done(name).as_deref(), begins, "{name}");
        }
        check("released", Some("What was held of it is released and on the way."));
        check("resent.1", Some("1 delivery is on the way."));
        check("resent.12", Some("12 deliveries are on the way."));
        check("refetching.1", Some("1 re-fetch is queued; its page shows what comes of it."));
        check(
            "refetching.12",
            Some("12 re-fetches are queued; their pages show what comes of them."),
        );
        check("resent.many", None);
        check("call us.1", None);
        check("nothing", None);
    }
}
