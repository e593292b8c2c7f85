use leptos::{leptos_dom::helpers::set_timeout, prelude::*};
use std::time::Duration;

const BUTTON: &str = "group/copy relative hidden size-6 flex-none place-items-center rounded-sm text-muted scripted:inline-grid \
                      hover:bg-hover hover:text-ink data-copied:text-good pointer-coarse:min-w-10";

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
        <button
            type="button"
            class=BUTTON
            data-copied=move || copied.get().then_some("")
            title=label.clone()
            aria-label=label
            on:click=copy
        >
            <svg
                class="size-3.25"
                viewBox="0 0 24 24"
                fill="none"
                stroke="currentColor"
                stroke-width="2"
                stroke-linecap="round"
                stroke-linejoin="round"
                aria-hidden="true"
            >
                <rect class="group-data-copied/copy:hidden" width="14" height="14" x="8" y="8" rx="2"></rect>
                <path class="group-data-copied/copy:hidden" d="M4 16c-1.1 0-2-.9-2-2V4c0-1.1.9-2 2-2h10c1.1 0 2 .9 2 2"></path>
                <path class="hidden group-data-copied/copy:block" d="M20 6 9 17l-5-5"></path>
            </svg>
            <span class="sr-only" role="status">
                {move || if copied.get() { "copied" } else { "" }}
            </span>
        </button>
    }
}
