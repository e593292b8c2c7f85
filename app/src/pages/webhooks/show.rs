use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::{use_params_map, use_query_map};
use model::{DeliveryState, Role, WebhookDetail, WebhookId};

use super::{
    address,
    deliveries::{Deliveries, SendAgain},
    events::{EventFacts, EventTable},
    life::Life,
    masking::Masking,
    payload::Payload,
    proof::Proof,
    side::Neighbours,
    title::{Title, event_name},
};
use crate::{
    api::webhooks::Reveal,
    islands::local_times::LocalTimes,
    pages::{Tried, answer, done, tried},
    port::{console, visitor},
    text::words,
    ui::{
        headers::Headers,
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
    let (answer, console, tried, done) = (answer(), console(), tried(), done());
    let role = visitor().map(|visitor| visitor.role);
    let content = Suspend::new(async move {
        let id = given.parse::<WebhookId>().map_err(|_| ConsoleError::NotFound);
        let found = match (id, console) {
            (Ok(id), Ok(console)) => console.webhook(id, None).await,
            (Err(error), _) | (_, Err(error)) => Err(error),
        };
        match found {
            Ok(page) => view! { <Page page tab raw tried done role /> }.into_any(),
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
    Deliveries,
}

impl Tab {
    const ALL: [Self; 4] = [Self::Payload, Self::Headers, Self::Verification, Self::Deliveries];

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
            Self::Deliveries => "deliveries",
        }
    }

    const fn title(self) -> &'static str {
        match self {
            Self::Payload => "Payload",
            Self::Headers => "Headers",
            Self::Verification => "Verification",
            Self::Deliveries => "Deliveries",
        }
    }
}

#[component]
fn Page(page: WebhookPage, tab: Tab, raw: bool, tried: Tried, done: Option<AnyView>, role: Option<Role>) -> impl IntoView {
    let WebhookPage {
        detail,
        provider,
        catalogue,
        notes,
        body,
        personal_data,
        deliveries,
        destinations,
        taken_by,
        records: _,
        links: _,
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
    let is_taken = !taken_by.is_empty();
    let takers = destinations.iter().filter(|destination| taken_by.contains(&destination.id));
    let takers: Vec<_> = takers.cloned().collect();
    let life = view! { <Life row=row.clone() notes provider=provider.title.clone() is_taken now /> };
    let facts = if several { None } else { events.pop() };
    let facts = facts.map(|event| view! { <EventFacts event catalogue now /> });
    let (may_download, may_act) = (role >= Some(Role::Operator), role >= Some(Role::Operator));
    let problem = tried.problem(&[Reveal::PATH]);
    let is_held = deliveries.iter().any(|delivery| delivery.state == DeliveryState::Held);
    let send = may_act.then(|| view! { <SendAgain id destinations=takers is_held tried=tried.clone() /> });
    let counts = Counts {
        deliveries: deliveries.len(),
    };
    let content = match tab {
        Tab::Payload => {
            view! { <Masking id personal_data tried now /> <Payload id body size=row.size raw parse_error may_download /> }
                .into_any()
        }
        Tab::Headers => view! { <Headers headers none=words::NO_HEADERS /> }.into_any(),
        Tab::Verification => {
            let foreign_network = row.foreign_network;
            let endpoint = (role >= Some(Role::Admin)).then_some(row.endpoint_id);
            view! { <Proof verdict evidence provider=provider.title peer foreign_network tolerance_seconds endpoint /> }
                .into_any()
        }
        Tab::Deliveries => {
            view! { <Deliveries row=row.clone() rows=deliveries destinations is_taken tried may_act now /> }.into_any()
        }
    };
    view! {
        <leptos_meta::Title text=in_window />
        <div class="flex flex-wrap items-end justify-between gap-x-4 gap-y-3 pb-4 *:first:pb-0">{title} {send}</div>
        {done}
        {problem.map(|problem| view! { <div class="mb-3 max-w-reading">{problem}</div> })}
        {life}
        <div class="grid grid-cols-[minmax(0,1fr)] gap-x-8 gap-y-6 pt-3 xl:grid-cols-[minmax(0,1fr)_320px]">
            <div>
                {several.then(|| view! { <EventTable events now /> })}
                <Tabs id current=tab counts />
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

/// How much is behind a tab.
#[derive(Debug, Clone, Copy)]
struct Counts {
    deliveries: usize,
}

#[component]
fn Tabs(id: WebhookId, current: Tab, counts: Counts) -> impl IntoView {
    let here = address::webhook(id);
    let tabs = Tab::ALL.map(|tab| {
        let href = if tab == Tab::Payload {
            here.clone()
        } else {
            format!("{here}?tab={}", tab.name())
        };
        let count = (tab == Tab::Deliveries && counts.deliveries > 0)
            .then(|| view! { <span class="ml-1 text-xs text-muted">{counts.deliveries}</span> });
        view! {
            <a class=TAB href=href aria-current=(tab == current).then_some("page")>
                {tab.title()}
                {count}
            </a>
        }
    });
    view! {
        <nav class="flex gap-5 border-b border-hairline" aria-label="Parts of the webhook">
            {tabs.collect_view()}
        </nav>
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
