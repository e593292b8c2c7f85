use leptos::{
    leptos_dom::helpers::{IntervalHandle, set_interval_with_handle},
    prelude::*,
    task::spawn_local,
};
use model::{EndpointId, ReconcileProgress, ReconcileState};
use std::time::Duration;

use crate::{api::records::poll_reconcile, text::reconcile};

const EVERY: Duration = Duration::from_secs(1);

/// How far comparing has come, which follows by itself; when it ends, the page is loaded again. Without JavaScript it stands
/// as it was. How much there is to compare, nobody knows before the end, so there is no bar.
#[island]
pub fn Comparing(endpoint: EndpointId, progress: ReconcileProgress) -> impl IntoView {
    let now = RwSignal::new(progress);
    let timer = StoredValue::new(None::<IntervalHandle>);
    Effect::new(move || {
        let ask = move || {
            spawn_local(async move {
                // A failure says nothing: the next time may succeed.
                let Ok(Some(progress)) = poll_reconcile(endpoint).await else {
                    return;
                };
                let is_running = progress.state == ReconcileState::Running;
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
        <p class="flex items-center gap-2.5 text-sm">
            <span class="size-2 flex-none animate-pulse rounded-full bg-attention" aria-hidden="true"></span>
            {move || now.with(reconcile::progress)}
        </p>
    }
}
