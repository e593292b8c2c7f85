//! Whether the provider can be asked again, the button for it, and how far asking is.

use leptos::prelude::*;
use model::{EndpointId, Failure, RefetchRow, RefetchState, Role, Timestamp, WebhookId, WebhookRow};

use crate::{
    api::records::Refetch,
    pages::{Tried, webhooks::address},
    text::{records, words::Meaning},
    ui::{
        button::{LinkButton, SubmitButton},
        form::hidden,
        icon::{Glyph, Icon},
        meaning::{ground, ink},
    },
    view::Askable,
};

/// Whether there is a button: to whoever may press it, where it does something.
pub fn may_ask(askable: &Askable, newest: Option<&RefetchRow>, role: Option<Role>) -> bool {
    let is_asking = newest.is_some_and(|row| row.state == RefetchState::Fetching);
    role >= Some(Role::Operator) && *askable == Askable::Yes && !is_asking
}

/// The button, which leads to the newest record. `says` is what a screen reader says where the label does not say it all.
pub fn button(id: WebhookId, label: &'static str, tried: &Tried) -> AnyView {
    tried.small_form::<Refetch>().line(view! {
        {hidden("id", id)}
        {hidden("back", address::record(id, None))}
        <SubmitButton>
            <Icon glyph=Glyph::RefreshCw />
            {label}
        </SubmitButton>
    })
}

#[component]
pub fn Asking(
    row: WebhookRow,
    askable: Askable,
    /// The newest re-fetch of the webhook.
    newest: Option<RefetchRow>,
    provider: String,
    /// It was found in the provider's list of events, which is to have asked.
    listed: bool,
    tried: Tried,
    role: Option<Role>,
    now: Timestamp,
) -> impl IntoView {
    let never = (newest.is_none() && !listed && askable == Askable::Yes).then_some(records::NEVER_ASKED);
    let sentence = records::askable(&askable, &provider);
    let sentence = never.map_or_else(|| sentence.clone(), |never| format!("{sentence} {never}"));
    let button = may_ask(&askable, newest.as_ref(), role).then(|| button(row.id, "Re-fetch", &tried));
    let endpoint = (role >= Some(Role::Admin)).then_some(row.endpoint_id);
    let add = endpoint
        .filter(|_| askable == Askable::NoCredentials)
        .map(|id| credentials(id, "Add credentials"));
    let state = newest.map(|newest| view! { <State newest id=row.id endpoint now /> });
    view! {
        <section class="grid gap-3 rounded-lg border border-hairline bg-surface px-3.5 py-3" aria-label="Asking the provider">
            <div class="flex flex-wrap items-center gap-x-4 gap-y-2.5">
                <p class="min-w-0 flex-1 basis-60 text-sm text-muted">{sentence}</p>
                {button}
                {add}
            </div>
            {state}
        </section>
    }
    .into_any()
}

/// What the newest re-fetch waits for, or failed with.
#[component]
fn State(newest: RefetchRow, id: WebhookId, endpoint: Option<EndpointId>, now: Timestamp) -> impl IntoView {
    let is_open = newest.state.is_open();
    let failure = newest.failure.filter(|_| is_open || newest.state == RefetchState::Failed);
    let failed = failure.map(|failure| {
        let what = records::failed(failure, newest.status, newest.asked_at, now);
        let helps = records::advice(failure, newest.status).map(|advice| format!(" {advice}"));
        view! { <p><span class="font-strong">{what}</span>{helps}</p> }
    });
    let open = is_open.then(|| {
        view! {
            <p class="flex flex-wrap gap-x-3">
                <span>{records::open(&newest, now)}</span>
                <a href=address::record(id, None)>"Look again"</a>
            </p>
        }
    });
    let correct = failure
        .filter(|failure| is_of_credentials(*failure))
        .and(endpoint)
        .map(|id| credentials(id, "Credentials of the endpoint"));
    let (meaning, glyph) = match (is_open, failure) {
        (true, None) => (Meaning::Info, Glyph::Clock),
        (true, Some(_)) => (Meaning::Attention, Glyph::Clock),
        (false, Some(_)) => (Meaning::Bad, Glyph::TriangleAlert),
        (false, None) => return ().into_any(),
    };
    view! {
        <div class=format!("flex gap-2 rounded-md px-3 py-2 text-sm {} {}", ink(meaning), ground(meaning))>
            <Icon glyph class="mt-0.75 size-3.5" />
            <div class="grid min-w-0 gap-1.5 wrap-anywhere">{failed} {open} {correct}</div>
        </div>
    }
    .into_any()
}

const fn is_of_credentials(failure: Failure) -> bool {
    matches!(
        failure,
        Failure::Unauthorized | Failure::Forbidden | Failure::NoCredentials | Failure::TokenFailed | Failure::BadAnswer
    )
}

fn credentials(endpoint: EndpointId, label: &'static str) -> AnyView {
    view! {
        <div class="flex"><LinkButton href=format!("/endpoints/{endpoint}#credentials-card")>{label}</LinkButton></div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_offered_that_would_do_nothing() {
        fn check(askable: &Askable, role: Role, offered: bool) {
            assert_eq!(may_ask(askable, None, Some(role)), offered, "{askable:?} {role}");
        }
        check(&Askable::Yes, Role::Operator, true);
        check(&Askable::Yes, Role::Viewer, false);
        check(&Askable::NoCredentials, Role::Admin, false);
        check(&Askable::Erased, Role::Admin, false);
        assert!(!may_ask(&Askable::Yes, None, None));
    }
}
