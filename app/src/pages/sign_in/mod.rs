//! Coming in: the password, the second step, and one-time links.

pub mod code;
pub mod link;
pub mod password;

use leptos::prelude::*;

use crate::{
    pages::parameter,
    port::visitor,
    text::words::Meaning,
    ui::{form::Form, icon::Glyph, notice::Notice},
    view::ConsoleError,
};

/// Where to go after signing in, as the address says.
fn next() -> String {
    parameter("next").unwrap_or_default()
}

/// Whoever is signed in has no business here.
fn lead_on() {
    if visitor().is_some() {
        leptos_axum::redirect("/webhooks");
    }
}

/// The form without its own sentence, and the sentence that fits better here.
fn with_sentence(mut form: Form, sentence: fn(&ConsoleError) -> Option<&'static str>) -> (Form, Option<AnyView>) {
    let Some(text) = form.error.as_ref().and_then(sentence) else {
        return (form, None);
    };
    form.error = None;
    let notice = view! {
        <div role="alert">
            <Notice meaning=Meaning::Bad glyph=Glyph::TriangleAlert text=text.to_owned() />
        </div>
    };
    (form, Some(notice.into_any()))
}
