//! Checking an endpoint's stored webhooks again.

use leptos::prelude::*;
use model::{EndpointId, ReverifyProgress, ReverifyState, Timestamp};

use super::look_again;
use crate::{
    api::endpoints::{CancelReverify, StartReverify},
    islands::reverify::ReverifyBar,
    pages::Tried,
    text::{endpoints, words::Meaning},
    ui::{
        button::{LinkButton, SubmitButton},
        card::Card,
        form::hidden,
        icon::Glyph,
        input::Input,
        notice::Notice,
    },
};

#[component]
pub fn CheckAgain(endpoint: EndpointId, progress: Option<ReverifyProgress>, tried: Tried, now: Timestamp) -> impl IntoView {
    let content = match progress {
        Some(progress) if progress.state == ReverifyState::Running => {
            view! { <Running endpoint progress tried now /> }.into_any()
        }
        before => {
            let result = before.map(|progress| {
                let (meaning, glyph) = match progress.state {
                    ReverifyState::Failed => (Meaning::Bad, Glyph::TriangleAlert),
                    ReverifyState::Cancelled => (Meaning::Neutral, Glyph::CircleSlash),
                    ReverifyState::Done | ReverifyState::Running => (Meaning::Good, Glyph::Check),
                };
                view! { <Notice meaning glyph text=endpoints::reverify(&progress) /> }
            });
            view! {
                {result}
                <Start endpoint tried />
            }
            .into_any()
        }
    };
    view! { <Card title="Check again" id="check-again">{content}</Card> }.into_any()
}

#[component]
fn Start(endpoint: EndpointId, tried: Tried) -> impl IntoView {
    let form = tried.form::<StartReverify>("reverify");
    let content = form.stack(view! {
        {hidden("id", endpoint)}
        <div class="grid gap-3 sm:grid-cols-2">
            {form.field(Input::time("from", "Received from").hint(endpoints::SPAN_FROM))}
            {form.field(Input::time("to", "Received before").hint(endpoints::SPAN_TO))}
        </div>
        <div><SubmitButton>"Check again"</SubmitButton></div>
    });
    view! {
        <p class="mb-3 max-w-reading text-sm text-muted">{endpoints::CHECK_AGAIN}</p>
        {content}
    }
    .into_any()
}

#[component]
fn Running(endpoint: EndpointId, progress: ReverifyProgress, tried: Tried, now: Timestamp) -> impl IntoView {
    let cancel = tried.form::<CancelReverify>("cancel-reverify").line(view! {
        {hidden("id", endpoint)}
        <SubmitButton>"Cancel checking"</SubmitButton>
        <span class="scripted:hidden">
            <LinkButton href=look_again(endpoint, "check-again", now)>"See how far it is"</LinkButton>
        </span>
    });
    view! {
        <div class="mb-3 max-w-140">
            <ReverifyBar endpoint progress />
        </div>
        {cancel}
    }
    .into_any()
}
