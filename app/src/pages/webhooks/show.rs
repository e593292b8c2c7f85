use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};
use model::{Role, WebhookDetail, WebhookId};

use super::{
    address,
    events::{EventFacts, EventTable},
    life::Life,
    masking::Masking,
    payload::Payload,
    proof::Proof,
    side::Neighbours,
    title::{Title, event_name},
};
use crate::{
    islands::local_times::LocalTimes,
    pages::{Tried, answer, tried},
    port::{console, visitor},
    text::words,
    ui::{
        nav::{Frame, Section},
        state::Failed,
    },
    view::{ConsoleError, WebhookPage},
};

/// One webhook: what it says, the bytes that came, and how far it can be trusted.
#[component]
pub fn Webhook() -> impl IntoView {
    let given = use_params_map().get_untracked().get("id").unwrap_or_default();
    let query = use_query_map().get_untracked();
    let tab = Tab::named(query.get("tab").as_deref());
    let raw = query.get("view").as_deref() == Some("raw");
    let (answer, console, tried) = (answer(), console(), tried());
    let role = visitor().map(|visitor| visitor.role);
    let content = Suspend::new(async move {
        let id = given.parse::<WebhookId>().map_err(|_| ConsoleError::NotFound);
        let found = match (id, console) {
            (Ok(id), Ok(console)) => console.webhook(id).await,
            (Err(error), _) | (_, Err(error)) => Err(error),
        };
        match found {
            Ok(page) => view! { <Page page tab raw tried role /> }.into_any(),
            Err(error) => {
                answer.failed(&error);
                let again = format!("{}/{given}", address::LIST);
                view! {
                    <h1 class="sr-only">"Webhook"</h1>
                    <Failed error href=again />
                }
                .into_any()
            }
        }
    });
    view! {
        <Frame title="Webhook · Hookproof" current=Some(Section::Webhooks)>
            <Suspense fallback=|| ()>{content}</Suspense>
        </Frame>
    }
    .into_any()
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tab {
    Payload,
    Headers,
    Verification,
}

impl Tab {
    const ALL: [Self; 3] = [Self::Payload, Self::Headers, Self::Verification];

    /// The tab of that name, or the first: a tab that is gone is no reason to refuse a page.
    fn named(name: Option<&str>) -> Self {
        Self::ALL
            .into_iter()
            .find(|tab| Some(tab.name()) == name)
            .unwrap_or(Self::Payload)
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Payload => "payload",
            Self::Headers => "headers",
            Self::Verification => "verification",
        }
    }

    const fn title(self) -> &'static str {
        match self {
            Self::Payload => "Payload",
            Self::Headers => "Headers",
            Self::Verification => "Verification",
        }
    }
}

#[component]
fn Page(page: WebhookPage, tab: Tab, raw: bool, tried: Tried, role: Option<Role>) -> impl IntoView {
    let WebhookPage {
        detail,
        provider,
        catalogue,
        notes,
        body,
        personal_data,
        deliveries: _,
        destinations: _,
        neighbours,
        tolerance_seconds,
        now,
    } = page;
    let WebhookDetail {
        row,
        headers,
        peer,
        evidence,
        mut events,
        parse_error,
    } = detail;
    let (id, verdict) = (row.id, row.verdict);
    let in_window = format!("{} · Hookproof", event_name(&row));
    let subject = row.event.as_ref().and_then(|event| event.subject.clone());
    let several = events.len() > 1;
    let title = view! { <Title row=row.clone() mark=provider.clone() endpoint=row.endpoint_name.clone() several /> };
    let life = view! { <Life received_at=row.received_at verdict notes provider=provider.title.clone() now /> };
    let facts = if several { None } else { events.pop() };
    let facts = facts.map(|event| view! { <EventFacts event catalogue now /> });
    let may_download = role >= Some(Role::Operator);
    let content = match tab {
        Tab::Payload => {
            view! { <Masking id personal_data tried now /> <Payload id body size=row.size raw parse_error may_download /> }
                .into_any()
        }
        Tab::Headers => view! { <Headers headers /> }.into_any(),
        Tab::Verification => {
            let foreign_network = row.foreign_network;
            let endpoint = (role >= Some(Role::Admin)).then_some(row.endpoint_id);
            view! { <Proof verdict evidence provider=provider.title peer foreign_network tolerance_seconds endpoint /> }
                .into_any()
        }
    };
    view! {
        <leptos_meta::Title text=in_window />
        {title}
        {life}
        <div class="grid grid-cols-[minmax(0,1fr)] gap-x-8 gap-y-6 pt-3 xl:grid-cols-[minmax(0,1fr)_320px]">
            <div>
                {several.then(|| view! { <EventTable events now /> })}
                <Tabs id current=tab />
                <div class="pt-4">{content}</div>
            </div>
            <aside class="grid content-start gap-4 xl:pt-3">
                {facts}
                <Neighbours rows=neighbours subject here=id now />
            </aside>
        </div>
        <LocalTimes />
    }
    .into_any()
}

const TAB: &str = "-mb-px border-b-2 border-transparent px-px pt-2.5 pb-2 text-tab font-medium text-muted \
                   hover:text-ink hover:no-underline aria-[current]:border-accent aria-[current]:text-ink";

#[component]
fn Tabs(id: WebhookId, current: Tab) -> impl IntoView {
    let here = address::webhook(id);
    let tabs = Tab::ALL.map(|tab| {
        let href = if tab == Tab::Payload {
            here.clone()
        } else {
            format!("{here}?tab={}", tab.name())
        };
        view! { <a class=TAB href=href aria-current=(tab == current).then_some("page")>{tab.title()}</a> }
    });
    view! {
        <nav class="flex gap-5 border-b border-hairline" aria-label="Parts of the webhook">
            {tabs.collect_view()}
        </nav>
    }
    .into_any()
}

/// Name above value; side by side where there is room.
const HEADER: &str = "block border-b border-hairline py-1.5 md:table-row";
const NAME: &str = "block text-left align-top font-normal wrap-anywhere text-muted md:table-cell md:w-65 md:py-1.5 md:pr-4";
const VALUE: &str = "block text-left align-top wrap-anywhere md:table-cell md:py-1.5";

#[component]
fn Headers(headers: Vec<(String, String)>) -> impl IntoView {
    if headers.is_empty() {
        return view! { <p class="text-muted">{words::NO_HEADERS}</p> }.into_any();
    }
    let rows = headers
        .into_iter()
        .map(|(name, value)| view! { <tr class=HEADER><th class=NAME scope="row">{name}</th><td class=VALUE>{value}</td></tr> });
    view! {
        <table class="w-full font-mono text-note">
            <tbody>{rows.collect_view()}</tbody>
        </table>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tab_is_found_by_its_name() {
        for tab in Tab::ALL {
            assert_eq!(Tab::named(Some(tab.name())), tab);
        }
        assert_eq!(Tab::named(None), Tab::Payload);
        assert_eq!(Tab::named(Some("gone")), Tab::Payload);
    }
}
