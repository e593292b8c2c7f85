//! The way from a new install to the first webhook that is forwarded.

use leptos::prelude::*;

use crate::{
    text::{overview, words::Meaning},
    ui::{
        icon::Glyph,
        life::{LifeLine, Step},
    },
};

#[component]
pub fn Steps(has_endpoint: bool, has_destination: bool) -> impl IntoView {
    let look = |done: bool, is_next: bool, glyph: Glyph| match (done, is_next) {
        (true, _) => (Meaning::Good, Glyph::Check),
        (false, true) => (Meaning::Info, glyph),
        (false, false) => (Meaning::Neutral, glyph),
    };
    let (endpoint, endpoint_glyph) = look(has_endpoint, true, Glyph::Plus);
    let (webhook, webhook_glyph) = look(false, has_endpoint, Glyph::Webhook);
    let (destination, destination_glyph) = look(has_destination, false, Glyph::Send);
    view! {
        <LifeLine label=overview::FIRST_STEPS>
            <Step
                meaning=endpoint
                glyph=endpoint_glyph
                title=view! { <a class="text-ink" href="/endpoints">{overview::STEP_ENDPOINT}</a> }
                note=overview::STEP_ENDPOINT_NOTE
            />
            <Step meaning=webhook glyph=webhook_glyph title=overview::STEP_PASTE note=overview::STEP_PASTE_NOTE />
            <Step
                meaning=destination
                glyph=destination_glyph
                title=view! { <a class="text-ink" href="/destinations">{overview::STEP_DESTINATION}</a> }
                note=overview::STEP_DESTINATION_NOTE
            />
        </LifeLine>
    }
    .into_any()
}
