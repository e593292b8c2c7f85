use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_router::hooks::{use_params_map, use_query_map};
use model::{DeliveryRow, DestinationId, DestinationSummary, DisabledReason, Timestamp};

use super::{
    address,
    end::{Enable, End},
    health::{HealthMark, Queue, sentence},
    may_change,
    secrets::Secrets,
    settings::Settings,
};
use crate::{
    api::destinations::{
        ArchiveDestination, ChangeDestination, DisableDestination, EnableDestination, RotateDestinationSecret, TestDestination,
    },
    islands::{local_times::LocalTimes, test::SendTest},
    pages::{
        Tried, answer,
        deliveries::{
            address as delivery_address,
            brief::{Brief, Named},
            may_act,
        },
        done,
        shown_once::Once,
        tried,
    },
    port::console,
    text::{deliveries, destinations},
    ui::{
        card::Card,
        head::Head,
        icon::{Glyph, Icon},
        id::Copyable,
        nav::{Frame, Section},
        state::Failed,
    },
    view::{ConsoleError, DestinationPage, ShownOnce, TestAnswer},
};

/// One destination: how it does, what it gets, and everything that an admin may change of it.
#[component]
pub fn Destination() -> impl IntoView {
    let given = use_params_map().get_untracked().get("id").unwrap_or_default();
    // With scripts, the answer has been shown already.
    let tells_test = use_query_map().get_untracked().get(address::TESTED).is_some();
    let (tried, done, answer, console) = (tried(), done(), answer(), console());
    let roles = Roles {
        may_change: may_change(),
        may_act: may_act(),
    };
    let content = Suspend::new(async move {
        let found = async {
            let id = given.parse::<DestinationId>().map_err(|_| ConsoleError::NotFound)?;
            let console = console?;
            // The page comes first: when it cannot be shown, what is shown once waits for the next time.
            let page = console.destination(id).await?;
            Ok((page, console.shown_once().await?))
        };
        match found.await {
            Ok((page, shown)) => view! { <Page page shown tells_test tried done roles /> }.into_any(),
            Err(error) => {
                answer.failed(&error);
                view! {
                    <h1 class="sr-only">"Destination"</h1>
                    <Failed error href=format!("{}/{given}", address::LIST) />
                }
                .into_any()
            }
        }
    });
    view! {
        <Frame title="Destination · Hookproof" current=Some(Section::Destinations)>
            <Suspense fallback=|| ()>{content}</Suspense>
        </Frame>
    }
    .into_any()
}

/// What the one who looks may do.
#[derive(Debug, Clone, Copy)]
struct Roles {
    may_change: bool,
    may_act: bool,
}

/// The forms that say themselves what is wrong.
const SAY_IT_THEMSELVES: [&str; 5] = [
    ArchiveDestination::PATH,
    ChangeDestination::PATH,
    DisableDestination::PATH,
    EnableDestination::PATH,
    RotateDestinationSecret::PATH,
];

#[component]
fn Page(
    page: DestinationPage,
    shown: Option<ShownOnce>,
    tells_test: bool,
    tried: Tried,
    done: Option<AnyView>,
    roles: Roles,
) -> impl IntoView {
    let (destination, now) = (page.destination.clone(), page.now);
    let (id, may_change) = (destination.id, roles.may_change);
    let tested = page.tested.clone().filter(|_| tells_test);
    let problem = tried.problem(&SAY_IT_THEMSELVES);
    let in_window = format!("{} · Hookproof", destination.name);
    let disabled = destination.disabled.is_some().then(|| {
        view! { <Disabled destination=destination.clone() tried=tried.clone() may_change now /> }
    });
    let end = may_change.then(|| view! { <End destination=destination.clone() tried=tried.clone() /> });
    let latest = page.latest.clone();
    let (heading, mark) = (
        destination.name.clone(),
        view! { <HealthMark destination=destination.clone() /> },
    );
    view! {
        <leptos_meta::Title text=in_window />
        <Head back=(address::LIST, "Destinations") heading>
            {mark}
        </Head>
        <Once shown />
        {done}
        {problem.map(|problem| view! { <div class="mb-3 max-w-reading">{problem}</div> })}
        {disabled}
        <div class="grid grid-cols-[minmax(0,1fr)] items-start gap-4 xl:grid-cols-[minmax(0,1fr)_minmax(320px,440px)]">
            <div class="grid grid-cols-[minmax(0,1fr)] gap-4">
                <Address destination tested may_change now />
                <Secrets destination=id secrets=page.secrets.clone() tried=tried.clone() may_change now />
                <Latest destination=page.destination.clone() rows=latest tried=tried.clone() may_act=roles.may_act now />
            </div>
            <div class="grid grid-cols-[minmax(0,1fr)] gap-4">
                <Settings page tried may_change />
                {end}
            </div>
        </div>
        <LocalTimes />
    }
    .into_any()
}

/// Loud where it was not a person's will, and calm where it was.
const DISABLED: &str = "mb-4 rounded-lg px-3.5 py-3";

#[component]
fn Disabled(destination: DestinationSummary, tried: Tried, may_change: bool, now: Timestamp) -> impl IntoView {
    let sentence = sentence(&destination, now);
    let by_person = destination
        .disabled
        .is_some_and(|disabled| disabled.reason == DisabledReason::Person);
    let (colours, glyph) = if by_person {
        ("bg-sunken text-ink", Glyph::Pause)
    } else {
        ("bg-bad-ground text-bad", Glyph::ServerOff)
    };
    let enable = may_change.then(|| view! { <div class="mt-2.5 text-ink"><Enable destination tried /></div> });
    view! {
        <section class=format!("{DISABLED} {colours}") aria-label="Why nothing is sent">
            <p class="flex max-w-reading gap-2">
                <Icon glyph class="mt-0.75 size-3.5" />
                <strong class="font-strong">{sentence}</strong>
            </p>
            {enable}
        </section>
    }
    .into_any()
}

/// Where it is, how it does, and the test.
#[component]
fn Address(destination: DestinationSummary, tested: Option<TestAnswer>, may_change: bool, now: Timestamp) -> impl IntoView {
    let test = may_change.then(|| {
        let (action, id) = (TestDestination::PATH.to_owned(), destination.id);
        view! {
            <div class="border-t border-hairline pt-3" id="test">
                <SendTest destination=id action before=tested />
            </div>
        }
    });
    view! {
        <Card title="Address">
            <div class="grid gap-2.5">
                <Copyable value=destination.url.clone() label="the URL" />
                <p class="flex flex-wrap gap-x-3.5 gap-y-1 text-sm text-muted">
                    <span>{destinations::health(&destination.health, now)}</span>
                    <Queue destination />
                </p>
                {test}
            </div>
        </Card>
    }
    .into_any()
}

#[component]
fn Latest(destination: DestinationSummary, rows: Vec<DeliveryRow>, tried: Tried, may_act: bool, now: Timestamp) -> impl IntoView {
    let id = destination.id;
    let content = if rows.is_empty() {
        view! { <p class="text-sm text-muted">{deliveries::NOTHING_FORWARDED}</p> }.into_any()
    } else {
        let all = delivery_address::in_states(&[], Some(id));
        view! {
            <Brief rows destinations=vec![destination] named=Named::ByWebhook here=address::destination(id) tried may_act now />
            <a class="mt-2 inline-block text-sm" href=all>"All deliveries"</a>
        }
        .into_any()
    };
    view! { <Card title="Latest deliveries">{content}</Card> }.into_any()
}
