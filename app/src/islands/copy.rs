use leptos::{leptos_dom::helpers::set_timeout, prelude::*};
use std::time::Duration;

/// A button that puts a value into the clipboard, and says so for a moment. Without JavaScript it is not shown.
#[island]
pub fn CopyButton(value: String, label: String) -> impl IntoView {
    let copied = RwSignal::new(false);
    let copy = move |_| {
        // Whether the browser allowed it is only known later; a refusal leaves the clipboard as it was.
        let _ = window().navigator().clipboard().write_text(&value);
        copied.set(true);
        set_timeout(move || copied.set(false), Duration::from_millis(1500));
    };
    view! {
        <button type="button" class="copy" class:copied=copied title=label.clone() aria-label=label on:click=copy>
            <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
                <rect class="copy-idle" width="14" height="14" x="8" y="8" rx="2"></rect>
                <path class="copy-idle" d="M4 16c-1.1 0-2-.9-2-2V4c0-1.1.9-2 2-2h10c1.1 0 2 .9 2 2"></path>
                <path class="copy-done" d="M20 6 9 17l-5-5"></path>
            </svg>
            <span class="sr-only" role="status">
                {move || if copied.get() { "copied" } else { "" }}
            </span>
        </button>
    }
}
