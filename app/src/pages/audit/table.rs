//! The entries. On a narrow screen each row becomes a card, so the roles that the layout would take from a table are named.

use leptos::prelude::*;
use model::{AuditChange, AuditEntry, AuditFilter, Timestamp};

use super::address;
use crate::{
    text::{audit, words::short_id},
    ui::time::Ago,
};

const COLUMNS: [(&str, &str); 5] = [
    ("When", "lg:w-28 lg:pl-2"),
    ("Who", "lg:w-[22%]"),
    ("Action", "lg:w-[18%]"),
    ("Target", "lg:w-[20%]"),
    ("Changes", ""),
];
const HEAD: &str = "text-left text-xs font-medium text-muted lg:sticky lg:top-0 lg:z-10 lg:h-8 lg:border-b lg:border-hairline \
                    lg:bg-ground lg:pr-3";
const ENTRY: &str = "-mx-edge grid grid-cols-[minmax(0,1fr)_auto] gap-x-3 gap-y-0.5 border-t border-hairline px-edge py-2.5 \
                     hover:bg-hover lg:table-row *:min-w-0 max-lg:*:empty:hidden lg:*:border-b lg:*:border-hairline lg:*:py-2 \
                     lg:*:pr-3 lg:*:align-top";
const WHEN: &str = "col-start-2 row-start-1 text-right text-muted lg:pl-2 lg:text-left";
const WHO: &str = "col-start-1 row-start-1 wrap-anywhere";
const ACTION: &str = "col-span-full";
const REST: &str = "col-span-full wrap-anywhere";

#[component]
pub fn Table(entries: Vec<AuditEntry>, filter: AuditFilter, now: Timestamp) -> impl IntoView {
    let rows = entries
        .into_iter()
        .map(|entry| view! { <Row entry filter=filter.clone() now /> })
        .collect_view();
    view! {
        <table class="block w-full border-separate border-spacing-0 text-sm lg:table lg:table-fixed" role="table">
            <thead class="max-lg:sr-only" role="rowgroup">
                <tr role="row">
                    {COLUMNS
                        .map(|(title, width)| {
                            view! { <th class=format!("{HEAD} {width}") role="columnheader" scope="col">{title}</th> }
                        })
                        .collect_view()}
                </tr>
            </thead>
            <tbody class="block lg:table-row-group" role="rowgroup">{rows}</tbody>
        </table>
    }
    .into_any()
}

#[component]
fn Row(entry: AuditEntry, filter: AuditFilter, now: Timestamp) -> impl IntoView {
    let AuditEntry {
        at,
        actor,
        address,
        action,
        target,
        detail,
        ..
    } = entry;
    let name = if actor.name.is_empty() {
        "nobody".to_owned()
    } else {
        actor.name
    };
    let name = match address::of_actor(&filter, &name) {
        Some(href) => view! { <a class="text-ink" href=href>{name}</a> }.into_any(),
        None => name.into_any(),
    };
    let door = audit::door(actor.kind).map(|door| view! { <span class="text-muted">{format!(" {door}")}</span> });
    let address = address.map(|address| view! { <span class="block text-xs text-muted">{address}</span> });
    let ink = if audit::is_alarming(action) { "text-attention" } else { "" };
    let target = target.map(|target| {
        let kind = audit::target_kind(target.kind);
        let name = if target.name.is_empty() {
            short_id(&target.id)
        } else {
            target.name.clone()
        };
        let name = match address::page(&target) {
            Some(href) => view! { <a class="text-ink" href=href>{name}</a> }.into_any(),
            None => view! { <span>{name}</span> }.into_any(),
        };
        let same = address::of_target(&filter, &target.id).map(|href| {
            view! {
                <a class="text-xs" href=href title=target.id.clone()>
                    "history"
                    <span class="sr-only">{format!(" of {kind} {}", target.name)}</span>
                </a>
            }
        });
        view! {
            <span class="text-muted">{kind}" "</span>
            {name}
            " "
            {same}
        }
    });
    view! {
        <tr class=ENTRY role="row">
            <td class=WHEN role="cell"><Ago at now /></td>
            <td class=WHO role="cell">{name}{door}{address}</td>
            <td class=format!("{ACTION} {ink}") role="cell">{audit::action(action)}</td>
            <td class=REST role="cell">{target}</td>
            <td class=REST role="cell"><Changes detail /></td>
        </tr>
    }
    .into_any()
}

/// Each field before and after.
#[component]
fn Changes(detail: Vec<AuditChange>) -> impl IntoView {
    if detail.is_empty() {
        return ().into_any();
    }
    let changes = detail.into_iter().map(|change| {
        let name = audit::field(&change);
        let after = audit::value(change.after.as_deref()).to_owned();
        let before = change.before.map(|before| {
            view! {
                <del class="text-muted">{audit::value(Some(&before)).to_owned()}</del>
                <span aria-hidden="true">" → "</span>
                <span class="sr-only">" became "</span>
            }
        });
        view! {
            <li>
                <span class="text-muted">{name}": "</span>
                {before}
                <span>{after}</span>
            </li>
        }
    });
    view! { <ul class="text-note">{changes.collect_view()}</ul> }.into_any()
}
