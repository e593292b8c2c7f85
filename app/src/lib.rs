//! The console: shell, routes, pages and islands, and the port that the server implements.

#[cfg(feature = "ssr")]
pub mod port;
pub mod view;

use leptos::prelude::*;
pub fn shell(options: LeptosOptions) -> impl IntoView {
    let _ = options;
    view! { <p>"x"</p> }
}
#[component]
pub fn App() -> impl IntoView {
    view! { <p>"x"</p> }
}
