use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use model::{DeliveryFilter, Role};

use super::{address, filters::Filters, may_act, table::Table};
use crate::{
    islands::local_times::LocalTimes,
    look::Look,
    pages::{Tried, answer, done, here, query, tried, webhooks},
    port::{console, visitor},
    text::deliveries,
    ui::{
        button::LinkButton,
        icon::Glyph,
        nav::{Frame, Section},
        paging::Paging,
        state::{Blank, Failed},
    },
    view::DeliveryList,
};

/// The deliveries, narrowed by the filter in the page's address.
#[component]
pub fn Deliveries() -> impl IntoView {
    let (query, here) = (query(), here());
    let asked = address::filter(&query).and_then(|filter| {
        let cursor = use_query_map().get_untracked().get("cursor");
        Ok((filter, webhooks::address::page(cursor.as_deref())?))
    });
    let (tried, done, answer, console, may_act) = (tried(), done(), answer(), console(), may_act());
    let content = Suspend::new(async move {
        let found = async {
            let (filter, page) = asked?;
            let list = console?.deliveries(filter.clone(), page).await?;
            Ok((list, filter))
        };
        match found.await {
            Ok((list, filter)) => view! { <Log list filter here tried may_act /> }.into_any(),
            Err(error) => {
                answer.failed(&error);
                view! { <Failed error href=here /> }.into_any()
            }
        }
    });
    view! {
        <Frame title="Deliveries · Hookproof" current=Some(Section::Deliveries)>
            <div class="pt-5 pb-3">
                <h1>"Deliveries"</h1>
            </div>
            {done}
            <Suspense fallback=|| ()>{content}</Suspense>
        </Frame>
    }
    .into_any()
}

#[component]
fn Log(list: DeliveryList, filter: DeliveryFilter, here: String, tried: Tried, may_act: bool) -> impl IntoView {
    let DeliveryList {
        page,
        providers,
        destinations,
        any,
        now,
    } = list;
    if !any {
        let may_add = destinations.is_empty() && visitor().is_some_and(|visitor| visitor.role >= Role::Admin);
        let state = deliveries::none_yet(!destinations.is_empty(), may_add);
        return view! {
            <Blank state glyph=Glyph::Send>
                {may_add.then(|| view! {
                    <div class="mt-2 flex">
                        <LinkButton href="/destinations/new" look=Look::Accent>"Add a destination"</LinkButton>
                    </div>
                })}
            </Blank>
        }
        .into_any();
    }
    let problem = tried.problem(&[]);
    let all_at_once = address::all_at_once(&filter).filter(|_| may_act && !page.items.is_empty());
    let content = if page.items.is_empty() {
        view! {
            <Blank state=deliveries::nothing_matches() glyph=Glyph::FilterX>
                <div class="mt-2 flex">
                    <LinkButton href=address::LIST>"Clear filters"</LinkButton>
                </div>
            </Blank>
        }
        .into_any()
    } else {
        view! { <Table rows=page.items providers destinations=destinations.clone() here=here tried may_act now /> }.into_any()
    };
    view! {
        {problem.map(|problem| view! { <div class="mb-3 max-w-reading">{problem}</div> })}
        <div class="flex flex-wrap items-center gap-x-4 gap-y-1.5 pb-3 print:hidden">
            <Filters filter=filter.clone() destinations />
            {all_at_once.map(|(label, href)| view! { <a class="text-sm" href=href>{label}</a> })}
        </div>
        {content}
        <Paging
            newest=address::list(&filter)
            newer=page.newer.map(|cursor| address::list_at(&filter, cursor))
            older=page.older.map(|cursor| address::list_at(&filter, cursor))
        />
        <LocalTimes />
    }
    .into_any()
}
