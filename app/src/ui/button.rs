//! Buttons, and links that look like one.

use leptos::prelude::*;

use crate::look::Look;

/// A link that looks like a button.
#[component]
pub fn LinkButton(
    #[prop(into)] href: String,
    #[prop(optional)] look: Look,
    #[prop(optional)] rel: Option<&'static str>,
    /// Whether the browser saves what it leads to.
    #[prop(optional)]
    download: bool,
    children: Children,
) -> impl IntoView {
    view! {
        <a class=look.class() href=href rel=rel download=download>
            {children()}
        </a>
    }
    .into_any()
}

/// Sends the form that it stands in.
#[component]
pub fn SubmitButton(
    #[prop(optional)] look: Look,
    /// What a screen reader says where the text alone does not name the thing. It begins with the text.
    #[prop(optional, into)]
    says: Option<String>,
    children: Children,
) -> impl IntoView {
    view! {
        <button class=look.class_of_lines() type="submit" aria-label=says>
            {children()}
        </button>
    }
    .into_any()
}
