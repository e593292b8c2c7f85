//! What a page may load and run, said to the browser with every page.

use leptos::{nonce::use_nonce, prelude::use_context};
use leptos_axum::ResponseOptions;

/// Adds the `Content-Security-Policy` of the page that is being rendered: nothing but what the server itself serves, and
/// of the scripts in the page only those with its nonce. Payloads are strangers' text; this holds also where escaping it
/// should fail.
pub fn provide_content_security_policy() {
    let (Some(nonce), Some(response)) = (use_nonce(), use_context::<ResponseOptions>()) else {
        return;
    };
    let policy = format!(
        "default-src 'none'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self'; \
         connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    );
    if let Ok(policy) = policy.parse() {
        response.insert_header(http::header::CONTENT_SECURITY_POLICY, policy);
    }
}
