//! What stands where there is nothing to show.

use leptos::prelude::*;

use super::{
    button::LinkButton,
    icon::{Glyph, Icon},
};
use crate::{
    text::states::{self, State},
    view::ConsoleError,
};

/// A heading, what to do, and the means to do it.
#[component]
pub fn Blank(state: State, glyph: Glyph, #[prop(optional)] children: Option<Children>) -> impl IntoView {
    view! {
        <section class="mx-auto grid max-w-160 justify-items-center gap-2 py-18 text-center">
            <Icon glyph class="mb-1 size-7 stroke-[1.5] text-muted" />
            <h2 class="text-lg leading-6">{state.heading}</h2>
            <p class="max-w-[56ch] wrap-anywhere text-muted">{state.advice}</p>
            {children.map(|children| children())}
        </section>
    }
    .into_any()
}

/// What went wrong, with a link that tries `href` again.
#[component]
pub fn Failed(error: ConsoleError, href: String) -> impl IntoView {
    let glyph = match error {
        ConsoleError::NotFound => Glyph::FileQuestion,
        ConsoleError::NotSignedIn | ConsoleError::Forbidden { .. } | ConsoleError::SignInFailed => Glyph::Lock,
        ConsoleError::BadRequest(_) | ConsoleError::Invalid(_) | ConsoleError::Conflict(_) | ConsoleError::Throttled { .. } => {
            Glyph::TriangleAlert
        }
        ConsoleError::Unavailable | ConsoleError::Transport(_) => Glyph::ServerOff,
    };
    let (href, label) = match error {
        ConsoleError::Unavailable | ConsoleError::Transport(_) | ConsoleError::Conflict(_) | ConsoleError::Throttled { .. } => {
            (href, "Try again")
        }
        ConsoleError::NotSignedIn | ConsoleError::SignInFailed => ("/sign-in".to_owned(), "Sign in"),
        _ => ("/webhooks".to_owned(), "Show all webhooks"),
    };
    view! {
        <Blank state=states::failed(&error) glyph>
            <div class="mt-2 flex">
                <LinkButton href>{label}</LinkButton>
            </div>
        </Blank>
    }
    .into_any()
}
