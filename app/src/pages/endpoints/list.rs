use leptos::prelude::*;
use model::{EndpointSummary, ProviderMark, WebhookFilter};

use super::may_change;
use crate::{
    look::Look,
    pages::{answer, done, webhooks::address},
    port::console,
    text::{
        numbers::count,
        states,
        words::{self, Meaning},
    },
    ui::{
        badge::Mark,
        button::LinkButton,
        icon::{Glyph, Icon},
        id::Copyable,
        mark::{Monogram, find},
        nav::{Frame, Section},
        state::{Blank, Failed},
    },
    view::{EndpointList, ProviderSetup},
};

/// The endpoints with the addresses that providers are given.
#[component]
pub fn Endpoints() -> impl IntoView {
    let (answer, console, done, may_change) = (answer(), console(), done(), may_change());
    let content = Suspend::new(async move {
        let list = match console {
            Ok(console) => console.endpoints().await,
            Err(error) => Err(error),
        };
        match list {
            Ok(list) => view! { <List list may_change /> }.into_any(),
            Err(error) => {
                answer.failed(&error);
                view! { <Failed error href="/endpoints".to_owned() /> }.into_any()
            }
        }
    });
    view! {
        <Frame title="Endpoints · Hookproof" current=Some(Section::Endpoints)>
            <div class="flex flex-wrap items-center justify-between gap-2 pt-5 pb-3">
                <h1>"Endpoints"</h1>
                {may_change.then(|| view! { <AddLink /> })}
            </div>
            {done}
            <Suspense fallback=|| ()>{content}</Suspense>
        </Frame>
    }
    .into_any()
}

#[component]
fn AddLink() -> impl IntoView {
    view! {
        <LinkButton href="/endpoints/new" look=Look::Accent>
            <Icon glyph=Glyph::Plus />
            "Add an endpoint"
        </LinkButton>
    }
    .into_any()
}

#[component]
fn List(list: EndpointList, may_change: bool) -> impl IntoView {
    let EndpointList {
        endpoints,
        providers,
        setup,
        secrets_end_soon,
    } = list;
    if endpoints.is_empty() {
        return view! { <Blank state=states::no_endpoints(may_change) glyph=Glyph::Webhook /> }.into_any();
    }
    let entries = endpoints.into_iter().map(|endpoint| {
        let mark = find(&providers, &endpoint.provider);
        let setup = setup.iter().find(|setup| setup.provider == endpoint.provider).cloned();
        let ends_soon = secrets_end_soon.contains(&endpoint.id);
        view! { <Entry endpoint mark setup ends_soon /> }
    });
    view! { <ul class="border-t border-hairline">{entries.collect_view()}</ul> }.into_any()
}

/// What it is called, its address and its facts: below each other, in two lines, or in one.
const ENTRY: &str = "grid grid-cols-[auto_minmax(0,1fr)] gap-x-3 gap-y-1 border-b border-hairline py-3 text-sm \
                     sm:grid-cols-[auto_minmax(0,1fr)_auto] \
                     xl:grid-cols-[auto_260px_minmax(0,1fr)_auto] xl:items-center";
const FACTS: &str = "flex flex-wrap items-center gap-x-3.5 gap-y-1.5 sm:col-start-3 sm:row-start-1 sm:justify-end \
                     xl:col-auto xl:row-auto";

#[component]
fn Entry(endpoint: EndpointSummary, mark: ProviderMark, setup: Option<ProviderSetup>, ends_soon: bool) -> impl IntoView {
    let webhooks = WebhookFilter {
        endpoints: vec![endpoint.id],
        ..WebhookFilter::default()
    };
    let secrets = match endpoint.secrets {
        0 if !setup.as_ref().is_some_and(|setup| setup.needs_secret) => ().into_any(),
        0 => view! { <Mark meaning=Meaning::Attention glyph=Glyph::KeyRound text="no secret yet" /> }.into_any(),
        some => view! { <span>{count(some as u64, "secret", "secrets")}</span> }.into_any(),
    };
    let title = mark.title.clone();
    view! {
        <li class=ENTRY>
            <Monogram mark class="row-span-3 mt-0.5 size-8 sm:row-span-2 xl:row-span-1" />
            <div class="min-w-0">
                <h2><a class="text-ink" href=format!("/endpoints/{}", endpoint.id)>{endpoint.name}</a></h2>
                <p class="text-muted">{format!("{title} · {}", words::environment(endpoint.environment))}</p>
            </div>
            <div class="min-w-0 sm:col-[2/-1] sm:row-start-2 xl:col-auto xl:row-auto">
                <Copyable value=endpoint.url label="the address" />
                {setup.map(|setup| view! { <p class="text-note text-muted">{states::paste_at(&setup.paste_address_at)}</p> })}
            </div>
            <div class=FACTS>
                {(!endpoint.enabled).then(|| view! { <Mark meaning=Meaning::Neutral glyph=Glyph::CircleSlash text="disabled" /> })}
                {ends_soon.then(|| view! { <Mark meaning=Meaning::Attention glyph=Glyph::ClockAlert text="a secret ends soon" /> })}
                {secrets}
                <a href=address::list(&webhooks)>"Webhooks"</a>
            </div>
        </li>
    }
    .into_any()
}
