//! The attempts of a delivery: what was answered, or why nothing was.

use leptos::prelude::*;
use model::{Attempt, Timestamp};

use crate::{
    text::{
        deliveries, failures,
        numbers::bytes,
        times,
        words::{self, Meaning},
    },
    ui::{
        badge::Mark,
        disclosure::{Disclosure, Inset},
        headers::Headers,
        icon::Glyph,
        time::{Ago, Instant},
    },
};

/// Newest first: what was tried last matters most.
#[component]
pub fn Attempts(attempts: Vec<Attempt>, answers_shown: bool, now: Timestamp) -> impl IntoView {
    if attempts.is_empty() {
        return view! { <p class="border-t border-hairline py-3 text-sm text-muted">{deliveries::NO_ATTEMPTS}</p> }.into_any();
    }
    let newest = attempts.iter().map(|attempt| attempt.number).max();
    let entries = attempts.into_iter().rev().map(|attempt| {
        let is_newest = Some(attempt.number) == newest;
        view! { <Entry attempt is_newest answers_shown now /> }
    });
    let entries = entries.collect_view();
    let hidden = (!answers_shown).then(|| view! { <p class="pb-2 text-sm text-muted">{deliveries::ANSWERS_HIDDEN}</p> });
    view! {
        {hidden}
        <ol class="border-t border-hairline">{entries}</ol>
    }
    .into_any()
}

#[component]
fn Entry(attempt: Attempt, is_newest: bool, answers_shown: bool, now: Timestamp) -> impl IntoView {
    let number = deliveries::ordinal(attempt.number);
    let (meaning, glyph, text) = match attempt.failure {
        None => (Meaning::Good, Glyph::Check, "delivered"),
        Some(_) => (Meaning::Bad, Glyph::X, "failed"),
    };
    let sentence = match attempt.failure {
        None => deliveries::taken(attempt.status),
        Some(failure) => failures::sentence(failure, attempt.status),
    };
    let advice = attempt
        .failure
        .filter(|_| is_newest)
        .and_then(|failure| failures::advice(failure, attempt.status))
        .map(|advice| view! { <p class="text-muted">{advice}</p> });
    let next = attempt
        .next_attempt_at
        .map(|at| view! { <span>{deliveries::next_was(at, now)}" "<Ago at now /></span> });
    let says = format!("Answer to the {number} attempt");
    let answer = (answers_shown && attempt.status.is_some()).then(|| view! { <Answer attempt=attempt.clone() says /> });
    view! {
        <li class="grid grid-cols-[3rem_minmax(0,1fr)] gap-x-2 gap-y-1 border-b border-hairline py-3 text-sm">
            <span class="text-muted">{number}</span>
            <div class="grid gap-1">
                <div class="flex flex-wrap items-center gap-x-2.5 gap-y-1">
                    <Mark meaning glyph text />
                    <strong class="font-strong">{sentence}</strong>
                </div>
                {advice}
                <p class="flex flex-wrap gap-x-3.5 text-muted">
                    <span><Ago at=attempt.started_at now />" · "<Instant at=attempt.started_at /></span>
                    <span>"took "{times::millis(attempt.duration_ms)}</span>
                    <span>{deliveries::trigger(attempt.trigger)}</span>
                    {next}
                </p>
                {answer}
            </div>
        </li>
    }
    .into_any()
}

const BODY: &str = "max-h-80 overflow-auto rounded-lg border border-hairline bg-sunken px-3 py-2 font-mono text-note \
                    whitespace-pre-wrap wrap-anywhere";

#[component]
fn Answer(attempt: Attempt, says: String) -> impl IntoView {
    let body = attempt.response_body;
    let size = bytes(body.len() as u64);
    let label = says.clone();
    let body = if body.is_empty() {
        view! { <p class="text-muted">{deliveries::NO_ANSWER_BODY}</p> }.into_any()
    } else {
        view! { <pre class=BODY tabindex="0" role="region" aria-label=label>{body}</pre> }.into_any()
    };
    view! {
        <Disclosure label=format!("Answer · {size}") says>
            <Inset>
                {body}
                <Headers headers=attempt.response_headers none=words::NO_ANSWER_HEADERS />
            </Inset>
        </Disclosure>
    }
    .into_any()
}
