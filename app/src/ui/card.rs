//! A framed part of a page.

use leptos::prelude::*;

#[component]
pub fn Card(title: &'static str, children: Children) -> impl IntoView {
    view! {
        <section class="rounded-lg border border-hairline bg-surface px-3.5 py-3">
            <h2 class="mb-2">{title}</h2>
            {children()}
        </section>
    }
    .into_any()
}
