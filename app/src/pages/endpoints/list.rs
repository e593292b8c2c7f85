use leptos::prelude::*;
use model::{EndpointSummary, ProviderMark, WebhookFilter};

use crate::{
    pages::{answer, webhooks::address},
    port::console,
    text::{
        numbers::count,
        states,
        words::{self, Meaning},
    },
    ui::{
        badge::Mark,
        icon::Glyph,
        id::Copyable,
        mark::{Monogram, find},
        nav::{Frame, Section},
        state::{Blank, Failed},
    },
    view::EndpointList,
};

/// The endpoints with the addresses that providers are given.
#[component]
pub fn Endpoints() -> impl IntoView {
    let (answer, console) = (answer(), console());
    let content = Suspend::new(async move {
        let list = match console {
            Ok(console) => console.endpoints().await,
            Err(error) => Err(error),
        };
        match list {
            Ok(list) => view! { <List list /> }.into_any(),
            Err(error) => {
                answer.failed(&error);
                view! { <Failed error href="/endpoints".to_owned() /> }.into_any()
            }
        }
    });
    view! {
        <Frame title="Endpoints · Hookproof" current=Some(Section::Endpoints)>
            <div class="page-head">
                <h1>"Endpoints"</h1>
            </div>
            <Suspense fallback=|| ()>{content}</Suspense>
        </Frame>
    }
}

#[component]
fn List(list: EndpointList) -> impl IntoView {
    let EndpointList {
        endpoints,
        providers,
        paste_at,
    } = list;
    if endpoints.is_empty() {
        return view! {
            <Blank state=states::no_endpoints() glyph=Glyph::Webhook>
                <div class="command">
                    <Copyable value=states::ADD_ENDPOINT.to_owned() label="the command" />
                </div>
            </Blank>
        }
        .into_any();
    }
    let entries = endpoints.into_iter().map(|endpoint| {
        let mark = find(&providers, &endpoint.provider);
        let place = paste_at
            .iter()
            .find(|paste| paste.provider == endpoint.provider)
            .map(|paste| paste.place.clone());
        view! { <Entry endpoint mark place /> }
    });
    view! { <ul class="endpoints">{entries.collect_view()}</ul> }.into_any()
}

#[component]
fn Entry(endpoint: EndpointSummary, mark: ProviderMark, place: Option<String>) -> impl IntoView {
    let webhooks = WebhookFilter {
        endpoints: vec![endpoint.id],
        ..WebhookFilter::default()
    };
    let secrets = match endpoint.secrets {
        0 => view! { <Mark meaning=Meaning::Attention glyph=Glyph::KeyRound text="no secret yet" /> }.into_any(),
        some => view! { <span>{count(some as u64, "secret", "secrets")}</span> }.into_any(),
    };
    let title = mark.title.clone();
    view! {
        <li class="endpoint">
            <Monogram mark />
            <div class="endpoint-name">
                <h2>{endpoint.name}</h2>
                <p class="muted">{format!("{title} · {}", words::environment(endpoint.environment))}</p>
            </div>
            <div class="endpoint-address">
                <Copyable value=endpoint.url label="the address" />
                {place.map(|place| view! { <p class="muted">{states::paste_at(&place)}</p> })}
            </div>
            <div class="endpoint-facts">
                {(!endpoint.enabled).then(|| view! { <Mark meaning=Meaning::Neutral glyph=Glyph::CircleSlash text="disabled" /> })}
                {secrets}
                <a href=address::list(&webhooks)>"Webhooks"</a>
            </div>
        </li>
    }
}
