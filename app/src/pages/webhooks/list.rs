use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use model::{PageRequest, WebhookFilter, WebhookId};
use uuid::Uuid;

use super::{address, chips::Chips, filters::Filters, histogram::Histogram, paging::Paging, table::Table, waiting::Waiting};
use crate::{
    islands::local_times::LocalTimes,
    pages::{answer, query},
    port::console,
    text::states,
    ui::{
        button::LinkButton,
        icon::Glyph,
        nav::{Frame, Section},
        state::{Blank, Failed},
    },
    view::WebhookList,
};

/// The log of webhooks, narrowed by the filter in its address.
#[component]
pub fn Webhooks() -> impl IntoView {
    let query = query();
    let here = if query.is_empty() {
        address::LIST.to_owned()
    } else {
        format!("{}?{query}", address::LIST)
    };
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
    let (answer, console) = (answer(), console());
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
            Ok(list) => view! { <Log list filter page /> }.into_any(),
            Err(error) => {
                answer.failed(&error);
                view! { <Failed error href=here /> }.into_any()
            }
        }
    });
    view! {
        <Frame title="Webhooks · Hookproof" current=Some(Section::Webhooks)>
            <h1 class="sr-only">"Webhooks"</h1>
            <Suspense fallback=|| ()>{content}</Suspense>
        </Frame>
    }
    .into_any()
}

#[component]
fn Log(list: WebhookList, filter: WebhookFilter, page: PageRequest) -> impl IntoView {
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
        view! { <Table rows=rows.items providers=providers.clone() now /> }.into_any()
    };
    view! {
        <Histogram volume filter=filter.clone() newest at_top />
        <div class="py-3 print:hidden">
            <Filters filter=filter.clone() providers=providers.clone() endpoints=endpoints.clone() catalogue now />
            <Chips filter=filter.clone() providers endpoints />
        </div>
        {table}
        <Paging filter newer=rows.newer older=rows.older />
        <LocalTimes />
    }
    .into_any()
}
