use leptos::{prelude::*, wasm_bindgen::JsCast};

/// Puts the instant in the viewer's own zone and manner into the title of each `<time>` of the page, and keeps UTC
/// beside it.
#[island]
pub fn LocalTimes() -> impl IntoView {
    Effect::new(move || {
        let Ok(times) = document().query_selector_all("time[datetime]") else {
            return;
        };
        for index in 0..times.length() {
            let Some(element) = times.item(index).and_then(|node| node.dyn_into::<web_sys::Element>().ok()) else {
                continue;
            };
            let (Some(at), Some(utc)) = (element.get_attribute("datetime"), element.get_attribute("title")) else {
                continue;
            };
            let local = js_sys::Date::new(&at.into()).to_locale_string("default", &js_sys::Object::new());
            // Only fails for names that are not attributes.
            let _ = element.set_attribute("title", &format!("{}\n{utc}", String::from(local)));
        }
    });
}
