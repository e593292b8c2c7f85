//! Names and values.

use leptos::prelude::*;

/// A list of [`Fact`]s as wide as what it stands in.
#[component]
pub fn Facts(children: Children) -> impl IntoView {
    view! { <dl class="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1 text-sm">{children()}</dl> }.into_any()
}

/// The same where there is room, as wide as one reads.
#[component]
pub fn WideFacts(children: Children) -> impl IntoView {
    view! {
        <dl class="grid max-w-reading grid-cols-[minmax(96px,auto)_minmax(0,1fr)] gap-x-4 gap-y-1 text-sm">{children()}</dl>
    }
    .into_any()
}

#[component]
pub fn Fact(name: &'static str, children: Children) -> impl IntoView {
    view! {
        <dt class="text-muted">{name}</dt>
        <dd class="min-w-0 wrap-anywhere">{children()}</dd>
    }
    .into_any()
}
