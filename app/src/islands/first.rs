use leptos::{
    leptos_dom::helpers::{IntervalHandle, set_interval_with_handle},
    prelude::*,
    task::spawn_local,
};
use model::{EndpointId, WebhookId};
use std::time::Duration;
use uuid::Uuid;

use crate::{
    api::{endpoints::is_waiting, webhooks::count_newer},
    text::endpoints::{ARRIVED, WAITING, WAITING_HINT},
};

const EVERY: Duration = Duration::from_secs(3);

/// Shows the log by itself once the first webhook is there.
#[island]
pub fn FirstWebhook() -> impl IntoView {
    Effect::new(move || {
        let ask = || {
            spawn_local(async {
                // Every id is newer than the one of zeros. A failure says nothing: the next time may succeed.
                if count_newer(String::new(), WebhookId(Uuid::nil()))
                    .await
                    .is_ok_and(|count| count > 0)
                {
                    let _ = window().location().reload();
                }
            });
        };
        // Without a timer the page still works by reloading it.
        let _ = set_interval_with_handle(ask, EVERY);
    });
}

const GROUND: &str = "flex flex-wrap items-center gap-x-2.5 gap-y-1 rounded-md px-3 py-2 text-sm";
const DOT: &str = "size-2 flex-none rounded-full";

/// Says that an endpoint waits for its first webhook, and turns green by itself once it has come.
#[island]
pub fn FirstOfEndpoint(endpoint: EndpointId) -> impl IntoView {
    let arrived = RwSignal::new(false);
    let timer = StoredValue::new(None::<IntervalHandle>);
    Effect::new(move || {
        let ask = move || {
            spawn_local(async move {
                if is_waiting(endpoint).await == Ok(false) {
                    arrived.set(true);
                    timer.update_value(|timer| {
                        if let Some(timer) = timer.take() {
                            timer.clear();
                        }
                    });
                }
            });
        };
        timer.set_value(set_interval_with_handle(ask, EVERY).ok());
    });
    let ground = move || {
        if arrived.get() {
            "bg-good-ground text-good"
        } else {
            "bg-sunken text-muted"
        }
    };
    let dot = move || {
        if arrived.get() {
            "bg-good"
        } else {
            "animate-pulse bg-attention"
        }
    };
    view! {
        <div class=move || format!("{GROUND} {}", ground()) role="status">
            <span class=move || format!("{DOT} {}", dot()) aria-hidden="true"></span>
            <strong class="font-strong">{move || if arrived.get() { ARRIVED } else { WAITING }}</strong>
            <span hidden=move || arrived.get()>{WAITING_HINT}</span>
            <a class="scripted:hidden" href=format!("/endpoints/{endpoint}")>"Look again"</a>
            <a href=format!("/webhooks?endpoint={endpoint}") hidden=move || !arrived.get()>"Show it"</a>
        </div>
    }
}
