//! A framed part of a page.

use leptos::prelude::*;

#[component]
pub fn Card(
    title: &'static str,
    /// What links within the page lead to it by.
    #[prop(optional)]
    id: Option<&'static str>,
    children: Children,
) -> impl IntoView {
    view! {
        <section id=id class="min-w-0 scroll-mt-3 rounded-lg border border-hairline bg-surface px-3.5 py-3">
            <h2 class="mb-2">{title}</h2>
            {children()}
        </section>
    }
    .into_any()
}
