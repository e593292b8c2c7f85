use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use model::{BulkAction, DeliveryState, Resend, ResendId, ResendState};

use super::address;
use crate::{
    api::deliveries::CancelBulk,
    islands::{bulk::BulkBar, local_times::LocalTimes},
    look::Look,
    pages::{
        Tried, answer,
        deliveries::{self, may_act},
        tried, webhooks,
    },
    port::console,
    text::{bulk, words::Meaning},
    ui::{
        badge::Mark,
        button::{LinkButton, SubmitButton},
        facts::{Fact, WideFacts},
        form::hidden,
        head::Head,
        icon::Glyph,
        nav::{Frame, Section},
        notice::Notice,
        state::Failed,
        time::Ago,
    },
    view::{BulkPage, ConsoleError, EndpointList},
};

/// How far a bulk resend or release is, with the button that cancels it.
#[component]
pub fn Progress() -> impl IntoView {
    let given = use_params_map().get_untracked().get("id").unwrap_or_default();
    let (tried, answer, console, may_act) = (tried(), answer(), console(), may_act());
    let content = Suspend::new(async move {
        let found = async {
            let id = given.parse::<ResendId>().map_err(|_| ConsoleError::NotFound)?;
            let console = console?;
            let page = console.bulk(id).await?;
            Ok((page, console.endpoints().await?))
        };
        match found.await {
            Ok((page, endpoints)) => view! { <Page page endpoints tried may_act /> }.into_any(),
            Err(error) => {
                answer.failed(&error);
                view! {
                    <h1 class="sr-only">"Bulk resend"</h1>
                    <Failed error href=format!("/resends/{given}") />
                }
                .into_any()
            }
        }
    });
    view! {
        <Frame title="Bulk resend · Hookproof" current=Some(Section::Webhooks)>
            <Suspense fallback=|| ()>{content}</Suspense>
        </Frame>
    }
    .into_any()
}

#[component]
fn Page(page: BulkPage, endpoints: EndpointList, tried: Tried, may_act: bool) -> impl IntoView {
    let BulkPage {
        resend,
        destinations,
        now,
    } = page;
    let (id, state, action) = (resend.id, resend.state, resend.action);
    let title = bulk::title(action, state);
    let (meaning, glyph) = look(&resend);
    let cancel = (may_act && state == ResendState::Running).then(|| {
        tried.form::<CancelBulk>("cancel-bulk").line(view! {
            {hidden("id", id)}
            <SubmitButton look=Look::Danger>{bulk::cancel(action)}</SubmitButton>
            <span class="scripted:hidden">
                <LinkButton href=address(id)>"See how far it is"</LinkButton>
            </span>
        })
    });
    let what = webhooks::conditions::all(&resend.filter, &endpoints);
    let to = (action == BulkAction::Resend).then(|| {
        let one = destinations.first().filter(|_| resend.destination_id.is_some());
        let name = one.map_or_else(|| bulk::ALL_DESTINATIONS.to_owned(), |one| one.name.clone());
        view! { <Fact name="To">{name}</Fact> }
    });
    let waits = destinations.iter().filter(|_| state == ResendState::Running);
    let waits = waits
        .filter_map(bulk::keeps_waiting)
        .map(|text| view! { <Notice meaning=Meaning::Attention glyph=Glyph::Hourglass text /> });
    let waits = waits.collect_view();
    let failed = (resend.failed > 0 && action != BulkAction::Refetch).then(|| {
        let href = deliveries::address::in_states(&[DeliveryState::Failed], resend.destination_id);
        view! { <a href=href>"Failed deliveries"</a> }
    });
    let again = format!("{}?{}", webhooks::address::LIST, resend.filter);
    let (by, at) = (resend.created_by.clone(), resend.created_at);
    let problem = tried.problem(&[<CancelBulk as leptos::server_fn::ServerFn>::PATH]);
    view! {
        <leptos_meta::Title text=format!("{title} · Hookproof") />
        <Head back=(webhooks::address::LIST, "Webhooks") heading=title>
            <Mark meaning glyph text=bulk::state(state) />
        </Head>
        {problem}
        <div class="grid max-w-reading grid-cols-[minmax(0,1fr)] gap-5">
            <BulkBar resend />
            {waits}
            {cancel}
            <WideFacts>
                <Fact name="Which">{what}</Fact>
                {to}
                <Fact name="Begun"><Ago at now />" by "{by}</Fact>
            </WideFacts>
            <p class="flex flex-wrap gap-x-4 text-sm">
                <a href=again>"These webhooks"</a>
                {failed}
            </p>
        </div>
        <LocalTimes />
    }
    .into_any()
}

const fn look(resend: &Resend) -> (Meaning, Glyph) {
    match (resend.state, resend.failed) {
        (ResendState::Running, _) => (Meaning::Info, Glyph::Loader),
        (ResendState::Done, 0) => (Meaning::Good, Glyph::Check),
        (ResendState::Done, _) => (Meaning::Attention, Glyph::TriangleAlert),
        (ResendState::Cancelled, _) => (Meaning::Neutral, Glyph::Ban),
    }
}
