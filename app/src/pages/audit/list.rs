use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use model::{AuditFilter, Role};

use super::{address, filters::Filters, table::Table};
use crate::{
    islands::local_times::LocalTimes,
    pages::{answer, query},
    port::{console, visitor},
    text::audit,
    ui::{
        button::LinkButton,
        icon::{Glyph, Icon},
        nav::{Frame, Section},
        state::{Blank, Failed},
    },
    view::{AuditList, ConsoleError},
};

/// The audit log, narrowed by the filter in its address.
#[component]
pub fn Audit() -> impl IntoView {
    let query = query();
    let here = if query.is_empty() {
        address::LIST.to_owned()
    } else {
        format!("{}?{query}", address::LIST)
    };
    let before = use_query_map().get_untracked().get("before");
    let asked = address::filter(&query).and_then(|filter| Ok((filter, address::before(before.as_deref())?)));
    let is_admin = visitor().is_some_and(|visitor| visitor.role >= Role::Admin);
    let (answer, console) = (answer(), console());
    let content = Suspend::new(async move {
        let found = async {
            if !is_admin {
                return Err(ConsoleError::Forbidden { needs: Role::Admin });
            }
            let (filter, before) = asked?;
            let list = console?.audit(filter.clone(), before).await?;
            Ok((list, filter, before))
        };
        match found.await {
            Ok((list, filter, before)) => view! { <Log list filter before /> }.into_any(),
            Err(error) => {
                answer.failed(&error);
                view! { <Failed error href=here /> }.into_any()
            }
        }
    });
    view! {
        <Frame title="Audit · Hookproof" current=Some(Section::Audit)>
            <div class="pt-5 pb-3">
                <h1>"Audit"</h1>
            </div>
            <Suspense fallback=|| ()>{content}</Suspense>
        </Frame>
    }
    .into_any()
}

#[component]
fn Log(list: AuditList, filter: AuditFilter, before: Option<u64>) -> impl IntoView {
    if !list.any {
        return view! { <Blank state=audit::none_yet() glyph=Glyph::ScrollText /> }.into_any();
    }
    let AuditList { page, now, .. } = list;
    let content = if page.items.is_empty() {
        view! {
            <Blank state=audit::nothing_matches() glyph=Glyph::FilterX>
                <div class="mt-2 flex">
                    <LinkButton href=address::LIST>"Clear filters"</LinkButton>
                </div>
            </Blank>
        }
        .into_any()
    } else {
        view! { <Table entries=page.items filter=filter.clone() now /> }.into_any()
    };
    let newest = before.is_some().then(|| address::list(&filter, None));
    let older = page.next.map(|next| address::list(&filter, Some(next)));
    view! {
        <div class="pb-3 print:hidden"><Filters filter /></div>
        {content}
        <nav class="flex items-center justify-end gap-2 py-4 print:hidden" aria-label="Pages">
            {newest.map(|href| view! { <LinkButton href>"Newest"</LinkButton> })}
            {older.map(|href| view! { <LinkButton href rel="next">"Older" <Icon glyph=Glyph::ChevronRight /></LinkButton> })}
        </nav>
        <LocalTimes />
    }
    .into_any()
}
