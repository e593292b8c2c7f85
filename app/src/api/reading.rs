//! What forms send, read: text in, values of the port out.

mod forwarding;

use model::{EndpointId, FieldError, Text, Timestamp, UnknownWord};
use std::str::FromStr;

use super::endpoints::Settings;
use crate::{
    text::{forms, subjects},
    view::{ConsoleError, EndpointInput, SecretInput, SignInStep, Typed},
};

pub use forwarding::{any_chosen, destination, destination_settings, go_back, show_destination};

/// Where someone goes who has just signed in without having asked for a page.
const FIRST_PAGE: &str = "/";
/// Where the second step of signing in is done.
pub const SECOND_STEP: &str = "/sign-in/code";

/// An address within this console, or the first page: a link to the sign-in page must not lead anywhere else.
///
/// Only what a header can carry is let through, and neither `//` nor `/\`, which browsers read as the beginning of
/// another host's address.
pub fn local(next: &str) -> &str {
    let mut bytes = next.bytes();
    let is_path = bytes.next() == Some(b'/') && !matches!(bytes.next(), Some(b'/' | b'\\'));
    let is_plain = next.bytes().all(|byte| byte.is_ascii_graphic());
    // Signing in leads nowhere new from the pages on which one signs in.
    if is_path && is_plain && !next.starts_with("/sign-in") {
        next
    } else {
        FIRST_PAGE
    }
}

/// Leads on after a password was right.
pub fn go_on(step: SignInStep, next: &str) {
    match step {
        SignInStep::SignedIn => leptos_axum::redirect(local(next)),
        SignInStep::SecondFactor => leptos_axum::redirect(&second_step(next)),
    }
}

/// The page of the second step, which then leads to `next`.
fn second_step(next: &str) -> String {
    if next.is_empty() {
        return SECOND_STEP.to_owned();
    }
    format!("{SECOND_STEP}?next={}", leptos_router::location::Url::escape(local(next)))
}

/// Text without the white space around it, `None` when nothing is left.
pub fn given(text: &str) -> Option<String> {
    Some(text.trim()).filter(|text| !text.is_empty()).map(ToOwned::to_owned)
}

/// A new password that was typed twice.
pub fn repeated(password: Typed, repeat: &Typed) -> Result<Typed, ConsoleError> {
    if password.0 == repeat.0 {
        Ok(password)
    } else {
        Err(invalid("repeat", forms::REPEAT_DIFFERS))
    }
}

/// What `<input type="datetime-local">` sends, which is UTC here, or RFC 3339; `None` when it was left empty.
pub fn time(field: &str, text: &str) -> Result<Option<Timestamp>, ConsoleError> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    [text.to_owned(), format!("{text}Z"), format!("{text}:00Z")]
        .iter()
        .find_map(|text| Timestamp::parse(text))
        .map(Some)
        .ok_or_else(|| invalid(field, forms::NOT_A_TIME))
}

/// An endpoint's settings; what they allow is the operation's business.
pub fn settings(settings: Settings) -> Result<EndpointInput, ConsoleError> {
    Ok(EndpointInput {
        name: settings.name.trim().to_owned(),
        environment: word("environment", &settings.environment)?,
        on_untrusted: word("on_untrusted", &settings.on_untrusted)?,
        forward_unsigned: is_ticked(&settings.forward_unsigned),
        confirm_before_forwarding: is_ticked(&settings.confirm_before_forwarding),
        digest_mode: word("digest_mode", &settings.digest_mode)?,
        static_header_name: settings.static_header_name.trim().to_owned(),
        static_header_value: settings.static_header_value,
        networks: settings.networks,
        rate_limit: settings.rate_limit.trim().to_owned(),
        refetch_event_types: is_ticked(&settings.has_refetch).then_some(settings.refetch_event_types),
    })
}

pub fn secret(value: Typed, label: String, not_before: &str, expires_at: &str) -> Result<SecretInput, ConsoleError> {
    Ok(SecretInput {
        value,
        label: label.trim().to_owned(),
        not_before: time("not_before", not_before)?,
        expires_at: time("expires_at", expires_at)?,
    })
}

/// Leads to the endpoint's page, which says what was done.
pub fn show_endpoint(id: EndpointId, done: &str) {
    leptos_axum::redirect(&format!("/endpoints/{id}?done={done}"));
}

/// Leads to where the endpoint's page says how far checking again has come.
pub fn show_reverify(id: EndpointId) {
    leptos_axum::redirect(&format!("/endpoints/{id}#check-again"));
}

/// Leads to where the endpoint's page says what is missing.
pub fn show_reconcile(id: EndpointId) {
    leptos_axum::redirect(&format!("/endpoints/{id}#never-arrived"));
}

/// A subject that someone typed again to say that it is meant.
pub fn same_subject(subject: &str, typed: &str) -> Result<Text, ConsoleError> {
    let subject = Text::new(subject).ok_or(ConsoleError::NotFound)?;
    if typed.trim() == subject.as_str().trim() {
        Ok(subject)
    } else {
        Err(invalid("typed", subjects::TYPED_OTHERWISE))
    }
}

/// One of the words that are known; `None` when nothing was chosen.
fn word<T: FromStr<Err = UnknownWord>>(field: &str, text: &str) -> Result<Option<T>, ConsoleError> {
    if text.is_empty() {
        return Ok(None);
    }
    text.parse()
        .map(Some)
        .map_err(|error: UnknownWord| invalid(field, &error.to_string()))
}

pub fn is_ticked(text: &str) -> bool {
    text == "true"
}

fn invalid(field: &str, message: &str) -> ConsoleError {
    ConsoleError::Invalid(vec![FieldError {
        field: field.to_owned(),
        message: message.to_owned(),
    }])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signing_in_leads_nowhere_but_into_this_console() {
        fn check(next: &str, leads_to: &str) {
            assert_eq!(local(next), leads_to, "{next}");
        }
        check(
            "/webhooks?verdict=invalid&from=2025-11-20T00%3A00%3A00Z",
            "/webhooks?verdict=invalid&from=2025-11-20T00%3A00%3A00Z",
        );
        check("/", "/");
        check("", "/");
        check("webhooks", "/");
        check("https://example.com/", "/");
        check("//example.com", "/");
        check("/\\example.com", "/");
        check("/\t/example.com", "/");
        check("/\n/example.com", "/");
        check(" //example.com", "/");
        check("/webhooks\r\nSet-Cookie: a=b", "/");
        check("/größe", "/");
        check("/sign-in?next=/users", "/");
    }

    #[test]
    fn the_second_step_remembers_where_to_go() {
        assert_eq!(second_step(""), "/sign-in/code");
        assert_eq!(
            second_step("/webhooks?q=a&b=c"),
            "/sign-in/code?next=%2Fwebhooks%3Fq%3Da%26b%3Dc"
        );
        assert_eq!(second_step("//example.com"), "/sign-in/code?next=%2F");
    }

    #[test]
    fn a_time_without_a_zone_is_utc() {
        fn check(text: &str, read: Result<Option<&str>, &str>) {
            let expected = read
                .map(|time| time.map(|time| Timestamp::parse(time).expect("a time")))
                .map_err(|field| invalid(field, forms::NOT_A_TIME));
            assert_eq!(time("from", text), expected, "{text}");
        }
        check("", Ok(None));
        check("2025-11-20T07:18", Ok(Some("2025-11-20T07:18:00Z")));
        check("2025-11-20T07:18:05.5", Ok(Some("2025-11-20T07:18:05.5Z")));
        check("2025-11-20T09:18:05+02:00", Ok(Some("2025-11-20T07:18:05Z")));
        check("tomorrow", Err("from"));
    }

    #[test]
    fn settings_are_read_and_a_word_that_is_unknown_is_told_at_its_field() {
        let form = Settings {
            name: " Persona production ".to_owned(),
            environment: "sandbox".to_owned(),
            forward_unsigned: "true".to_owned(),
            ..Settings::default()
        };
        let input = settings(form.clone()).expect("settings");
        assert_eq!(input.name, "Persona production");
        assert_eq!(input.environment, Some(model::Environment::Sandbox));
        assert_eq!(input.on_untrusted, None);
        assert!(input.forward_unsigned && !input.confirm_before_forwarding);

        let digest_mode = "md5".to_owned();
        let error = settings(Settings { digest_mode, ..form }).expect_err("an unknown word");
        assert_eq!(error, invalid("digest_mode", "unknown digest mode `md5`"));
    }

    #[test]
    fn event_types_are_only_set_where_the_form_asks_for_them() {
        let of = |has_refetch: &str| {
            let (has_refetch, refetch_event_types) = (has_refetch.to_owned(), "REVIEWED".to_owned());
            let form = Settings {
                has_refetch,
                refetch_event_types,
                ..Settings::default()
            };
            settings(form).expect("settings").refetch_event_types
        };
        assert_eq!(of("true").as_deref(), Some("REVIEWED"));
        assert_eq!(of(""), None);
    }

    #[test]
    fn a_subject_is_erased_only_when_it_was_typed_as_it_is() {
        let subject = Text::new("user-1042").expect("a text");
        assert_eq!(same_subject("user-1042", " user-1042 "), Ok(subject));
        assert_eq!(
            same_subject("user-1042", "user-1043"),
            Err(invalid("typed", subjects::TYPED_OTHERWISE))
        );
        assert_eq!(same_subject("", ""), Err(ConsoleError::NotFound));
    }

    #[test]
    fn a_password_that_was_typed_twice_must_be_the_same() {
        let typed = |text: &str| Typed(text.to_owned());
        assert!(repeated(typed("correct horse battery"), &typed("correct horse battery")).is_ok());
        let error = repeated(typed("correct horse battery"), &typed("")).expect_err("they differ");
        assert_eq!(error, invalid("repeat", forms::REPEAT_DIFFERS));
    }
}
