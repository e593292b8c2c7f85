//! What stands where there is nothing to show.

use leptos::prelude::*;

use super::icon::{Glyph, Icon};
use crate::{
    text::states::{self, State},
    view::ConsoleError,
};

/// A heading, what to do, and the means to do it.
#[component]
pub fn Blank(state: State, glyph: Glyph, #[prop(optional)] children: Option<Children>) -> impl IntoView {
    view! {
        <section class="blank">
            <Icon glyph=glyph />
            <h2>{state.heading}</h2>
            <p>{state.advice}</p>
            {children.map(|children| children())}
        </section>
    }
}

/// What went wrong, with a link that tries `href` again.
#[component]
pub fn Failed(error: ConsoleError, href: String) -> impl IntoView {
    let glyph = match error {
        ConsoleError::NotFound => Glyph::FileQuestion,
        ConsoleError::BadRequest(_) => Glyph::TriangleAlert,
        ConsoleError::Unavailable | ConsoleError::Transport(_) => Glyph::ServerOff,
    };
    let again = matches!(error, ConsoleError::Unavailable | ConsoleError::Transport(_));
    view! {
        <Blank state=states::failed(&error) glyph>
            <a class="button" href=if again { href } else { "/webhooks".to_owned() }>
                {if again { "Try again" } else { "Show all webhooks" }}
            </a>
        </Blank>
    }
}
