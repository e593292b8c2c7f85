//! Ids and other long values: shortened where they stand, whole on hover and in the clipboard.

use leptos::prelude::*;

use crate::{islands::copy::CopyButton, text::words::short_id};

const COPYABLE: &str = "inline-flex max-w-full min-w-0 items-center gap-1";

/// An id in its short form, with a button that copies the whole.
#[component]
pub fn Id(value: String, label: &'static str) -> impl IntoView {
    view! {
        <span class=COPYABLE>
            <code title=value.clone()>{short_id(&value)}</code>
            <CopyButton value=value label=format!("Copy {label}") />
        </span>
    }
    .into_any()
}

/// A whole value, such as an address, with a button that copies it.
#[component]
pub fn Copyable(value: String, label: &'static str) -> impl IntoView {
    view! {
        <span class=COPYABLE>
            <code class="wrap-anywhere">{value.clone()}</code>
            <CopyButton value=value label=format!("Copy {label}") />
        </span>
    }
    .into_any()
}

/// A value that is to be pasted somewhere, in a frame of its own.
#[component]
pub fn Command(value: String, label: &'static str) -> impl IntoView {
    view! {
        <div class="mt-2 max-w-full rounded-md border border-hairline bg-sunken py-2 pr-2 pl-3.5 text-left">
            <Copyable value label />
        </div>
    }
    .into_any()
}
