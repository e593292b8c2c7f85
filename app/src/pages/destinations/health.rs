//! How a destination does: a mark, a sentence, and what waits or failed.

use leptos::prelude::*;
use model::{DeliveryState, DestinationSummary, DisabledReason, HealthState, Timestamp};

use crate::{
    pages::deliveries::address,
    text::{destinations, words::Meaning},
    ui::{badge::Mark, icon::Glyph},
};

#[component]
pub fn HealthMark(destination: DestinationSummary) -> impl IntoView {
    let (text, meaning) = destinations::health_word(&destination);
    view! { <Mark meaning glyph=glyph(&destination, meaning) text /> }.into_any()
}

const fn glyph(destination: &DestinationSummary, meaning: Meaning) -> Glyph {
    match (&destination.disabled, destination.health.state()) {
        (Some(disabled), _) => match disabled.reason {
            DisabledReason::Person => Glyph::Pause,
            DisabledReason::Gone | DisabledReason::Failing => Glyph::ServerOff,
        },
        (None, HealthState::Down) if destination.health.is_slowed_down() => Glyph::Hourglass,
        (None, HealthState::Down) => Glyph::ServerOff,
        (None, HealthState::Failing) => Glyph::TriangleAlert,
        (None, HealthState::Good) => match meaning {
            Meaning::Good => Glyph::Check,
            _ => Glyph::CircleDashed,
        },
    }
}

/// The sentence that matters most: why it gets nothing, else how it does.
pub fn sentence(destination: &DestinationSummary, now: Timestamp) -> String {
    match &destination.disabled {
        Some(disabled) => destinations::disabled(disabled, now),
        None => destinations::health(&destination.health, now),
    }
}

/// Whether the overview lists it among what needs a person.
pub const fn is_trouble(destination: &DestinationSummary) -> bool {
    match &destination.disabled {
        Some(disabled) => !matches!(disabled.reason, DisabledReason::Person),
        None => destination.health.wants_person(),
    }
}

/// What waits and what failed, each with the link to it.
#[component]
pub fn Queue(destination: DestinationSummary) -> impl IntoView {
    let link = |states: &[DeliveryState], text: String, class: &'static str| {
        let href = address::in_states(states, Some(destination.id));
        view! { <a class=class href=href>{text}</a> }
    };
    let waiting = (destination.waiting > 0).then(|| {
        let states = [DeliveryState::Pending, DeliveryState::Delivering];
        link(&states, destinations::waiting(destination.waiting), "text-ink")
    });
    let failed =
        (destination.failed > 0).then(|| link(&[DeliveryState::Failed], destinations::failed(destination.failed), "text-bad"));
    view! {
        {waiting}
        {failed}
    }
    .into_any()
}
