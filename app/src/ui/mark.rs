//! A provider's mark: a two-letter monogram in the provider's tint.

use leptos::prelude::*;
use model::{ProviderKey, ProviderMark};

/// The monogram. The tint is a presentation attribute and not a style, so that the page needs no `style-src` exception.
#[component]
pub fn Monogram(mark: ProviderMark, #[prop(default = "size-5")] class: &'static str) -> impl IntoView {
    let hue = mark.hue;
    view! {
        <svg class=format!("flex-none {class}") viewBox="0 0 20 20" aria-hidden="true">
            <rect
                width="20"
                height="20"
                rx="5"
                fill=format!("oklch(var(--mark-ground-l) var(--mark-ground-c) {hue})")
            ></rect>
            <text
                class="text-[8.8px] font-semibold tracking-[0.02em]"
                x="10"
                y="13.6"
                text-anchor="middle"
                fill=format!("oklch(var(--mark-text-l) var(--mark-text-c) {hue})")
            >
                {mark.monogram}
            </text>
        </svg>
    }
    .into_any()
}

/// The mark of a provider, or one made from its key when it is not registered any more.
pub fn find(providers: &[ProviderMark], key: &ProviderKey) -> ProviderMark {
    providers
        .iter()
        .find(|mark| mark.key == *key)
        .cloned()
        .unwrap_or_else(|| ProviderMark {
            key: key.clone(),
            title: key.to_string(),
            monogram: key.as_str().chars().take(2).collect::<String>().to_uppercase(),
            hue: 260,
        })
}
