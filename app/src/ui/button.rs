//! Buttons, and links that look like one.

use leptos::prelude::*;

/// How loud a button is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Look {
    #[default]
    Plain,
    /// The one thing to do next.
    Accent,
    /// Plain, and something is chosen behind it.
    Chosen,
    /// A switch: quiet until it is pressed.
    Switch,
    /// There is nothing to press now.
    Off,
}

/// What all looks share, and one look.
macro_rules! button {
    ($look:literal) => {
        concat!(
            "inline-flex h-8 items-center justify-center gap-1.5 rounded-md border px-2.5 text-sm font-medium whitespace-nowrap ",
            "transition-colors hover:no-underline pointer-coarse:min-h-10 ",
            $look
        )
    };
}

/// The classes of a button, for an element that none of the components below is.
pub const fn class(look: Look) -> &'static str {
    match look {
        Look::Plain => button!("border-hairline-strong bg-surface text-ink hover:bg-hover"),
        Look::Accent => button!("border-accent-solid bg-accent-solid text-on-accent hover:bg-accent-solid-hover"),
        Look::Chosen => button!("border-hairline-strong bg-surface text-accent hover:bg-hover"),
        Look::Switch => button!("border-hairline-strong bg-surface text-muted hover:bg-hover aria-pressed:text-ink"),
        Look::Off => button!("cursor-default border-hairline text-muted"),
    }
}

/// A link that looks like a button.
#[component]
pub fn LinkButton(
    #[prop(into)] href: String,
    #[prop(optional)] rel: Option<&'static str>,
    /// Whether the browser saves what it leads to.
    #[prop(optional)]
    download: bool,
    children: Children,
) -> impl IntoView {
    view! {
        <a class=class(Look::Plain) href=href rel=rel download=download>
            {children()}
        </a>
    }
    .into_any()
}

/// Sends the form that it stands in.
#[component]
pub fn SubmitButton(#[prop(optional)] look: Look, children: Children) -> impl IntoView {
    view! {
        <button class=class(look) type="submit">
            {children()}
        </button>
    }
    .into_any()
}
