//! The links to the rows on either side of a page of a list.

use leptos::prelude::*;

use super::{
    button::LinkButton,
    icon::{Glyph, Icon},
};
use crate::look::Look;

/// `newest` is where the list begins; it is offered once there is something newer.
#[component]
pub fn Paging(newest: String, newer: Option<String>, older: Option<String>) -> impl IntoView {
    if newer.is_none() && older.is_none() {
        return ().into_any();
    }
    let newest = newer.is_some().then_some(newest);
    view! {
        <nav class="flex items-center justify-end gap-2 py-4 print:hidden" aria-label="Pages">
            <span class="mr-auto">{newest.map(|href| view! { <LinkButton href>"Newest"</LinkButton> })}</span>
            {step(newer, "prev", view! { <Icon glyph=Glyph::ChevronLeft /> "Newer" }.into_any())}
            {step(older, "next", view! { "Older" <Icon glyph=Glyph::ChevronRight /> }.into_any())}
        </nav>
    }
    .into_any()
}

/// A link, or the same without an address when there is nothing on that side.
fn step(href: Option<String>, rel: &'static str, label: AnyView) -> AnyView {
    match href {
        Some(href) => view! { <LinkButton href rel>{label}</LinkButton> }.into_any(),
        None => view! { <span class=Look::Off.class() aria-disabled="true">{label}</span> }.into_any(),
    }
}
