//! What became of something, step by step.

use leptos::prelude::*;

use super::{
    icon::{Glyph, Icon},
    meaning::{ground, ink},
};
use crate::text::words::Meaning;

/// A list of [`Step`]s, and a sentence below them where there is more to say.
#[component]
pub fn LifeLine(
    #[prop(default = "Life line")] label: &'static str,
    #[prop(optional, into)] note: String,
    children: Children,
) -> impl IntoView {
    view! {
        <section class="border-y border-hairline py-3.5" aria-label=label>
            <ol class="flex flex-col gap-3 md:flex-row md:flex-wrap md:gap-x-0">{children()}</ol>
            {(!note.is_empty()).then(|| view! { <p class="mt-2.5 text-sm text-muted">{note}</p> })}
        </section>
    }
    .into_any()
}

/// Leads from one step to the next.
const LINE: &str = "absolute -bottom-2.5 left-3.5 h-2 w-px bg-hairline-strong group-last/step:hidden \
                    md:top-5 md:right-4.5 md:bottom-auto md:left-auto md:h-px md:w-12";

/// A step of the way: what happened, and what is to be known of it.
#[component]
pub fn Step(meaning: Meaning, glyph: Glyph, title: impl IntoView, note: impl IntoView) -> impl IntoView {
    let colours = format!("{} {}", ink(meaning), ground(meaning));
    view! {
        <li class="group/step relative grid grid-cols-[auto_1fr] gap-x-2.5 md:pr-21 md:last:pr-0">
            <span class=format!("row-span-2 grid size-7 place-items-center self-center rounded-full {colours}")>
                <Icon glyph />
            </span>
            <span class="text-sm font-strong">{title}</span>
            <span class="text-note text-muted">{note}</span>
            <span class=LINE aria-hidden="true"></span>
        </li>
    }
    .into_any()
}
