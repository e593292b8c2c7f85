//! The addresses of subjects. A subject is whatever the provider echoes, so every character of it that means something in an
//! address is written as a percent sign and its bytes.

use leptos::prelude::use_context;
use leptos_router::location::{RequestUrl, Url};
use model::Text;

pub const LIST: &str = "/subjects";

/// The page of a subject.
pub fn subject(subject: &Text) -> String {
    let escaped = escaped(subject);
    if is_relative(subject) {
        format!("{LIST}?subject={escaped}")
    } else {
        format!("{LIST}/{escaped}")
    }
}

/// Everything of a subject as a file; `None` where no address can name it.
pub fn export(subject: &Text) -> Option<String> {
    (!is_relative(subject)).then(|| format!("{LIST}/{}/export", escaped(subject)))
}

/// What browsers take for the place where they are or the one above it, however it is written.
pub fn is_relative(subject: &Text) -> bool {
    matches!(subject.as_str(), "." | "..")
}

/// What the address of a subject's page names. Taken before the page waits for anything.
pub fn named() -> String {
    // The router hands out what it decoded twice, which is another subject where a percent sign is part of it.
    use_context::<RequestUrl>().map_or_else(String::new, |url| in_path(url.as_ref()))
}

fn in_path(url: &str) -> String {
    let path = url.split(['?', '#']).next().unwrap_or_default();
    let last = path.rsplit('/').next().unwrap_or_default();
    Url::unescape(last)
}

/// The subject of that very name; `None` where no provider can have sent it.
pub fn exact(given: &str) -> Option<Text> {
    // What is left of a longer one is the name of somebody else.
    Text::new(given).filter(|subject| subject.as_str() == given)
}

fn escaped(subject: &Text) -> String {
    // Whatever is no letter or digit is escaped; what an address may hold as it is, is easier to read so.
    let plain = [("%2D", "-"), ("%5F", "_"), ("%2E", "."), ("%7E", "~")];
    let escaped = Url::escape(subject.as_str());
    plain
        .into_iter()
        .fold(escaped, |text, (escaped, plain)| text.replace(escaped, plain))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subject_is_one_part_of_the_address_whatever_is_in_it() {
        fn check(text: &str, address: &str) {
            assert_eq!(subject(&Text::new(text).expect("a text")), address);
        }
        check("user-1042", "/subjects/user-1042");
        check("50%2D", "/subjects/50%252D");
        check("a/b?c#d%e&f", "/subjects/a%2Fb%3Fc%23d%25e%26f");
        check("größe ✓", "/subjects/gr%C3%B6%C3%9Fe%20%E2%9C%93");
        check("..", "/subjects?subject=..");
        assert_eq!(export(&Text::new("..").expect("a text")), None);
        assert_eq!(
            export(&Text::new("a/b").expect("a text")).as_deref(),
            Some("/subjects/a%2Fb/export")
        );
    }

    #[test]
    fn an_address_is_decoded_once() {
        fn check(text: &str) {
            let kept = exact(text).expect("a text");
            let url = format!("http://localhost{}?done=refetched", subject(&kept));
            assert_eq!(in_path(&url), text);
        }
        check("a%2Fb");
        check("a/b?c#d%e&f+g");
        check("50%");
        check(" größe ✓ ");
    }

    #[test]
    fn a_name_that_would_lose_something_names_nobody() {
        assert_eq!(exact("ann\nlee"), None);
        assert_eq!(exact(""), None);
    }
}
