use leptos::prelude::*;

use super::answer;
use crate::{
    ui::{nav::Frame, state::Failed},
    view::ConsoleError,
};

/// Any address that names nothing.
#[component]
pub fn NotFound() -> impl IntoView {
    answer().failed(&ConsoleError::NotFound);
    view! {
        <Frame title="Not found" current=None>
            <h1 class="sr-only">"Not found"</h1>
            <Failed error=ConsoleError::NotFound href="/webhooks".to_owned() />
        </Frame>
    }
    .into_any()
}
