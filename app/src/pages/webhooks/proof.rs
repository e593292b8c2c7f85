//! The tab that says how far the webhook can be trusted, and why.

use leptos::prelude::*;
use model::{Evidence, Verdict};

use crate::{
    text::{numbers::thousands, verification, words},
    ui::{
        badge::{class, verdict_glyph},
        icon::{Glyph, Icon},
    },
};

#[component]
pub fn Proof(
    verdict: Verdict,
    evidence: Evidence,
    provider: String,
    peer: String,
    foreign_network: bool,
    tolerance_seconds: i64,
) -> impl IntoView {
    let sentence = verification::sentence(verdict, &evidence, &provider, tolerance_seconds);
    let next = verification::next_step(verdict, &provider);
    let advices = evidence
        .diagnoses
        .iter()
        .map(|diagnosis| verification::advice(diagnosis, &provider))
        .map(|advice| {
            view! {
                <li>
                    <strong>{advice.finding}</strong>
                    <span>{advice.action}</span>
                </li>
            }
        });
    let advices = advices.collect_view();
    let facts = [
        ("Scheme", evidence.scheme.map(|scheme| words::scheme(scheme).to_owned())),
        ("Header", evidence.header),
        ("Secret", evidence.secret_label),
        (
            "Live secrets",
            (evidence.live_secrets > 0).then(|| thousands(evidence.live_secrets as u64)),
        ),
        (
            "Skew",
            evidence
                .skew_seconds
                .map(|skew| format!("{}; {tolerance_seconds} s are allowed", verification::skew(skew))),
        ),
        ("Sender", Some(peer)),
    ];
    let facts = facts
        .into_iter()
        .filter_map(|(name, value)| value.map(|value| view! { <dt>{name}</dt><dd>{value}</dd> }));
    view! {
        <div class=format!("verdict {}", class(words::verdict_meaning(verdict)))>
            <Icon glyph=verdict_glyph(verdict) />
            <div>
                <h2>{words::verdict(verdict)}</h2>
                <p>{sentence}</p>
                {next.map(|next| view! { <p class="next-step">{next}</p> })}
            </div>
        </div>
        {(!evidence.diagnoses.is_empty()).then(|| view! {
            <h2>"What it looks like"</h2>
            <ul class="advices">{advices}</ul>
        })}
        {foreign_network.then(|| view! {
            <p class="notice is-attention">
                <Icon glyph=Glyph::Network />
                <span>{verification::foreign(&provider)}</span>
            </p>
        })}
        <h2>"What it rests on"</h2>
        <dl class="facts facts-wide">{facts.collect_view()}</dl>
    }
    .into_any()
}
