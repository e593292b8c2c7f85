//! What needs a person.

use leptos::prelude::*;
use model::{DeliveryState, HealthState, Timestamp};

use crate::{
    pages::{deliveries::address as delivery_address, destinations::address as destination_address},
    text::{
        overview::{self, Matter},
        words::Meaning,
    },
    ui::{
        icon::{Glyph, Icon},
        meaning::{ground, ink},
    },
    view::Need,
};

#[component]
pub fn Needs(needs: Vec<Need>, now: Timestamp) -> impl IntoView {
    if needs.is_empty() {
        return view! { <Calm /> }.into_any();
    }
    let entries = needs.into_iter().map(|need| view! { <Entry need now /> }).collect_view();
    view! {
        <section aria-labelledby="needs">
            <h2 class="pb-2" id="needs">"Needs you"</h2>
            <ul class="border-t border-hairline">{entries}</ul>
        </section>
    }
    .into_any()
}

#[component]
fn Calm() -> impl IntoView {
    let colours = format!("{} {}", ink(Meaning::Good), ground(Meaning::Good));
    view! {
        <section class="flex items-center gap-3 rounded-lg border border-hairline bg-surface px-3.5 py-3">
            <span class=format!("grid size-8 flex-none place-items-center rounded-full {colours}")>
                <Icon glyph=Glyph::CircleCheck class="size-4.5" />
            </span>
            <div>
                <h2>{overview::NOTHING}</h2>
                <p class="text-sm text-muted">{overview::NOTHING_DETAIL}</p>
            </div>
        </section>
    }
    .into_any()
}

const ENTRY: &str = "relative grid grid-cols-[auto_minmax(0,1fr)] items-center gap-x-3 gap-y-1 border-b border-hairline py-2.5 \
                     hover:bg-hover sm:grid-cols-[auto_minmax(0,1fr)_auto]";
/// The whole line is the link.
const LINK: &str = "text-sm font-medium max-sm:col-start-2 after:absolute after:inset-0";

#[component]
fn Entry(need: Need, now: Timestamp) -> impl IntoView {
    let Matter { heading, detail, link } = overview::need(&need, now);
    let (meaning, glyph) = look(&need);
    let colours = format!("{} {}", ink(meaning), ground(meaning));
    view! {
        <li class=ENTRY>
            <span class=format!("grid size-8 place-items-center rounded-full {colours}")>
                <Icon glyph class="size-4" />
            </span>
            <div class="min-w-0">
                <h3 class="font-strong wrap-anywhere">{heading}</h3>
                <p class="max-w-reading text-sm text-muted">{detail}</p>
            </div>
            <a class=LINK href=leads_to(&need)>{link}</a>
        </li>
    }
    .into_any()
}

const fn look(need: &Need) -> (Meaning, Glyph) {
    match need {
        Need::Failed { .. } => (Meaning::Bad, Glyph::X),
        Need::DestinationDisabled(_) => (Meaning::Bad, Glyph::ServerOff),
        Need::DestinationFailing(destination) => match destination.health.state() {
            HealthState::Down => (Meaning::Bad, Glyph::ServerOff),
            HealthState::Failing | HealthState::Good => (Meaning::Attention, Glyph::TriangleAlert),
        },
        Need::Held { .. } => (Meaning::Attention, Glyph::Pause),
        Need::EndpointWithoutSecret(_) => (Meaning::Attention, Glyph::KeyRound),
        Need::SecretEndsSoon(_) => (Meaning::Attention, Glyph::ClockAlert),
    }
}

fn leads_to(need: &Need) -> String {
    match need {
        Need::Failed { .. } => delivery_address::in_states(&[DeliveryState::Failed], None),
        Need::Held { .. } => delivery_address::in_states(&[DeliveryState::Held], None),
        Need::DestinationDisabled(destination) | Need::DestinationFailing(destination) => {
            destination_address::destination(destination.id)
        }
        Need::EndpointWithoutSecret(endpoint) | Need::SecretEndsSoon(endpoint) => {
            format!("/endpoints/{}#secrets", endpoint.id)
        }
    }
}
