use leptos::prelude::*;
use model::{DeliveryState, DestinationSummary, Role, Timestamp, WebhookFilter};

use super::{needs::Needs, steps::Steps};
use crate::{
    islands::local_times::LocalTimes,
    look::Look,
    pages::{
        answer,
        deliveries::address as delivery_address,
        destinations::{address as destination_address, list::Entry},
        webhooks::{address as webhook_address, histogram::Histogram, waiting::Waiting},
    },
    port::{console, visitor},
    text::overview,
    ui::{
        button::LinkButton,
        nav::{Frame, Section},
        state::Failed,
    },
    view::{EndpointList, Overview as View},
};

/// What needs a person first; on a new install, the steps to the first webhook.
#[component]
pub fn Overview() -> impl IntoView {
    let (answer, console) = (answer(), console());
    let content = Suspend::new(async move {
        let found = async {
            let console = console?;
            let overview = console.overview().await?;
            let endpoints = if overview.any {
                None
            } else {
                Some(console.endpoints().await?)
            };
            Ok((overview, endpoints))
        };
        match found.await {
            Ok((overview, Some(endpoints))) => {
                let has_destination = !overview.destinations.is_empty();
                view! { <FirstSteps endpoints has_destination /> }.into_any()
            }
            Ok((overview, None)) => view! { <Page overview /> }.into_any(),
            Err(error) => {
                answer.failed(&error);
                view! { <Failed error href="/".to_owned() /> }.into_any()
            }
        }
    });
    view! {
        <Frame title="Overview · Hookproof" current=Some(Section::Overview)>
            <h1 class="sr-only">"Overview"</h1>
            <Suspense fallback=|| ()>{content}</Suspense>
        </Frame>
    }
    .into_any()
}

#[component]
fn FirstSteps(endpoints: EndpointList, has_destination: bool) -> impl IntoView {
    let EndpointList {
        endpoints,
        providers,
        setup,
        ..
    } = endpoints;
    let has_endpoint = !endpoints.is_empty();
    view! {
        <div class="pt-5"><Steps has_endpoint has_destination /></div>
        <Waiting endpoints providers setup />
    }
    .into_any()
}

#[component]
fn Page(overview: View) -> impl IntoView {
    let View {
        needs,
        volume,
        waiting,
        destinations,
        now,
        ..
    } = overview;
    view! {
        <div class="pt-5"><Needs needs now /></div>
        <div class="pt-4">
            <Histogram volume filter=WebhookFilter::default() newest=None at_top=true />
            <p class="pt-1 text-sm"><a href=webhook_address::LIST>"All webhooks"</a></p>
        </div>
        <Destinations destinations waiting now />
        <LocalTimes />
    }
    .into_any()
}

#[component]
fn Destinations(destinations: Vec<DestinationSummary>, waiting: u32, now: Timestamp) -> impl IntoView {
    let content = if destinations.is_empty() {
        let may_add = visitor().is_some_and(|visitor| visitor.role >= Role::Admin);
        view! {
            <p class="border-t border-hairline py-3 text-sm text-muted">{overview::NO_DESTINATION}</p>
            {may_add.then(|| view! {
                <div class="flex">
                    <LinkButton href=destination_address::NEW look=Look::Plain>"Add a destination"</LinkButton>
                </div>
            })}
        }
        .into_any()
    } else {
        let entries = destinations
            .into_iter()
            .map(|destination| view! { <Entry destination now told_above=true /> })
            .collect_view();
        view! { <ul class="border-t border-hairline">{entries}</ul> }.into_any()
    };
    let waits = delivery_address::in_states(&[DeliveryState::Pending, DeliveryState::Delivering], None);
    view! {
        <section class="pt-6" aria-labelledby="destinations">
            <div class="flex flex-wrap items-baseline gap-x-4 gap-y-1 pb-2">
                <h2 id="destinations">"Destinations"</h2>
                <a class="text-sm text-muted hover:text-ink" href=waits>{overview::waiting(waiting)}</a>
            </div>
            {content}
        </section>
    }
    .into_any()
}
