//! A sentence that must not be overlooked.

use leptos::prelude::*;

use super::{
    icon::{Glyph, Icon},
    meaning::{ground, ink},
};
use crate::text::words::Meaning;

#[component]
pub fn Notice(meaning: Meaning, glyph: Glyph, text: String) -> impl IntoView {
    let colours = format!("{} {}", ink(meaning), ground(meaning));
    view! {
        <p class=format!("mb-3 flex max-w-reading gap-2 rounded-md px-3 py-2 text-sm {colours}")>
            <Icon glyph class="mt-0.75 size-3.5" />
            <span>{text}</span>
        </p>
    }
    .into_any()
}
