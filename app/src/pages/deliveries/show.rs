use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use model::{DeliveryId, DeliveryRow, DeliveryState, DestinationSummary, ProviderMark, Timestamp, WebhookId};

use super::{actions::Actions, attempts::Attempts, life::Life, may_act, table::event_name};
use crate::{
    api::deliveries::ReleaseWebhooks,
    islands::local_times::LocalTimes,
    pages::{
        Tried, answer,
        destinations::{address as destination_address, timeline::Timeline},
        done, subjects, tried,
        webhooks::address as webhook_address,
    },
    port::console,
    text::{deliveries, destinations, held, words::Meaning},
    ui::{
        badge::{DeliveryBadge, OutcomeBadge},
        button::SubmitButton,
        card::Card,
        facts::{Fact, Facts},
        form::hidden,
        head::Head,
        icon::{Glyph, Icon},
        id::Id,
        mark::Monogram,
        nav::{Frame, Section},
        notice::Notice,
        state::Failed,
        time::Ago,
    },
    view::{ConsoleError, DeliveryPage},
};

/// One delivery: how far it is, and every attempt with what was answered.
#[component]
pub fn Delivery() -> impl IntoView {
    let given = use_params_map().get_untracked().get("id").unwrap_or_default();
    let (tried, done, answer, console, may_act) = (tried(), done(), answer(), console(), may_act());
    let content = Suspend::new(async move {
        let id = given.parse::<DeliveryId>().map_err(|_| ConsoleError::NotFound);
        let found = match (id, console) {
            (Ok(id), Ok(console)) => console.delivery(id).await,
            (Err(error), _) | (_, Err(error)) => Err(error),
        };
        match found {
            Ok(page) => view! { <Page page tried done may_act /> }.into_any(),
            Err(error) => {
                answer.failed(&error);
                view! {
                    <h1 class="sr-only">"Delivery"</h1>
                    <Failed error href=format!("/deliveries/{given}") />
                }
                .into_any()
            }
        }
    });
    view! {
        <Frame title="Delivery · Hookproof" current=Some(Section::Deliveries)>
            <Suspense fallback=|| ()>{content}</Suspense>
        </Frame>
    }
    .into_any()
}

#[component]
fn Page(page: DeliveryPage, tried: Tried, done: Option<AnyView>, may_act: bool) -> impl IntoView {
    let DeliveryPage {
        detail,
        provider,
        destination,
        ordered,
        schedule,
        answers_shown,
        now,
    } = page;
    let row = detail.row;
    let in_window = format!("{} to {} · Hookproof", event_name(&row), destination.name);
    let problem = tried.problem(&[]);
    let notices = notices(&row, &destination, ordered, now);
    let archived = destination.archived;
    let release = (may_act && row.state == DeliveryState::Held && !archived).then(|| release(row.webhook_id, row.id, &tried));
    let actions = may_act.then(|| view! { <Actions row=row.clone() ordered archived tried /> });
    view! {
        <leptos_meta::Title text=in_window />
        <Title row=row.clone() mark=provider destination=destination.clone()>
            <div class="flex flex-wrap gap-2">{release} {actions}</div>
        </Title>
        {done}
        {problem.map(|problem| view! { <div class="mb-3 max-w-reading">{problem}</div> })}
        {notices}
        <Life row=row.clone() destination=destination.clone() now />
        <div class="grid grid-cols-[minmax(0,1fr)] gap-x-8 gap-y-6 pt-4 xl:grid-cols-[minmax(0,1fr)_360px]">
            <section aria-label="Attempts">
                <h2 class="pb-2">"Attempts"</h2>
                <Attempts attempts=detail.attempts answers_shown now />
            </section>
            <aside class="grid content-start gap-4">
                <About row destination now />
                <Card title="Schedule"><Timeline waits=schedule /></Card>
            </aside>
        </div>
        <LocalTimes />
    }
    .into_any()
}

/// What is to be known before anything is pressed.
fn notices(row: &DeliveryRow, destination: &DestinationSummary, ordered: bool, now: Timestamp) -> AnyView {
    let held = (row.state == DeliveryState::Held).then(|| {
        let text = format!("{} {}", held::held_because(row.verdict, None), held::RELEASE_MEANS);
        (Meaning::Attention, Glyph::Pause, text)
    });
    let waits = row
        .waits_for_earlier
        .then(|| (Meaning::Info, Glyph::Hourglass, deliveries::WAITS_FOR_EARLIER.to_owned()));
    let blocks = (ordered && !destination.archived && row.state == DeliveryState::Failed && row.subject.is_some())
        .then(|| (Meaning::Attention, Glyph::SkipForward, deliveries::BLOCKS_LATER.to_owned()));
    let is_open = matches!(row.state, DeliveryState::Pending | DeliveryState::Failed);
    let disabled = destination
        .disabled
        .as_ref()
        .filter(|_| is_open && !destination.archived)
        .map(|disabled| (Meaning::Attention, Glyph::ServerOff, destinations::disabled(disabled, now)));
    let notices = [held, waits, blocks, disabled].into_iter().flatten();
    notices
        .map(|(meaning, glyph, text)| view! { <Notice meaning glyph text /> })
        .collect_view()
        .into_any()
}

fn release(webhook: WebhookId, delivery: DeliveryId, tried: &Tried) -> AnyView {
    tried.small_form::<ReleaseWebhooks>().line(view! {
        {hidden("webhooks[]", webhook)}
        {hidden("back", super::address::delivery(delivery))}
        <SubmitButton>
            <Icon glyph=Glyph::Play />
            "Release"
        </SubmitButton>
    })
}

#[component]
fn Title(row: DeliveryRow, mark: ProviderMark, destination: DestinationSummary, children: Children) -> impl IntoView {
    let name = event_name(&row);
    let subject = row.subject.map(|subject| {
        let href = subjects::address::subject(&subject);
        view! { <a class="wrap-anywhere" href=href>{subject.to_string()}</a> }
    });
    view! {
        <div class="flex flex-wrap items-end justify-between gap-x-4 gap-y-3 pb-4 *:first:pb-0">
            <Head back=("/deliveries", "Deliveries") heading=name>
                <DeliveryBadge state=row.state alone=true />
                <p class="flex w-full flex-wrap items-center gap-x-3.5 gap-y-0.5 text-sm text-muted">
                    <span class="flex min-w-0 items-center gap-1.5 text-ink">
                        <Monogram mark=mark.clone() />
                        {mark.title}
                    </span>
                    <span>"to "{linked(&destination)}</span>
                    {subject}
                    <Id value=row.id.to_string() label="the delivery's id" />
                </p>
            </Head>
            {children()}
        </div>
    }
    .into_any()
}

/// The destination's name, which leads to its page while it has one.
fn linked(destination: &DestinationSummary) -> AnyView {
    let name = destination.name.clone();
    if destination.archived {
        return view! { {name}" "<span class="text-muted">{destinations::ARCHIVED}</span> }.into_any();
    }
    view! { <a href=destination_address::destination(destination.id)>{name}</a> }.into_any()
}

/// Beside the attempts: where it goes and what it carries.
#[component]
fn About(row: DeliveryRow, destination: DestinationSummary, now: Timestamp) -> impl IntoView {
    let outcome = row
        .outcome
        .map(|outcome| view! { <Fact name="Outcome"><OutcomeBadge outcome /></Fact> });
    let health = (!destination.archived).then(|| destinations::health(&destination.health, now));
    let health = health.map(|health| view! { <Fact name="Health">{health}</Fact> });
    let (webhook, name) = (webhook_address::webhook(row.webhook_id), event_name(&row));
    view! {
        <Card title="What goes where">
            <Facts>
                <Fact name="Webhook"><a href=webhook>{name}</a></Fact>
                {outcome}
                <Fact name="webhook-id"><Id value=row.webhook_id.to_string() label="the webhook's id" /></Fact>
                <Fact name="Destination">
                    {linked(&destination)}
                    <span class="block text-muted">{destination.url}</span>
                </Fact>
                {health}
                <Fact name="Created"><Ago at=row.created_at now /></Fact>
            </Facts>
        </Card>
    }
    .into_any()
}
