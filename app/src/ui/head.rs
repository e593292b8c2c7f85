//! The head of a page about one thing.

use leptos::prelude::*;

use super::icon::{Glyph, Icon};

/// The way back, what the thing is called, and what it is marked with.
#[component]
pub fn Head(
    /// Where the way back leads, and what is there.
    back: (&'static str, &'static str),
    #[prop(into)] heading: String,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    view! {
        <header class="pt-3 pb-4">
            <a class="-ml-0.75 inline-flex items-center gap-0.5 text-sm text-muted" href=back.0>
                <Icon glyph=Glyph::ChevronLeft />
                {back.1}
            </a>
            <div class="mt-1 flex flex-wrap items-center gap-x-2.5 gap-y-1.5">
                <h1 class="wrap-anywhere">{heading}</h1>
                {children.map(|children| children())}
            </div>
        </header>
    }
    .into_any()
}
