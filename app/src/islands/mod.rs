//! What runs in the browser. Each island makes a page quicker that works without it.

pub mod bulk;
pub mod copy;
pub mod first;
pub mod forms;
pub mod live;
pub mod local_times;
pub mod menus;
pub mod reconcile;
pub mod reverify;
pub mod selection;
pub mod test;
pub mod theme;

/// What is remembered in the browser under a name; `None` where the browser remembers nothing.
fn remembered(name: &str) -> Option<String> {
    storage()?.get_item(name).ok().flatten()
}

/// Remembers a value, or forgets it. A browser that keeps nothing is no failure: the choice lasts for the page then.
fn remember(name: &str, value: Option<&str>) {
    let Some(storage) = storage() else { return };
    let _ = match value {
        Some(value) => storage.set_item(name, value),
        None => storage.remove_item(name),
    };
}

fn storage() -> Option<web_sys::Storage> {
    leptos::prelude::window().local_storage().ok().flatten()
}
