//! What the webhook says: the facts of one event, or a table of several.

use leptos::prelude::*;
use model::{CatalogueEvent, Event, Timestamp};

use super::address;
use crate::ui::{badge::OutcomeBadge, id::Copyable, time::Ago};

/// The event of a webhook that carries one, as a list of facts.
#[component]
pub fn EventFacts(event: Event, catalogue: Option<CatalogueEvent>, now: Timestamp) -> impl IntoView {
    let title = catalogue.map(|entry| view! { <p class="event-title">{entry.title}</p> });
    let subject = event.subject.map(|subject| {
        let href = address::subject(&subject);
        view! { <dt>"Subject"</dt><dd><a href=href>{subject.to_string()}</a></dd> }
    });
    let resource = event.resource.map(|resource| {
        view! {
            <dt>"Resource"</dt>
            <dd>
                <span class="muted">{format!("{} ", resource.kind)}</span>
                <Copyable value=resource.id.into_string() label="the resource's id" />
            </dd>
        }
    });
    let id = event.provider_event_id.map(|id| {
        view! { <dt>"Event id"</dt><dd><Copyable value=id.into_string() label="the event's id" /></dd> }
    });
    let occurred = event
        .occurred_at
        .map(|at| view! { <dt>"Happened"</dt><dd><Ago at now /></dd> });
    view! {
        <section class="panel">
            <h2>"Event"</h2>
            {title}
            <dl class="facts">
                <dt>"Outcome"</dt>
                <dd><OutcomeBadge outcome=event.outcome /></dd>
                {subject}
                {resource}
                {id}
                {occurred}
            </dl>
        </section>
    }
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
            view! { <span class="muted">{kind}</span><code class="break-all">{id}</code> }
        });
        view! {
            <tr>
                <td>{event.event_type.to_string()}</td>
                <td><OutcomeBadge outcome=event.outcome /></td>
                <td>{subject}</td>
                <td>{resource}</td>
                <td>{event.occurred_at.map(|at| view! { <Ago at now /> })}</td>
            </tr>
        }
    });
    view! {
        <section class="events" aria-label="Events">
            <h2>"Events"</h2>
            <div class="scroll">
                <table class="plain">
                    <thead>
                        <tr>
                            {["Event", "Outcome", "Subject", "Resource", "Happened"]
                                .map(|title| view! { <th scope="col">{title}</th> })
                                .collect_view()}
                        </tr>
                    </thead>
                    <tbody>{rows.collect_view()}</tbody>
                </table>
            </div>
        </section>
    }
}
