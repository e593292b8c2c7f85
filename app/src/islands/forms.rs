use leptos::{ev, leptos_dom::helpers::window_event_listener, prelude::*, wasm_bindgen::JsCast};
use web_sys::{Element, Event, HtmlInputElement, HtmlSelectElement, HtmlTextAreaElement, Url, UrlSearchParams};

/// What is kept of a form begins so, followed by where the form posts to.
const KEPT: &str = "typed:";
const FIELDS: &str = "input[name]:not([type=password]):not([type=hidden]):not([autocomplete=one-time-code]),select[name],textarea[name]:not([data-secret])";

/// Keeps what was typed into the forms that have an id until they have succeeded, so that it is still there when a form
/// comes back with an error. Nothing secret is kept, and nothing longer than the tab. Then takes the error out of the
/// address, so that loading the page again does not show it again.
#[island]
pub fn KeepTyped() -> impl IntoView {
    Effect::new(move || {
        match failed() {
            Some(action) => restore(&action),
            None => forget(),
        }
        clean_address();
        // The page lives as long as the listener does, so its handle is let go.
        window_event_listener(ev::submit, |event: ev::SubmitEvent| keep(&event));
    });
}

/// The form of the page's address that came back with an error.
fn failed() -> Option<String> {
    address()?.search_params().get("__path")
}

fn address() -> Option<Url> {
    Url::new(&window().location().href().ok()?).ok()
}

fn clean_address() {
    let Some(address) = address() else { return };
    let parameters = address.search_params();
    if !parameters.has("__path") {
        return;
    }
    parameters.delete("__path");
    parameters.delete("__err");
    if let Ok(history) = window().history() {
        // Where the browser refuses, the address stays as it is.
        let _ = history.replace_state_with_url(&leptos::wasm_bindgen::JsValue::NULL, "", Some(&address.href()));
    }
}

fn keep(event: &Event) {
    let form = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    let (Some(form), Some(storage)) = (form, storage()) else {
        return;
    };
    let (Some(name), Ok(values)) = (kept_as(&form), UrlSearchParams::new()) else {
        return;
    };
    each_field(&form, |field| {
        if let (Some(name), Some(value)) = (field.get_attribute("name"), value(field)) {
            values.append(&name, &value);
        }
    });
    // A browser that keeps nothing is no failure: the form is sent all the same.
    let _ = storage.set_item(&name, &String::from(values.to_string()));
}

fn restore(action: &str) {
    let (Some(storage), Ok(forms)) = (storage(), document().query_selector_all("form[id]")) else {
        return;
    };
    for index in 0..forms.length() {
        let Some(form) = forms.item(index).and_then(|node| node.dyn_into::<Element>().ok()) else {
            continue;
        };
        if form.get_attribute("action").as_deref() != Some(action) {
            continue;
        }
        let kept = kept_as(&form).and_then(|name| storage.get_item(&name).ok().flatten());
        let Some(values) = kept.and_then(|kept| UrlSearchParams::new_with_str(&kept).ok()) else {
            continue;
        };
        // Several lines may have one name; they were kept in their order.
        let mut before: Vec<String> = Vec::new();
        each_field(&form, |field| {
            if let Some(name) = field.get_attribute("name") {
                let values: Vec<_> = values.get_all(&name).iter().filter_map(|value| value.as_string()).collect();
                set(field, &values, before.iter().filter(|other| **other == name).count());
                before.push(name);
            }
        });
    }
}

/// Where a form is kept; `None` for a form without an id. The attribute is asked, because the property of that name is a
/// field of the form where one is called `id`.
fn kept_as(form: &Element) -> Option<String> {
    let id = form.get_attribute("id").filter(|id| !id.is_empty())?;
    Some(format!("{KEPT}{id}"))
}

fn forget() {
    let Some(storage) = storage() else { return };
    let names = (0..storage.length().unwrap_or(0)).filter_map(|index| storage.key(index).ok().flatten());
    for name in names.filter(|name| name.starts_with(KEPT)).collect::<Vec<_>>() {
        let _ = storage.remove_item(&name);
    }
}

fn each_field(form: &Element, mut each: impl FnMut(&Element)) {
    let Ok(fields) = form.query_selector_all(FIELDS) else { return };
    for index in 0..fields.length() {
        if let Some(field) = fields.item(index).and_then(|node| node.dyn_into::<Element>().ok()) {
            each(&field);
        }
    }
}

/// What a field is filled in with; `None` for one that is not ticked.
fn value(field: &Element) -> Option<String> {
    if let Some(input) = field.dyn_ref::<HtmlInputElement>() {
        return (!is_ticked(input) || input.checked()).then(|| input.value());
    }
    if let Some(select) = field.dyn_ref::<HtmlSelectElement>() {
        return Some(select.value());
    }
    field.dyn_ref::<HtmlTextAreaElement>().map(HtmlTextAreaElement::value)
}

/// Fills a field in again: the one with so many of its name before it.
fn set(field: &Element, values: &[String], before: usize) {
    if let Some(input) = field.dyn_ref::<HtmlInputElement>() {
        if is_ticked(input) {
            input.set_checked(values.contains(&input.value()));
        } else if let Some(value) = values.get(before).filter(|_| input.value() == input.default_value()) {
            // What was typed before this ran is newer than what is kept.
            input.set_value(value);
        }
    } else if let (Some(select), Some(value)) = (field.dyn_ref::<HtmlSelectElement>(), values.get(before)) {
        select.set_value(value);
    } else if let (Some(lines), Some(value)) = (field.dyn_ref::<HtmlTextAreaElement>(), values.get(before))
        && lines.default_value().is_ok_and(|untouched| untouched == lines.value())
    {
        lines.set_value(value);
    }
}

fn is_ticked(input: &HtmlInputElement) -> bool {
    matches!(input.type_().as_str(), "checkbox" | "radio")
}

fn storage() -> Option<web_sys::Storage> {
    window().session_storage().ok().flatten()
}
