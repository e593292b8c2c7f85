//! The document around every page.

use leptos::{config::LeptosOptions, nonce::use_nonce, prelude::*};
use leptos_meta::{HashedStylesheet, MetaTags};

use crate::{islands, routes::App};

/// The whole document. Inline scripts carry the response's nonce; there are no inline styles, so that a strict
/// `Content-Security-Policy` holds.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <meta name="referrer" content="same-origin" />
                <script nonce=use_nonce() inner_html=before_paint()></script>
                <HashedStylesheet id="style" options=options.clone() />
                <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
                <script type="speculationrules" nonce=use_nonce() inner_html=PREFETCH></script>
                <HydrationScripts options islands=true />
                <MetaTags />
            </head>
            <body>
                <App />
            </body>
        </html>
    }
}

/// What must run before the first paint: the theme that was chosen, and marks for the style sheet that scripts run here
/// and that a page is on its way.
fn before_paint() -> String {
    let theme = islands::theme::REMEMBERED_AS;
    format!(
        "(d=>{{d.dataset.js='';try{{const t=localStorage.getItem('{theme}');if(t==='light'||t==='dark')d.dataset.theme=t}}catch{{}}\
         window.navigation?.addEventListener('navigate',e=>{{\
         if(!e.destination.sameDocument&&e.downloadRequest===null)d.dataset.leaving=''}});\
         addEventListener('pageshow',()=>delete d.dataset.leaving)}})(document.documentElement)"
    )
}

/// Pages under the pointer are fetched ahead; bodies and exports, which are downloads, are not, and neither are pages that show
/// something once.
const PREFETCH: &str = r#"{"prefetch":[{"where":{"and":[{"href_matches":"/*"},{"not":{"href_matches":["/*/body","/subjects/*/export","/destinations/*","/users","/account","/sign-in*","/link/*"]}}]},"eagerness":"moderate"}]}"#;
