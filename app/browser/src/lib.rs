//! What the browser loads: the islands of `app`, exported by being linked, and nothing else.

#[expect(unused_imports, reason = "linking the crate is what exports its islands")]
use app::*;

#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_islands();
}
