use leptos::{ev, leptos_dom::helpers::window_event_listener, prelude::*, wasm_bindgen::JsCast};

/// Closes an open `<details data-menu>` on Escape and on a click elsewhere, as menus do.
#[island]
pub fn Menus() -> impl IntoView {
    Effect::new(move || {
        // The page lives as long as the listeners do, so the handles are let go.
        window_event_listener(ev::click, |event| {
            let target = event.target().and_then(|target| target.dyn_into::<web_sys::Node>().ok());
            close(|menu| !menu.contains(target.as_ref()));
        });
        window_event_listener(ev::keydown, |event| {
            if event.key() == "Escape" {
                close(|menu| {
                    focus_summary(menu);
                    true
                });
            }
        });
    });
}

/// Closes the open menus of which `which` says so.
fn close(which: impl Fn(&web_sys::Element) -> bool) {
    let Ok(menus) = document().query_selector_all("details[data-menu][open]") else {
        return;
    };
    for index in 0..menus.length() {
        if let Some(menu) = menus.item(index).and_then(|node| node.dyn_into::<web_sys::Element>().ok())
            && which(&menu)
        {
            let _ = menu.remove_attribute("open");
        }
    }
}

fn focus_summary(menu: &web_sys::Element) {
    let summary = menu.query_selector("summary").ok().flatten();
    if let Some(summary) = summary.and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok()) {
        let _ = summary.focus();
    }
}
