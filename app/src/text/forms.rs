//! What forms say: their problems, and what belongs to no single page.

use model::FieldError;

use super::times::duration;
use crate::view::ConsoleError;

/// Above a form of which some fields cannot be taken.
pub const NOT_SAVED: &str = "Nothing was changed yet:";

/// Below a secret in a form that came back: it is kept nowhere, so that it is not found where it was kept.
pub const SECRET_LOST: &str = "What was typed here was not kept, because it may be secret: type it again.";

/// Above a form that came back, for who has no scripts to fill it in again.
pub const ALL_LOST: &str = "Without scripts nothing that was typed is kept: fill the form in again.";

/// Why the last try changed nothing, in a sentence.
pub fn problem(error: &ConsoleError) -> String {
    match error {
        ConsoleError::NotFound => "What this was meant for is gone. Load the page again.".to_owned(),
        ConsoleError::Unavailable => "The database does not answer now. Nothing was changed; try again in a moment.".to_owned(),
        ConsoleError::NotSignedIn => "The session has ended. Sign in again.".to_owned(),
        ConsoleError::Forbidden { needs } => super::states::forbidden(*needs),
        ConsoleError::SignInFailed => "That is not right. Check what you typed, and try again.".to_owned(),
        ConsoleError::Invalid(_) => NOT_SAVED.to_owned(),
        ConsoleError::Throttled { seconds } => throttled(*seconds),
        ConsoleError::BadRequest(message) | ConsoleError::Conflict(message) => sentence(message),
        ConsoleError::Transport(_) => "The form did not reach the server whole. Try again.".to_owned(),
    }
}

/// What is left of an error on a page that is open to everyone: fields and sentences that are known. It stands in the page's
/// address, which anyone can make up and send to somebody who then reads it as if the console had said it.
pub fn without_free_text(error: ConsoleError) -> ConsoleError {
    match error {
        ConsoleError::Invalid(errors) => {
            let known = errors.into_iter().filter_map(|error| {
                let message = match error.field.as_str() {
                    "email" => NOT_AN_ADDRESS,
                    "password" => NOT_A_PASSWORD,
                    "repeat" => REPEAT_DIFFERS,
                    _ => return None,
                };
                Some(FieldError {
                    message: message.to_owned(),
                    ..error
                })
            });
            ConsoleError::Invalid(known.collect())
        }
        ConsoleError::Conflict(_) => ConsoleError::Conflict(NOT_POSSIBLE.to_owned()),
        ConsoleError::BadRequest(_) | ConsoleError::Transport(_) => ConsoleError::Transport(String::new()),
        error => error,
    }
}

/// Said to someone who tried too often.
pub fn throttled(seconds: u64) -> String {
    let wait = duration(i64::try_from(seconds).unwrap_or(i64::MAX));
    format!("Too many tries. Wait {wait}, then try again.")
}

/// A message as errors are written, as a sentence for a person. It can come from an address that anyone made up, so it is
/// held to the length of a sentence.
pub fn sentence(message: &str) -> String {
    const LONGEST: usize = 240;
    let mut characters = message.trim().chars();
    let Some(first) = characters.next() else {
        return String::new();
    };
    let mut text: String = first.to_uppercase().chain(characters).take(LONGEST).collect();
    if !text.ends_with(['.', '!', '?', '…']) {
        text.push('.');
    }
    text
}

/// What a field without a limit or an end says.
pub const EMPTY_FOR_NONE: &str = "Empty for no limit.";
pub const EMPTY_FOR_EVER: &str = "In UTC. Empty: for ever.";

/// A password that is chosen: what it must have.
pub const PASSWORD_HINT: &str = "At least 12 characters. Length is what counts: a few words in a row are good.";
pub const PASSWORD_LENGTHS: (u32, u32) = (12, 256);
pub const REPEAT_DIFFERS: &str = "the two passwords are not the same";
const NOT_A_PASSWORD: &str = "a password has at least 12 and at most 256 characters";
const NOT_AN_ADDRESS: &str = "it is not an e-mail address such as ada@example.com";
const NOT_POSSIBLE: &str = "this is not possible any more: load the page again";
pub const NOT_A_DESTINATION: &str = "this is not one of the destinations";
pub const NOTHING_CHOSEN: &str = "no webhook is ticked: tick some in the list, then press the button again";
pub const NOT_OFFERED: &str = "this is none of the values that are offered";
pub const NOT_A_TIME: &str = "this is not a time such as 2025-11-20T08:30";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_errors_message_becomes_a_sentence() {
        assert_eq!(sentence("it is already going on"), "It is already going on.");
        assert_eq!(sentence(" Why? "), "Why?");
        assert_eq!(sentence(""), "");
        assert!(sentence(&"x".repeat(5_000)).chars().count() <= 241);
    }

    #[test]
    fn a_page_that_is_open_to_everyone_shows_no_text_of_others() {
        fn check(error: ConsoleError) {
            let shown = format!("{:?}", without_free_text(error));
            assert!(!shown.contains("call us"), "{shown}");
        }
        let said = || "call us".to_owned();
        let fault = |field: &str| FieldError {
            field: field.to_owned(),
            message: said(),
        };
        check(ConsoleError::BadRequest(said()));
        check(ConsoleError::Conflict(said()));
        check(ConsoleError::Transport(said()));
        let faults = ConsoleError::Invalid(vec![fault("password"), fault("call us"), fault("")]);
        let known = FieldError {
            message: NOT_A_PASSWORD.to_owned(),
            ..fault("password")
        };
        assert_eq!(without_free_text(faults), ConsoleError::Invalid(vec![known]));
        assert_eq!(without_free_text(ConsoleError::SignInFailed), ConsoleError::SignInFailed);
    }

    #[test]
    fn whoever_tried_too_often_learns_how_long_to_wait() {
        let error = ConsoleError::Throttled { seconds: 90 };
        assert_eq!(problem(&error), "Too many tries. Wait 1 min, then try again.");
    }
}
