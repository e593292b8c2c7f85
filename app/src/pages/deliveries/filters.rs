//! The filter as a plain form.

use leptos::prelude::*;
use model::{DeliveryFilter, DeliveryState, DestinationSummary, Timestamp};

use super::address;
use crate::{
    text::{filters::field, times},
    ui::{
        badge::DeliveryBadge,
        button::{LinkButton, SubmitButton},
        field::{Choice, Field, INPUT},
        form::hidden,
        menu::Menu,
    },
};

#[component]
pub fn Filters(filter: DeliveryFilter, destinations: Vec<DestinationSummary>) -> impl IntoView {
    let any = filter != DeliveryFilter::default();
    let states = DeliveryState::ALL
        .iter()
        .map(|state| {
            let on = filter.states.contains(state);
            view! { <Choice name="state" value=state.to_string() on><DeliveryBadge state=*state /></Choice> }
        })
        .collect_view();
    let destinations = destinations
        .into_iter()
        .map(|destination| {
            let on = filter.destinations.contains(&destination.id);
            view! { <Choice name="destination" value=destination.id.to_string() on>{destination.name}</Choice> }
        })
        .collect_view();
    let webhooks = filter
        .webhooks
        .iter()
        .map(|webhook| hidden("webhook", webhook))
        .collect_view();
    let time = |at: Option<Timestamp>| at.map(times::input).unwrap_or_default();
    let (from, to) = (time(filter.from), time(filter.to));
    view! {
        <form class="flex flex-wrap gap-1.5" method="get" action=address::LIST role="search" aria-label="Filter deliveries">
            <Choices name="state" chosen=filter.states.len()>{states}</Choices>
            <Choices name="destination" chosen=filter.destinations.len()>{destinations}</Choices>
            <Menu title="Time" chosen={filter.from.is_some() || filter.to.is_some()}>
                <Field label="Made from (UTC)">
                    <input class=INPUT type="datetime-local" name="from" step="any" value=from />
                </Field>
                <Field label="Made until (UTC)">
                    <input class=INPUT type="datetime-local" name="to" step="any" value=to />
                </Field>
            </Menu>
            {webhooks}
            <SubmitButton>"Filter"</SubmitButton>
            {any.then(|| view! { <LinkButton href=address::LIST>"Clear filters"</LinkButton> })}
        </form>
    }
    .into_any()
}

/// A menu of boxes to tick.
#[component]
fn Choices(name: &'static str, chosen: usize, children: Children) -> impl IntoView {
    view! {
        <Menu title=field(name) chosen={chosen > 0} count=chosen>
            <fieldset class="md:max-h-95 md:overflow-y-auto">
                <legend class="sr-only">{field(name)}</legend>
                {children()}
            </fieldset>
        </Menu>
    }
    .into_any()
}
