//! Headers of a request or of an answer: name above value; side by side where there is room.

use leptos::prelude::*;

const HEADER: &str = "block border-b border-hairline py-1.5 md:table-row";
const NAME: &str = "block text-left align-top font-normal wrap-anywhere text-muted md:table-cell md:w-65 md:py-1.5 md:pr-4";
const VALUE: &str = "block text-left align-top wrap-anywhere md:table-cell md:py-1.5";

#[component]
pub fn Headers(
    headers: Vec<(String, String)>,
    /// What is said where there are none.
    none: &'static str,
) -> impl IntoView {
    if headers.is_empty() {
        return view! { <p class="text-muted">{none}</p> }.into_any();
    }
    let rows = headers
        .into_iter()
        .map(|(name, value)| view! { <tr class=HEADER><th class=NAME scope="row">{name}</th><td class=VALUE>{value}</td></tr> });
    view! {
        <table class="w-full font-mono text-note">
            <tbody>{rows.collect_view()}</tbody>
        </table>
    }
    .into_any()
}
