use leptos::{
    leptos_dom::helpers::{IntervalHandle, set_interval_with_handle},
    prelude::*,
    task::spawn_local,
};
use model::{Resend, ResendState};
use std::time::Duration;

use crate::{
    api::deliveries::poll_bulk,
    look::PROGRESS,
    text::bulk::{bar, progress},
};

const EVERY: Duration = Duration::from_secs(1);

/// How far a bulk resend is, which follows by itself; when it ends, the page is loaded again. Without JavaScript it stands
/// as it was.
#[island]
pub fn BulkBar(resend: Resend) -> impl IntoView {
    let id = resend.id;
    let runs = is_under_way(&resend);
    let label = bar(resend.action);
    let now = RwSignal::new(resend);
    let timer = StoredValue::new(None::<IntervalHandle>);
    Effect::new(move || {
        if !runs {
            return;
        }
        let ask = move || {
            spawn_local(async move {
                // A failure says nothing: the next time may succeed.
                let Ok(resend) = poll_bulk(id).await else { return };
                let goes_on = is_under_way(&resend);
                now.set(resend);
                if !goes_on {
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
        <div>
            <progress
                class=PROGRESS
                aria-label=label
                max=move || now.with(|now| most(now).to_string())
                value=move || now.with(|now| (now.done + now.failed).to_string())
            ></progress>
            <p class="mt-1.5 text-sm">{move || now.with(progress)}</p>
        </div>
    }
}

/// How many deliveries it comes to, as far as that is known: until all webhooks were dealt with, at least one of each is
/// expected.
fn most(resend: &Resend) -> u64 {
    let expected = match resend.state {
        ResendState::Running => resend.count,
        ResendState::Done | ResendState::Cancelled => 1,
    };
    resend.deliveries.max(resend.done + resend.failed).max(expected)
}

/// Its deliveries are counted until the last has ended.
fn is_under_way(resend: &Resend) -> bool {
    match resend.state {
        ResendState::Running => true,
        ResendState::Done | ResendState::Cancelled => false,
    }
}
