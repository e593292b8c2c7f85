use leptos::{leptos_dom::helpers::set_interval_with_handle, prelude::*, task::spawn_local};
use model::WebhookId;
use std::time::Duration;
use uuid::Uuid;

use crate::api::webhooks::count_newer;

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
