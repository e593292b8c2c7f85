//! What the webhook says: the facts of one event, or a table of several.

use leptos::prelude::*;
use model::{CatalogueEvent, Event, Timestamp};

use crate::{
    pages::subjects::address,
    ui::{
        badge::OutcomeBadge,
        card::Card,
        facts::{Fact, Facts},
        id::Id,
        time::Ago,
    },
};

const CELL: &str = "h-9 max-w-70 truncate border-b border-hairline pr-4 text-left";
const HEAD: &str = "h-9 border-b border-hairline pr-4 text-left text-xs font-medium whitespace-nowrap text-muted";

/// The event of a webhook that carries one, as a list of facts.
#[component]
pub fn EventFacts(event: Event, catalogue: Option<CatalogueEvent>, now: Timestamp) -> impl IntoView {
    let title = catalogue.map(|entry| view! { <p class="mb-2 text-sm text-muted">{entry.title}</p> });
    let subject = event.subject.map(|subject| {
        let href = address::subject(&subject);
        view! { <Fact name="Subject"><a href=href>{subject.to_string()}</a></Fact> }
    });
    let resource = event.resource.map(|resource| {
        view! {
            <Fact name="Resource">
                <span class="text-muted">{format!("{} ", resource.kind)}</span>
                <Id value=resource.id.into_string() label="the resource's id" />
            </Fact>
        }
    });
    let id = event.provider_event_id.map(|id| {
        view! { <Fact name="Event id"><Id value=id.into_string() label="the event's id" /></Fact> }
    });
    let occurred = event
        .occurred_at
        .map(|at| view! { <Fact name="Happened"><Ago at now /></Fact> });
    view! {
        <Card title="Event">
            {title}
            <Facts>
                <Fact name="Outcome"><OutcomeBadge outcome=event.outcome /></Fact>
                {subject}
                {resource}
                {id}
                {occurred}
            </Facts>
        </Card>
    }
    .into_any()
}

/// The events of a webhook that carries several.
#[component]
pub fn EventTable(events: Vec<Event>, now: Timestamp) -> impl IntoView {
    let rows = events.into_iter().map(|event| {
        let subject = event.subject.map(|subject| {
            let href = address::subject(&subject);
            view! { <a href=href>{subject.to_string()}</a> }
        });
        let resource = event.resource.map(|resource| {
            let (kind, id) = (format!("{} ", resource.kind), resource.id.into_string());
            view! { <span class="text-muted">{kind}</span><code class="wrap-anywhere">{id}</code> }
        });
        view! {
            <tr>
                <td class=CELL>{event.event_type.to_string()}</td>
                <td class=CELL><OutcomeBadge outcome=event.outcome /></td>
                <td class=CELL>{subject}</td>
                <td class=CELL>{resource}</td>
                <td class=CELL>{event.occurred_at.map(|at| view! { <Ago at now /> })}</td>
            </tr>
        }
    });
    view! {
        <section class="pb-3" aria-label="Events">
            <h2 class="py-2">"Events"</h2>
            <div class="overflow-x-auto">
                <table class="w-full text-sm">
                    <thead>
                        <tr>
                            {["Event", "Outcome", "Subject", "Resource", "Happened"]
                                .map(|title| view! { <th class=HEAD scope="col">{title}</th> })
                                .collect_view()}
                        </tr>
                    </thead>
                    <tbody>{rows.collect_view()}</tbody>
                </table>
            </div>
        </section>
    }
    .into_any()
}
