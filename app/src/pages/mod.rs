//! The pages, by noun and verb. A page reads its address, asks the port once and shows what came back.

#![expect(clippy::needless_pass_by_value, reason = "a component owns its properties")]

pub mod account;
pub mod audit;
pub mod deliveries;
pub mod destinations;
pub mod endpoints;
pub mod not_found;
pub mod overview;
pub mod resends;
pub mod shown_once;
pub mod sign_in;
pub mod subjects;
pub mod users;
pub mod webhooks;

use leptos::{
    prelude::*,
    server_fn::{ServerFn, error::ServerFnUrlError},
};
use leptos_axum::ResponseOptions;
use leptos_router::{
    hooks::{use_location, use_query_map},
    location::Url,
};

use crate::{
    port::visitor,
    text::{done, forms, words::Meaning},
    ui::{form::Form, icon::Glyph, notice::Notice},
    view::ConsoleError,
};

/// The query of the page's address as it was sent, without `?`.
fn query() -> String {
    use_location().search.get_untracked()
}

/// A parameter of the page's query. For what may hold a percent sign: the router decodes it twice.
fn parameter(name: &str) -> Option<String> {
    parameter_of(&query(), name)
}

fn parameter_of(query: &str, name: &str) -> Option<String> {
    let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    let (_, value) = pairs.find(|(given, _)| *given == name)?;
    Some(Url::unescape(&value.replace('+', " ")))
}

/// The address of the page with its query.
fn here() -> String {
    let location = use_location();
    let (path, query) = (location.pathname.get_untracked(), location.search.get_untracked());
    if query.is_empty() { path } else { format!("{path}?{query}") }
}

/// What the last form that was sent from this page came back with: it stands in the address. Taken before the page waits
/// for anything.
#[derive(Debug, Clone, Default)]
pub struct Tried {
    action: String,
    error: Option<ConsoleError>,
}

fn tried() -> Tried {
    let query = use_query_map().get_untracked();
    let error = query.get("__err").map(|error| ServerFnUrlError::decode_err(&error));
    Tried {
        action: query.get("__path").unwrap_or_default(),
        error: match visitor() {
            Some(_) => error,
            None => error.map(forms::without_free_text),
        },
    }
}

impl Tried {
    /// The form that calls the server function `F`, with what is wrong if it was this one that came back.
    fn form<F: ServerFn>(&self, id: impl Into<String>) -> Form {
        Form {
            id: id.into(),
            action: F::PATH,
            error: self.error.clone().filter(|_| self.action == F::PATH),
        }
    }

    /// A form that stands on the page several times: what is wrong is said at the top of the page instead.
    fn small_form<F: ServerFn>(&self) -> Form {
        Form {
            error: None,
            ..self.form::<F>("")
        }
    }

    /// What went wrong with a form that does not say so itself.
    fn problem(&self, said_by_themselves: &[&str]) -> Option<AnyView> {
        let form = Form {
            id: String::new(),
            action: "",
            error: self
                .error
                .clone()
                .filter(|_| !said_by_themselves.contains(&self.action.as_str())),
        };
        form.problem()
    }
}

/// The sentence of what was just done, if the address names one. Taken before the page waits for anything.
fn done() -> Option<AnyView> {
    let sentence = done::done(&use_query_map().get_untracked().get("done")?)?;
    let notice = view! {
        <div role="status">
            <Notice meaning=Meaning::Good glyph=Glyph::Check text=sentence />
        </div>
    };
    Some(notice.into_any())
}

/// What lets a page answer with another status than 200. Taken before the page waits for anything.
#[derive(Clone)]
pub struct Answer(Option<ResponseOptions>);

fn answer() -> Answer {
    Answer(use_context())
}

impl Answer {
    /// The status that goes with an error.
    fn failed(&self, error: &ConsoleError) {
        let status = match error {
            ConsoleError::NotFound => 404,
            ConsoleError::BadRequest(_) | ConsoleError::Invalid(_) => 400,
            ConsoleError::NotSignedIn | ConsoleError::SignInFailed => 401,
            ConsoleError::Forbidden { .. } => 403,
            ConsoleError::Conflict(_) => 409,
            ConsoleError::Throttled { .. } => 429,
            ConsoleError::Unavailable => 503,
            ConsoleError::Transport(_) => 502,
        };
        self.status(status);
    }

    fn status(&self, status: u16) {
        if let Some(options) = &self.0 {
            options.set_status(status.try_into().expect("the numbers above are statuses"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_is_decoded_once() {
        fn check(query: &str, name: &str, found: Option<&str>) {
            assert_eq!(parameter_of(query, name).as_deref(), found);
        }
        check("subject=a%252Fb", "subject", Some("a%2Fb"));
        check("done=x&subject=+ann+lee%2B", "subject", Some(" ann lee+"));
        check("next=%2Fsubjects%2Fa%25252Fb", "next", Some("/subjects/a%252Fb"));
        check("subjects=7", "subject", None);
    }
}
