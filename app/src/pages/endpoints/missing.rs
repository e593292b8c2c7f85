//! Comparing the provider's list of events with the log: what is missing, and the button that stores it.

use leptos::prelude::*;
use model::{EndpointId, MissingEvent, ReconcileProgress, ReconcileState, Timestamp};

use super::look_again;
use crate::{
    api::records::{CancelReconcile, StartReconcile, StoreMissing},
    islands::reconcile::Comparing,
    look::Look,
    pages::Tried,
    text::{reconcile, words::Meaning},
    ui::{
        button::{LinkButton, SubmitButton},
        card::Card,
        form::hidden,
        icon::{Glyph, Icon},
        input::Input,
        meaning::ink,
        notice::Notice,
        time::Ago,
    },
};

/// More are counted, and stored with the rest.
const MOST_SHOWN: usize = 50;

#[component]
pub fn NeverArrived(
    endpoint: EndpointId,
    /// The provider's name.
    provider: String,
    has_credentials: bool,
    progress: Option<ReconcileProgress>,
    tried: Tried,
    may_act: bool,
    now: Timestamp,
) -> impl IntoView {
    let is_running = progress
        .as_ref()
        .is_some_and(|progress| progress.state == ReconcileState::Running);
    let start = match (may_act && !is_running, has_credentials) {
        (true, true) => view! { <Start endpoint again=progress.is_some() tried=tried.clone() /> }.into_any(),
        (true, false) => view! { <p class="text-sm text-muted">{reconcile::no_credentials(&provider)}</p> }.into_any(),
        (false, _) => ().into_any(),
    };
    let found = progress.map(|progress| {
        if is_running {
            view! { <Running endpoint progress tried may_act now /> }.into_any()
        } else {
            view! { <Ended endpoint progress tried may_act now /> }.into_any()
        }
    });
    view! {
        <Card title="What is missing" id="never-arrived">
            <p class="mb-3 max-w-reading text-sm text-muted">{reconcile::meaning(&provider)}</p>
            {found}
            {start}
        </Card>
    }
    .into_any()
}

#[component]
fn Start(endpoint: EndpointId, again: bool, tried: Tried) -> impl IntoView {
    let form = tried.form::<StartReconcile>("reconcile");
    let label = if again { "Compare again" } else { "Compare" };
    form.stack(view! {
        {hidden("id", endpoint)}
        <div class="grid gap-3 sm:grid-cols-2">
            {form.field(Input::time("from", "Happened from").hint(reconcile::FROM_HINT))}
            {form.field(Input::time("to", "Happened before").hint(reconcile::TO_HINT))}
        </div>
        <div><SubmitButton>{label}</SubmitButton></div>
    })
}

#[component]
fn Running(endpoint: EndpointId, progress: ReconcileProgress, tried: Tried, may_act: bool, now: Timestamp) -> impl IntoView {
    let span = reconcile::span(&progress);
    let cancel = may_act.then(|| {
        tried.form::<CancelReconcile>("cancel-reconcile").line(view! {
            {hidden("id", endpoint)}
            <SubmitButton>"Cancel comparing"</SubmitButton>
            <span class="scripted:hidden">
                <LinkButton href=look_again(endpoint, "never-arrived", now)>"See how far it is"</LinkButton>
            </span>
        })
    });
    view! {
        <div class="mb-3">
            <p class="mb-1.5 text-sm text-muted">{span}</p>
            <Comparing endpoint progress />
        </div>
        {cancel}
    }
    .into_any()
}

#[component]
fn Ended(endpoint: EndpointId, progress: ReconcileProgress, tried: Tried, may_act: bool, now: Timestamp) -> impl IntoView {
    let missing = progress.missing.len();
    let (meaning, glyph) = match progress.state {
        ReconcileState::Failed => (Meaning::Bad, Glyph::TriangleAlert),
        ReconcileState::Cancelled => (Meaning::Neutral, Glyph::CircleSlash),
        ReconcileState::Done | ReconcileState::Running if missing > 0 && progress.stored == 0 => {
            (Meaning::Attention, Glyph::TriangleAlert)
        }
        ReconcileState::Done | ReconcileState::Running => (Meaning::Good, Glyph::Check),
    };
    let result = reconcile::progress(&progress);
    let why = progress.failure.as_deref().map(crate::text::forms::sentence);
    let text = why.map_or_else(|| result.clone(), |why| format!("{result} {why}"));
    let others = reconcile::untrusted(&progress)
        .into_iter()
        .chain(reconcile::other_types(&progress))
        .chain(reconcile::not_all(&progress));
    let others = others.map(|text| view! { <p class="mb-3 max-w-reading text-sm text-muted">{text}</p> });
    let others = others.collect_view();
    let span = reconcile::span(&progress);
    let stored = reconcile::stored(&progress);
    let store = (may_act && missing > 0 && stored.is_none()).then(|| {
        tried.form::<StoreMissing>("store-missing").stack(view! {
            {hidden("id", endpoint)}
            <div class="flex flex-wrap items-center gap-x-3 gap-y-1.5">
                <SubmitButton look=Look::Accent>
                    <Icon glyph=Glyph::Inbox />
                    {reconcile::store(missing)}
                </SubmitButton>
                <span class="min-w-0 flex-1 basis-60 text-sm text-muted">{reconcile::STORE_MEANS}</span>
            </div>
        })
    });
    let stored = stored.map(|text| view! { <Notice meaning=Meaning::Good glyph=Glyph::Check text /> });
    let is_listed = stored.is_none();
    let list = is_listed.then(|| view! { <Missing missing=progress.missing now /> });
    view! {
        <p class="mb-1.5 text-sm text-muted">{span}</p>
        <Notice meaning glyph text />
        {stored}
        {others}
        {list}
        {store.map(|store| view! { <div class="mb-4">{store}</div> })}
    }
    .into_any()
}

/// What never arrived, or not in a form that can be trusted; newest first.
#[component]
fn Missing(missing: Vec<MissingEvent>, now: Timestamp) -> impl IntoView {
    if missing.is_empty() {
        return ().into_any();
    }
    let more = missing.len().saturating_sub(MOST_SHOWN);
    let more = (more > 0).then(|| view! { <p class="mt-1 text-sm text-muted">{reconcile::and_more(more)}</p> });
    let rows = missing.into_iter().take(MOST_SHOWN).map(|event| {
        let object = reconcile::object(&event);
        let came = event.came_untrusted.then(|| {
            view! {
                <span class=format!("col-span-full inline-flex items-center gap-1 text-xs {}", ink(Meaning::Attention))>
                    <Icon glyph=Glyph::TriangleAlert />
                    {reconcile::CAME_UNTRUSTED}
                </span>
            }
        });
        view! {
            <li class="grid grid-cols-[minmax(0,1fr)_auto] gap-x-3 border-hairline py-1.5 not-first:border-t">
                <span class="min-w-0 font-strong wrap-anywhere">{event.event_type.to_string()}</span>
                <Ago at=event.created_at now class="text-right text-muted" />
                <span class="col-span-full truncate text-xs text-muted" title=object.clone()>{object.clone()}</span>
                {came}
            </li>
        }
    });
    view! {
        <div class="mb-4 max-w-140">
            <ul class="max-h-90 overflow-y-auto text-sm" tabindex="0" role="list" aria-label="Missing events">
                {rows.collect_view()}
            </ul>
            {more}
        </div>
    }
    .into_any()
}
