use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use model::{PageRequest, WebhookFilter, WebhookId};
use uuid::Uuid;

use super::{
    address,
    chips::Chips,
    filters::Filters,
    histogram::Histogram,
    selection::{AllThatMatch, SelectionBar},
    table::Table,
    waiting::Waiting,
};
use crate::{
    islands::local_times::LocalTimes,
    pages::{Tried, answer, deliveries::may_act, done, here, query, tried},
    port::console,
    text::states,
    ui::{
        button::LinkButton,
        icon::Glyph,
        nav::{Frame, Section},
        paging::Paging,
        state::{Blank, Failed},
    },
    view::WebhookList,
};

/// The log of webhooks, narrowed by the filter in its address.
#[component]
pub fn Webhooks() -> impl IntoView {
    let (query, here) = (query(), here());
    let asked = address::filter(&query).and_then(|filter| {
        let cursor = use_query_map().get_untracked().get("cursor");
        Ok((filter, address::page(cursor.as_deref())?))
    });
    if let Ok((filter, page)) = &asked
        && address::is_cluttered(&query)
    {
        leptos_axum::redirect(
            &page
                .cursor
                .map_or_else(|| address::list(filter), |cursor| address::list_at(filter, cursor)),
        );
    }
    let (tried, done, answer, console, may_act) = (tried(), done(), answer(), console(), may_act());
    let content = Suspend::new(async move {
        let (filter, page) = match asked {
            Ok(asked) => asked,
            Err(error) => {
                answer.failed(&error);
                return view! { <Failed error href=here /> }.into_any();
            }
        };
        let list = match console {
            Ok(console) => console.webhooks(filter.clone(), page).await,
            Err(error) => Err(error),
        };
        match list {
            Ok(list) => view! { <Log list filter page here tried may_act /> }.into_any(),
            Err(error) => {
                answer.failed(&error);
                view! { <Failed error href=here /> }.into_any()
            }
        }
    });
    view! {
        <Frame title="Webhooks · Hookproof" current=Some(Section::Webhooks)>
            <h1 class="sr-only">"Webhooks"</h1>
            {done.map(|done| view! { <div class="pt-4">{done}</div> })}
            <Suspense fallback=|| ()>{content}</Suspense>
        </Frame>
    }
    .into_any()
}

#[component]
fn Log(list: WebhookList, filter: WebhookFilter, page: PageRequest, here: String, tried: Tried, may_act: bool) -> impl IntoView {
    if !list.any {
        return view! { <Waiting endpoints=list.endpoints providers=list.providers setup=list.setup /> }.into_any();
    }
    let WebhookList {
        page: rows,
        providers,
        endpoints,
        catalogue,
        volume,
        now,
        ..
    } = list;
    let at_top = page.cursor.is_none() && rows.newer.is_none();
    // Where nothing matches yet, any webhook is newer than the id of zeros.
    let newest = rows
        .items
        .first()
        .map(|row| row.id)
        .or_else(|| at_top.then(|| WebhookId(Uuid::nil())));
    let table = if rows.items.is_empty() {
        let clear = if filter.is_empty() {
            "Show the newest"
        } else {
            "Clear filters"
        };
        view! {
            <Blank state=states::nothing_matches() glyph=Glyph::FilterX>
                <div class="mt-2 flex">
                    <LinkButton href=address::LIST>{clear}</LinkButton>
                </div>
            </Blank>
        }
        .into_any()
    } else {
        let all = may_act.then(|| view! { <AllThatMatch filter=filter.clone() /> });
        let bar = may_act.then(|| view! { <SelectionBar here /> });
        view! {
            <div class="group/log">
                <Table rows=rows.items providers=providers.clone() may_select=may_act now />
                {bar}
                {all}
            </div>
        }
        .into_any()
    };
    let problem = tried.problem(&[]);
    view! {
        {problem.map(|problem| view! { <div class="max-w-reading pt-4">{problem}</div> })}
        <Histogram volume filter=filter.clone() newest at_top />
        <div class="py-3 print:hidden">
            <Filters filter=filter.clone() providers=providers.clone() endpoints=endpoints.clone() catalogue now />
            <Chips filter=filter.clone() providers endpoints />
        </div>
        {table}
        <Paging
            newest=address::list(&filter)
            newer=rows.newer.map(|cursor| address::list_at(&filter, cursor))
            older=rows.older.map(|cursor| address::list_at(&filter, cursor))
        />
        <LocalTimes />
    }
    .into_any()
}
