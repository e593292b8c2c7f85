//! Where one is signed in.

use leptos::prelude::*;
use model::{SessionSummary, Timestamp};

use crate::{
    api::account::{EndOtherSessions, EndSession},
    pages::Tried,
    text::{accounts, words::Meaning},
    ui::{badge::Mark, button::SubmitButton, card::Card, form::hidden, icon::Glyph, time::Ago},
};

#[component]
pub fn Sessions(sessions: Vec<SessionSummary>, tried: Tried, now: Timestamp) -> impl IntoView {
    let others = sessions.iter().filter(|session| !session.current).count();
    let rows = sessions
        .into_iter()
        .map(|session| view! { <Entry session tried=tried.clone() now /> })
        .collect_view();
    let end_others = (others > 0).then(|| {
        let form = tried.small_form::<EndOtherSessions>();
        let form = form.line(view! { <SubmitButton>"Sign out everywhere else"</SubmitButton> });
        view! { <div class="border-t border-hairline pt-3">{form}</div> }
    });
    view! {
        <Card title="Sessions" id="sessions">
            <ul class="text-sm">{rows}</ul>
            {end_others}
        </Card>
    }
    .into_any()
}

#[component]
fn Entry(session: SessionSummary, tried: Tried, now: Timestamp) -> impl IntoView {
    let SessionSummary {
        key,
        current,
        signed_in_at,
        last_seen_at,
        address,
        user_agent,
    } = session;
    let browser = accounts::browser(&user_agent);
    let end = (!current).then(|| {
        let says = format!("Sign out {browser}, {address}");
        tried.small_form::<EndSession>().line(view! {
            {hidden("key", key)}
            <SubmitButton says>"Sign out"</SubmitButton>
        })
    });
    view! {
        <li class="flex flex-wrap items-center justify-between gap-2 border-t border-hairline py-2.5 first:border-t-0">
            <div class="min-w-0">
                <p class="flex flex-wrap items-center gap-2">
                    <strong class="font-semibold wrap-anywhere" title=user_agent>{browser}</strong>
                    {current.then(|| view! { <Mark meaning=Meaning::Good glyph=Glyph::Check text="this one" /> })}
                </p>
                <p class="flex flex-wrap gap-x-3.5 text-muted">
                    <span>{address}</span>
                    <span>"signed in " <Ago at=signed_in_at now /></span>
                    <span>"seen " <Ago at=last_seen_at now /></span>
                </p>
            </div>
            {end}
        </li>
    }
    .into_any()
}
