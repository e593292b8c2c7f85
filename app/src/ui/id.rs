//! Ids and other long values: shortened where they stand, whole on hover and in the clipboard.

use leptos::prelude::*;

use crate::{islands::copy::CopyButton, text::words::short_id};

/// An id in its short form, with a button that copies the whole.
#[component]
pub fn Id(value: String, label: &'static str) -> impl IntoView {
    view! {
        <span class="copyable">
            <code title=value.clone()>{short_id(&value)}</code>
            <CopyButton value=value label=format!("Copy {label}") />
        </span>
    }
}

/// A whole value, such as an address, with a button that copies it.
#[component]
pub fn Copyable(value: String, label: &'static str) -> impl IntoView {
    view! {
        <span class="copyable">
            <code class="break-all">{value.clone()}</code>
            <CopyButton value=value label=format!("Copy {label}") />
        </span>
    }
}
