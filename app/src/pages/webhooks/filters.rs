//! The filter as a plain form: its fields are the address's parameters, and several boxes of one field are alternatives.

use leptos::prelude::*;
use model::{CatalogueEvent, EndpointSummary, Outcome, ProviderMark, Text, Timestamp, Verdict, WebhookFilter};

use super::address;
use crate::{
    text::{
        filters::{SPANS, field},
        times, words,
    },
    ui::{
        badge::{OutcomeBadge, VerdictBadge},
        icon::{Glyph, Icon},
        mark::Monogram,
    },
};

#[component]
pub fn Filters(
    filter: WebhookFilter,
    providers: Vec<ProviderMark>,
    endpoints: Vec<EndpointSummary>,
    catalogue: Vec<CatalogueEvent>,
    now: Timestamp,
) -> impl IntoView {
    let subject = filter.subjects.first().map(ToString::to_string).unwrap_or_default();
    let other_subjects = filter.subjects.iter().skip(1).map(|subject| {
        view! { <input type="hidden" name="subject" value=subject.to_string() /> }
    });
    let other_subjects = other_subjects.collect_view();
    let providers = providers.into_iter().map(|mark| {
        let on = filter.providers.contains(&mark.key);
        let (key, title) = (mark.key.to_string(), mark.title.clone());
        choice("provider", key, on, view! { <Monogram mark /> {title} }.into_any())
    });
    let endpoints = endpoints.into_iter().map(|endpoint| {
        let on = filter.endpoints.contains(&endpoint.id);
        let environment = words::environment(endpoint.environment);
        let label = view! { {endpoint.name} <span class="muted">{environment}</span> }.into_any();
        choice("endpoint", endpoint.id.to_string(), on, label)
    });
    let verdicts = Verdict::ALL.iter().map(|verdict| {
        let on = filter.verdicts.contains(verdict);
        choice(
            "verdict",
            verdict.to_string(),
            on,
            view! { <VerdictBadge verdict=*verdict /> }.into_any(),
        )
    });
    let outcomes = Outcome::ALL.iter().map(|outcome| {
        let on = filter.outcomes.contains(outcome);
        choice(
            "outcome",
            outcome.to_string(),
            on,
            view! { <OutcomeBadge outcome=*outcome /> }.into_any(),
        )
    });
    view! {
        <form class="filters" method="get" action=address::LIST role="search" aria-label="Filter webhooks">
            {menu("provider", filter.providers.len(), providers.collect_view().into_any())}
            {menu("endpoint", filter.endpoints.len(), endpoints.collect_view().into_any())}
            {menu("verdict", filter.verdicts.len(), verdicts.collect_view().into_any())}
            {menu(
                "event_type",
                filter.event_types.len(),
                view! { <EventTypes chosen=filter.event_types.clone() catalogue /> }.into_any(),
            )}
            {menu("outcome", filter.outcomes.len(), outcomes.collect_view().into_any())}
            <Time filter=filter.clone() now />
            <label class="search">
                <Icon glyph=Glyph::Search />
                <span class="sr-only">"Subject"</span>
                <input type="search" name="subject" value=subject placeholder="Subject" maxlength="256" autocomplete="off" />
            </label>
            {other_subjects}
            <button class="button" type="submit">
                "Filter"
            </button>
        </form>
    }
}

/// A button that opens a panel, and says how many of its boxes are ticked.
fn menu(name: &'static str, chosen: usize, choices: AnyView) -> AnyView {
    view! {
        <details class="menu" name="filter">
            <summary class=summary_class(chosen > 0)>
                {field(name)}
                {(chosen > 0).then(|| view! { <span class="menu-count">{chosen}</span> })}
                <Icon glyph=Glyph::ChevronDown />
            </summary>
            <div class="menu-panel">
                <fieldset>
                    <legend class="sr-only">{field(name)}</legend>
                    {choices}
                </fieldset>
                <Apply />
            </div>
        </details>
    }
    .into_any()
}

const fn summary_class(chosen: bool) -> &'static str {
    if chosen { "button chosen" } else { "button" }
}

#[component]
fn Apply() -> impl IntoView {
    view! {
        <div class="menu-foot">
            <button class="button button-accent" type="submit">
                "Apply"
            </button>
        </div>
    }
}

/// A box of a menu.
fn choice(name: &'static str, value: String, on: bool, label: AnyView) -> impl IntoView {
    view! {
        <label class="choice">
            <input type="checkbox" name=name value=value checked=on />
            {label}
        </label>
    }
}

/// The chosen event types, and a field for one more with the catalogue's suggestions.
#[component]
fn EventTypes(chosen: Vec<Text>, catalogue: Vec<CatalogueEvent>) -> impl IntoView {
    let chosen = chosen.into_iter().map(|event_type| {
        let label = view! { <code>{event_type.to_string()}</code> }.into_any();
        choice("event_type", event_type.into_string(), true, label)
    });
    let suggestions = catalogue.into_iter().map(|event| {
        view! { <option value=event.event_type>{event.title}</option> }
    });
    view! {
        {chosen.collect_view()}
        <label class="field">
            <span>"Event type, or its beginning and *"</span>
            <input type="text" name="event_type" list="event-types" placeholder="inquiry.*" maxlength="256" autocomplete="off" spellcheck="false" />
        </label>
        <datalist id="event-types">{suggestions.collect_view()}</datalist>
    }
}

/// Spans that end now as links, and a span of one's own as fields in UTC.
#[component]
fn Time(filter: WebhookFilter, now: Timestamp) -> impl IntoView {
    let chosen = filter.from.is_some() || filter.to.is_some();
    let spans = SPANS.iter().map(|(seconds, label)| {
        let from = now.plus_seconds(-seconds).floor_to(60);
        view! { <li><a class="choice" href=address::between(&filter, from, None)>{*label}</a></li> }
    });
    let spans = spans.collect_view();
    let value = |at: Option<Timestamp>| at.map(times::input).unwrap_or_default();
    view! {
        <details class="menu" name="filter">
            <summary class=summary_class(chosen)>
                "Time"
                <Icon glyph=Glyph::ChevronDown />
            </summary>
            <div class="menu-panel">
                <ul>{spans}</ul>
                <label class="field">
                    <span>"From (UTC)"</span>
                    <input type="datetime-local" name="from" step="any" value=value(filter.from) />
                </label>
                <label class="field">
                    <span>"Until (UTC)"</span>
                    <input type="datetime-local" name="to" step="any" value=value(filter.to) />
                </label>
                <Apply />
            </div>
        </details>
    }
}
