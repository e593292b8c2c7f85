//! The filter as a plain form: its fields are the address's parameters, and several boxes of one field are alternatives.

use leptos::prelude::*;
use model::{CatalogueEvent, DeliveryState, EndpointSummary, Outcome, ProviderMark, Text, Timestamp, Verdict, WebhookFilter};

use super::address;
use crate::{
    text::{
        filters::{SPANS, duplicates, field},
        times, words,
    },
    ui::{
        badge::{DeliveryBadge, OutcomeBadge, VerdictBadge},
        button::SubmitButton,
        field::{CHOICE, Choice, Field, INPUT},
        icon::{Glyph, Icon},
        mark::Monogram,
        menu::Menu,
    },
};

const SEARCH: &str = "flex h-8 max-w-70 grow basis-40 items-center gap-1.5 rounded-md border border-hairline-strong bg-surface \
                      pl-2.5 text-sm text-muted focus-within:outline-2 focus-within:-outline-offset-1 \
                      focus-within:outline-accent pointer-coarse:min-h-10";

#[component]
pub fn Filters(
    filter: WebhookFilter,
    providers: Vec<ProviderMark>,
    endpoints: Vec<EndpointSummary>,
    catalogue: Vec<CatalogueEvent>,
    now: Timestamp,
) -> impl IntoView {
    let subject = filter.subjects.first().map(ToString::to_string).unwrap_or_default();
    let other_subjects = filter
        .subjects
        .iter()
        .skip(1)
        .map(|subject| {
            view! { <input type="hidden" name="subject" value=subject.to_string() /> }
        })
        .collect_view();
    let providers = providers
        .into_iter()
        .map(|mark| {
            let on = filter.providers.contains(&mark.key);
            let (key, title) = (mark.key.to_string(), mark.title.clone());
            view! { <Choice name="provider" value=key on><Monogram mark /> {title}</Choice> }
        })
        .collect_view();
    let endpoints = endpoints
        .into_iter()
        .map(|endpoint| {
            let on = filter.endpoints.contains(&endpoint.id);
            let environment = words::environment(endpoint.environment);
            view! {
                <Choice name="endpoint" value=endpoint.id.to_string() on>
                    {endpoint.name}
                    <span class="ml-auto pl-3 text-xs text-muted">{environment}</span>
                </Choice>
            }
        })
        .collect_view();
    let verdicts = Verdict::ALL
        .iter()
        .map(|verdict| {
            let on = filter.verdicts.contains(verdict);
            view! { <Choice name="verdict" value=verdict.to_string() on><VerdictBadge verdict=*verdict /></Choice> }
        })
        .collect_view();
    let outcomes = Outcome::ALL
        .iter()
        .map(|outcome| {
            let on = filter.outcomes.contains(outcome);
            view! { <Choice name="outcome" value=outcome.to_string() on><OutcomeBadge outcome=*outcome /></Choice> }
        })
        .collect_view();
    let states = DeliveryState::ALL
        .iter()
        .map(|state| {
            let on = filter.deliveries.contains(state);
            view! { <Choice name="delivery" value=state.to_string() on><DeliveryBadge state=*state /></Choice> }
        })
        .collect_view();
    let event_types = filter.event_types.clone();
    view! {
        <form class="flex flex-wrap gap-1.5" method="get" action=address::LIST role="search" aria-label="Filter webhooks">
            <Choices name="provider" chosen=filter.providers.len()>{providers}</Choices>
            <Choices name="endpoint" chosen=filter.endpoints.len()>{endpoints}</Choices>
            <Choices name="verdict" chosen=filter.verdicts.len()>{verdicts}</Choices>
            <Choices name="event_type" chosen=filter.event_types.len()>
                <EventTypes chosen=event_types catalogue />
            </Choices>
            <Choices name="outcome" chosen=filter.outcomes.len()>{outcomes}</Choices>
            <Choices name="delivery" chosen=filter.deliveries.len()>{states}</Choices>
            <Duplicates only=filter.duplicates />
            <Time filter=filter.clone() now />
            <label class=SEARCH>
                <Icon glyph=Glyph::Search />
                <span class="sr-only">"Subject"</span>
                <input
                    class="h-full w-full min-w-0 pr-2 text-ink outline-hidden"
                    type="search"
                    name="subject"
                    value=subject
                    placeholder="Subject"
                    maxlength="256"
                    autocomplete="off"
                />
            </label>
            {other_subjects}
            <SubmitButton>"Filter"</SubmitButton>
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

/// Whether webhooks that repeat an earlier one are shown.
#[component]
fn Duplicates(only: Option<bool>) -> impl IntoView {
    let choices = [None, Some(false), Some(true)].map(|choice| {
        let value = choice.map(|only| only.to_string()).unwrap_or_default();
        view! {
            <label class=CHOICE>
                <input class="size-3.5 flex-none" type="radio" name="duplicates" value=value checked={choice == only} />
                {duplicates(choice)}
            </label>
        }
    });
    view! {
        <Menu title=field("duplicates") chosen=only.is_some()>
            <fieldset>
                <legend class="sr-only">{field("duplicates")}</legend>
                {choices.collect_view()}
            </fieldset>
        </Menu>
    }
    .into_any()
}

/// The chosen event types, and a field for one more with the catalogue's suggestions.
#[component]
fn EventTypes(chosen: Vec<Text>, catalogue: Vec<CatalogueEvent>) -> impl IntoView {
    let chosen = chosen.into_iter().map(|event_type| {
        let shown = event_type.to_string();
        view! { <Choice name="event_type" value=event_type.into_string() on=true><code>{shown}</code></Choice> }
    });
    let suggestions = catalogue.into_iter().map(|event| {
        view! { <option value=event.event_type>{event.title}</option> }
    });
    view! {
        {chosen.collect_view()}
        <Field label="Event type, or its beginning and *">
            <input
                class=INPUT
                type="text"
                name="event_type"
                list="event-types"
                placeholder="inquiry.*"
                maxlength="256"
                autocomplete="off"
                spellcheck="false"
            />
        </Field>
        <datalist id="event-types">{suggestions.collect_view()}</datalist>
    }
    .into_any()
}

/// Spans that end now as links, and a span of one's own as fields in UTC.
#[component]
fn Time(filter: WebhookFilter, now: Timestamp) -> impl IntoView {
    let chosen = filter.from.is_some() || filter.to.is_some();
    let spans = SPANS
        .iter()
        .map(|(seconds, label)| {
            let from = now.plus_seconds(-seconds).floor_to(60);
            view! { <li><a class=CHOICE href=address::between(&filter, from, None)>{*label}</a></li> }
        })
        .collect_view();
    let value = |at: Option<Timestamp>| at.map(times::input).unwrap_or_default();
    view! {
        <Menu title="Time" chosen>
            <ul>{spans}</ul>
            <Field label="From (UTC)">
                <input class=INPUT type="datetime-local" name="from" step="any" value=value(filter.from) />
            </Field>
            <Field label="Until (UTC)">
                <input class=INPUT type="datetime-local" name="to" step="any" value=value(filter.to) />
            </Field>
        </Menu>
    }
    .into_any()
}
