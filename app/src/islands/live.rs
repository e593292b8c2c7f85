use leptos::{
    leptos_dom::helpers::{IntervalHandle, set_interval_with_handle},
    prelude::*,
    task::spawn_local,
};
use model::WebhookId;
use std::time::Duration;

use super::{remember, remembered};
use crate::{api::webhooks::count_newer, look::Look, text::actions::new_webhooks};

const EVERY: Duration = Duration::from_secs(3);
const REMEMBERED_AS: &str = "live";

const DOT: &str = "size-2 rounded-full inset-ring-[1.5px] inset-ring-muted \
                   group-aria-pressed/live:animate-pulse group-aria-pressed/live:bg-good group-aria-pressed/live:inset-ring-0";

/// Asks whether newer webhooks match, and offers to show them. While 'live' is on and the top of the list is in view,
/// it shows them by itself.
#[island]
pub fn Live(
    /// The page's filter as a query string.
    filter: String,
    /// The newest webhook on the page.
    after: WebhookId,
    /// Where the newest webhooks stand.
    href: String,
    /// Whether the page shows the newest ones.
    at_top: bool,
) -> impl IntoView {
    let live = RwSignal::new(false);
    let newer = RwSignal::new(0);
    let timer = StoredValue::new(None::<IntervalHandle>);
    Effect::new(move || {
        live.set(remembered(REMEMBERED_AS).is_some());
        let filter = filter.clone();
        let ask = move || {
            if document().hidden() {
                return;
            }
            let filter = filter.clone();
            spawn_local(async move {
                // A failure says nothing about the log: the next time may succeed.
                let Ok(count) = count_newer(filter, after).await else { return };
                newer.set(count);
                if count > 0 && at_top && live.get_untracked() && is_scrolled_to_top() {
                    let _ = window().location().reload();
                }
            });
        };
        timer.set_value(set_interval_with_handle(ask, EVERY).ok());
    });
    on_cleanup(move || {
        if let Some(timer) = timer.get_value() {
            timer.clear();
        }
    });
    let switch = move |_| {
        live.update(|live| *live = !*live);
        remember(REMEMBERED_AS, live.get_untracked().then_some("on"));
    };
    view! {
        <span class="ml-auto hidden items-center gap-2 scripted:inline-flex">
            <a class=Look::Accent.class() href=href hidden=move || newer.get() == 0>
                {move || new_webhooks(newer.get())}
            </a>
            <button
                type="button"
                class=format!("group/live {}", Look::Switch.class())
                aria-pressed=move || live.get().to_string()
                title="Show new webhooks as they come"
                on:click=switch
            >
                <span class=DOT aria-hidden="true"></span>
                "live"
            </button>
        </span>
    }
}

/// Reloading under someone who has scrolled down, or is choosing a filter, would take away what they look at.
fn is_scrolled_to_top() -> bool {
    let in_menu = document().query_selector("details[data-menu][open]").ok().flatten().is_some();
    !in_menu && window().scroll_y().is_ok_and(|scrolled| scrolled < 40.0)
}
