use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::{use_params_map, use_query_map};
use model::{DeliveryState, RecordId, Role, WebhookDetail, WebhookId};

use super::{
    address,
    deliveries::{Deliveries, SendAgain},
    events::{EventFacts, EventTable},
    life::Life,
    masking,
    payload::Payload,
    proof::Proof,
    record::{Record, asking::may_ask, links::Links},
    side::Neighbours,
    title::{Title, event_name},
};
use crate::{
    api::{records::RevealRecord, webhooks::Reveal},
    islands::local_times::LocalTimes,
    pages::{Tried, answer, done, tried},
    port::{console, visitor},
    text::{records, verification, words},
    ui::{
        form::hidden,
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
    // One that cannot be read is none: the newest is shown.
    let record = query.get("record").and_then(|record| record.parse::<RecordId>().ok());
    let (answer, console, tried, done) = (answer(), console(), tried(), done());
    let role = visitor().map(|visitor| visitor.role);
    let content = Suspend::new(async move {
        let id = given.parse::<WebhookId>().map_err(|_| ConsoleError::NotFound);
        let found = match (id, console) {
            (Ok(id), Ok(console)) => console.webhook(id, record).await,
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
    Record,
}

impl Tab {
    const ALL: [Self; 5] = [
        Self::Payload,
        Self::Headers,
        Self::Verification,
        Self::Deliveries,
        Self::Record,
    ];

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
            Self::Record => "record",
        }
    }

    const fn title(self) -> &'static str {
        match self {
            Self::Payload => "Payload",
            Self::Headers => "Headers",
            Self::Verification => "Verification",
            Self::Deliveries => "Deliveries",
            Self::Record => "Provider record",
        }
    }
}

#[component]
fn Page(page: WebhookPage, tab: Tab, raw: bool, tried: Tried, done: Option<AnyView>, role: Option<Role>) -> impl IntoView {
    let (now, row) = (page.now, page.detail.row.clone());
    let id = row.id;
    let in_window = format!("{} · Hookproof", event_name(&row));
    let subject = row.event.as_ref().and_then(|event| event.subject.clone());
    let mut events = page.detail.events.clone();
    let several = events.len() > 1;
    let title = view! { <Title row=row.clone() mark=page.provider.clone() endpoint=row.endpoint_name.clone() several /> };
    let is_taken = !page.taken_by.is_empty();
    let refetch = page.records.refetches.first().cloned();
    // On its own tab it stands beside what it is about.
    let may_refetch = tab != Tab::Record && may_ask(&page.records.askable, refetch.as_ref(), role);
    let (notes, evidence) = (page.notes.clone(), page.detail.evidence.clone());
    let life = view! { <Life row evidence refetch notes provider=page.provider.title.clone() is_taken now /> };
    let facts = if several { None } else { events.pop() };
    let facts = facts.map(|event| view! { <EventFacts event catalogue=page.catalogue.clone() now /> });
    let problem = tried.problem(&[Reveal::PATH, RevealRecord::PATH]);
    let send = (role >= Some(Role::Operator) && page.detail.row.erased_at.is_none()).then(|| {
        let takers = page
            .destinations
            .iter()
            .filter(|destination| page.taken_by.contains(&destination.id));
        let is_held = page.deliveries.iter().any(|delivery| delivery.state == DeliveryState::Held);
        view! { <SendAgain id destinations=takers.cloned().collect() is_held may_refetch tried=tried.clone() /> }
    });
    let counts = Counts {
        deliveries: page.deliveries.len(),
        records: page.records.history.len(),
    };
    let neighbours = page.neighbours.clone();
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
                <div class="pt-4"><Content page tab raw tried role /></div>
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

/// What is behind the tab.
#[component]
fn Content(page: WebhookPage, tab: Tab, raw: bool, tried: Tried, role: Option<Role>) -> impl IntoView {
    let WebhookPage {
        detail,
        provider,
        body,
        personal_data,
        deliveries,
        destinations,
        taken_by,
        records,
        links,
        tolerance_seconds,
        now,
        ..
    } = page;
    let WebhookDetail {
        row,
        headers,
        peer,
        evidence,
        parse_error,
        ..
    } = detail;
    let (id, may_act) = (row.id, role >= Some(Role::Operator));
    match tab {
        Tab::Payload => {
            let may_renew = may_ask(&records.askable, records.refetches.first(), role);
            let banner = masking::banner::<Reveal>(personal_data, hidden("id", id), &tried, now);
            view! {
                <div class="mb-3 empty:hidden"><Links id links may_renew tried now /></div>
                {banner}
                <Payload row body raw parse_error may_download=may_act />
            }
            .into_any()
        }
        Tab::Headers => {
            let none = match (row.erased_at, row.reconciled) {
                (Some(_), _) => records::HEADERS_ERASED,
                (None, true) => records::NO_REQUEST,
                (None, false) => words::NO_HEADERS,
            };
            view! { <Headers headers none /> }.into_any()
        }
        Tab::Verification => {
            let endpoint = (role >= Some(Role::Admin)).then_some(row.endpoint_id);
            let (verdict, foreign_network, contradicted) = (row.verdict, row.foreign_network, row.contradicted);
            let (provider, record) = (provider.title, address::record(id, None));
            let listed = verification::is_listed(row.reconciled, evidence.record.as_ref());
            view! {
                <Proof verdict evidence provider peer foreign_network contradicted listed record tolerance_seconds endpoint />
            }
            .into_any()
        }
        Tab::Deliveries => {
            let is_taken = !taken_by.is_empty();
            view! { <Deliveries row rows=deliveries destinations is_taken tried may_act now /> }.into_any()
        }
        Tab::Record => {
            let (evidence, provider) = (evidence.record, provider.title);
            view! { <Record row section=records evidence provider raw tried role now /> }.into_any()
        }
    }
}

const TAB: &str = "flex-none border-b-2 border-transparent px-px pt-2.5 pb-2 text-tab font-medium text-muted -outline-offset-2 \
                   aria-[current]:[scroll-initial-target:nearest] hover:text-ink hover:no-underline aria-[current]:border-accent aria-[current]:text-ink";

/// How much is behind a tab.
#[derive(Debug, Clone, Copy)]
struct Counts {
    deliveries: usize,
    records: usize,
}

impl Counts {
    const fn of(self, tab: Tab) -> usize {
        match tab {
            Tab::Payload | Tab::Headers | Tab::Verification => 0,
            Tab::Deliveries => self.deliveries,
            Tab::Record => self.records,
        }
    }
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
        let count = counts.of(tab);
        let count = (count > 0).then(|| view! { <span class="ml-1 text-xs text-muted">{count}</span> });
        view! {
            <a class=TAB href=href aria-current=(tab == current).then_some("page")>
                {tab.title()}
                {count}
            </a>
        }
    });
    view! {
        <nav class="flex gap-x-5 overflow-x-auto shadow-[inset_0_-1px_0_var(--hairline)] [scrollbar-width:none]" aria-label="Parts of the webhook">
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
