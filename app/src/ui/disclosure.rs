//! What is only shown when it is asked for.

use leptos::prelude::*;

use crate::look::Look;

/// A button that opens what comes below it: the rest of a form, or the question whether something is really meant.
#[component]
pub fn Disclosure(
    #[prop(into)] label: String,
    #[prop(optional)] look: Look,
    /// What a screen reader says instead of the label, where the label alone does not name the thing.
    #[prop(optional, into)]
    says: Option<String>,
    #[prop(optional)] open: bool,
    children: Children,
) -> impl IntoView {
    view! {
        <details class="group/more min-w-0" open=open>
            <summary class=format!("{} select-none group-open/more:bg-hover", look.class()) aria-label=says>
                {label}
            </summary>
            <div class="mt-2 grid grid-cols-[minmax(0,1fr)] gap-3">{children()}</div>
        </details>
    }
    .into_any()
}

/// What belongs to the line above it.
#[component]
pub fn Inset(children: Children) -> impl IntoView {
    view! {
        <div class="grid grid-cols-[minmax(0,1fr)] gap-3 border-l-2 border-hairline pl-3.5">{children()}</div>
    }
    .into_any()
}
