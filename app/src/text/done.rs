//! What a page says after something was changed. The address carries only the name of the sentence.

/// The sentence of that name.
pub fn done(name: &str) -> Option<&'static str> {
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
        _ => return None,
    })
}
