//! What is filled in and ticked.

use leptos::prelude::*;

/// The classes of an input in a [`Field`].
pub const INPUT: &str = "h-8 w-full rounded-md border border-hairline-strong bg-surface px-2 text-sm pointer-coarse:min-h-10";

/// The classes of a line in a menu, be it a link or a box to tick.
pub const CHOICE: &str = "flex min-h-8 cursor-pointer items-center gap-2 rounded-sm px-2 py-0.5 text-sm text-ink \
                          hover:bg-hover hover:no-underline pointer-coarse:min-h-10";

/// An input with its label above.
#[component]
pub fn Field(label: &'static str, children: Children) -> impl IntoView {
    view! {
        <label class="block px-2 py-1.5">
            <span class="mb-1 block text-xs leading-4 text-muted">{label}</span>
            {children()}
        </label>
    }
    .into_any()
}

/// A box to tick in a menu.
#[component]
pub fn Choice(name: &'static str, value: String, on: bool, children: Children) -> impl IntoView {
    view! {
        <label class=CHOICE>
            <input class="size-3.5 flex-none" type="checkbox" name=name value=value checked=on />
            {children()}
        </label>
    }
    .into_any()
}
