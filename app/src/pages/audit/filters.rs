//! The filter as a plain form.

use leptos::prelude::*;
use model::{AuditAction, AuditFilter, Timestamp};

use super::address;
use crate::{
    text::{audit, times},
    ui::{
        button::{LinkButton, SubmitButton},
        field::{Choice, Field, INPUT},
        menu::Menu,
    },
};

#[component]
pub fn Filters(filter: AuditFilter) -> impl IntoView {
    let any = filter != AuditFilter::default();
    let actions = AuditAction::ALL
        .iter()
        .map(|action| {
            let on = filter.actions.contains(action);
            view! { <Choice name="action" value=action.to_string() on>{audit::action(*action)}</Choice> }
        })
        .collect_view();
    let time = |at: Option<Timestamp>| at.map(times::input).unwrap_or_default();
    let (from, to) = (time(filter.from), time(filter.to));
    let actors = values(&filter.actors);
    let targets = values(&filter.targets);
    view! {
        <form class="flex flex-wrap gap-1.5" method="get" action=address::LIST role="search" aria-label="Filter the audit log">
            <Menu title="Who" chosen={!filter.actors.is_empty()} count=filter.actors.len()>
                <TextField name="actor" label="Who, whole e-mail address" value=actors />
            </Menu>
            <Menu title="Action" chosen={!filter.actions.is_empty()} count=filter.actions.len()>
                <fieldset class="md:max-h-95 md:overflow-y-auto">
                    <legend class="sr-only">"Action"</legend>
                    {actions}
                </fieldset>
            </Menu>
            <Menu title="Target" chosen={!filter.targets.is_empty()} count=filter.targets.len()>
                <TextField name="target" label="Target, whole id" value=targets />
            </Menu>
            <Menu title="Time" chosen={filter.from.is_some() || filter.to.is_some()}>
                <Field label="From (UTC)">
                    <input class=INPUT type="datetime-local" name="from" step="any" value=from />
                </Field>
                <Field label="Until (UTC)">
                    <input class=INPUT type="datetime-local" name="to" step="any" value=to />
                </Field>
            </Menu>
            <SubmitButton>"Filter"</SubmitButton>
            {any.then(|| view! { <LinkButton href=address::LIST>"Clear filters"</LinkButton> })}
        </form>
    }
    .into_any()
}

/// The values of a field that takes text: the first to be edited, the others kept.
fn values(chosen: &[model::Text]) -> Vec<String> {
    chosen.iter().map(ToString::to_string).collect()
}

#[component]
fn TextField(name: &'static str, label: &'static str, value: Vec<String>) -> impl IntoView {
    let mut values = value.into_iter();
    let first = values.next().unwrap_or_default();
    let others = values
        .map(|value| view! { <input type="hidden" name=name value=value /> })
        .collect_view();
    view! {
        <Field label>
            <input class=INPUT type="text" name=name value=first maxlength="256" autocomplete="off" spellcheck="false" />
        </Field>
        {others}
    }
    .into_any()
}
