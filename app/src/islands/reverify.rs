use leptos::{
    leptos_dom::helpers::{IntervalHandle, set_interval_with_handle},
    prelude::*,
    task::spawn_local,
};
use model::{EndpointId, ReverifyProgress, ReverifyState};
use std::time::Duration;

use crate::{api::endpoints::poll_reverify, look::PROGRESS, text::endpoints::reverify};

const EVERY: Duration = Duration::from_secs(1);

/// How far checking again has come, which follows by itself; when it ends, the page is loaded again. Without JavaScript
/// it stands as it was.
#[island]
pub fn ReverifyBar(endpoint: EndpointId, progress: ReverifyProgress) -> impl IntoView {
    let now = RwSignal::new(progress);
    let timer = StoredValue::new(None::<IntervalHandle>);
    Effect::new(move || {
        let ask = move || {
            spawn_local(async move {
                // A failure says nothing: the next time may succeed.
                let Ok(Some(progress)) = poll_reverify(endpoint).await else {
                    return;
                };
                let is_running = progress.state == ReverifyState::Running;
                now.set(progress);
                if !is_running {
                    timer.update_value(|timer| {
                        if let Some(timer) = timer.take() {
                            timer.clear();
                        }
                    });
                    let _ = window().location().reload();
                }
            });
        };
        timer.set_value(set_interval_with_handle(ask, EVERY).ok());
    });
    view! {
        <progress
            class=PROGRESS
            aria-label="Checked"
            max=move || now.with(|now| now.total.max(now.checked).max(1).to_string())
            value=move || now.with(|now| now.checked.to_string())
        ></progress>
        <p class="mt-1.5 text-sm">{move || now.with(reverify)}</p>
    }
}
