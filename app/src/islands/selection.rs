use leptos::{ev, leptos_dom::helpers::window_event_listener, prelude::*, wasm_bindgen::JsCast};
use web_sys::HtmlInputElement;

use crate::text::bulk::selected;

/// The boxes of the rows.
const BOXES: &str = "input[form=selection][type=checkbox]";

/// How many rows are ticked. Without JavaScript it says only what the buttons beside it are for.
#[island]
pub fn Selected() -> impl IntoView {
    let number = RwSignal::new(0);
    Effect::new(move || {
        let count = move || number.set(each(HtmlInputElement::checked));
        // A browser that comes back to the page remembers what was ticked.
        count();
        // The page lives as long as the listener does, so its handle is let go.
        window_event_listener(ev::change, move |_| count());
    });
    view! {
        <span role="status">
            {move || match number.get() {
                0 => "Selected:".to_owned(),
                number => selected(number),
            }}
        </span>
    }
}

/// Ticks every row of the page, or none. Without JavaScript it is not shown.
#[island]
pub fn SelectAll() -> impl IntoView {
    let all = RwSignal::new(false);
    let tick = move |_| {
        all.update(|all| *all = !*all);
        let on = all.get_untracked();
        each(|row| {
            row.set_checked(on);
            true
        });
        // What scripts tick makes no event, and who counts them listens for one.
        if let Ok(event) = web_sys::Event::new("change") {
            let _ = window().dispatch_event(&event);
        }
    };
    view! {
        <input
            class="hidden size-3.5 lg:scripted:block"
            type="checkbox"
            aria-label="Select all rows of this page"
            prop:checked=move || all.get()
            on:change=tick
        />
    }
}

/// Goes through the boxes, and says for how many `visit` was true.
fn each(visit: impl Fn(&HtmlInputElement) -> bool) -> u32 {
    let Ok(boxes) = document().query_selector_all(BOXES) else {
        return 0;
    };
    let boxes = (0..boxes.length()).filter_map(|index| boxes.item(index)?.dyn_into::<HtmlInputElement>().ok());
    u32::try_from(boxes.filter(|row| visit(row)).count()).unwrap_or(u32::MAX)
}
