//! The tab that says how far the webhook can be trusted, and why.

use leptos::prelude::*;
use model::{EndpointId, Evidence, Verdict};

use crate::{
    text::{
        numbers::thousands,
        records, verification,
        words::{self, Meaning},
    },
    ui::{
        badge::verdict_glyph,
        button::LinkButton,
        facts::{Fact, WideFacts},
        icon::{Glyph, Icon},
        meaning,
        notice::Notice,
    },
};

#[component]
pub fn Proof(
    verdict: Verdict,
    evidence: Evidence,
    provider: String,
    peer: String,
    foreign_network: bool,
    /// The provider's record says something else.
    contradicted: bool,
    /// It was made of what the provider lists.
    listed: bool,
    /// Where the provider's record is shown.
    record: String,
    tolerance_seconds: i64,
    /// Where the one who looks may have it checked again.
    endpoint: Option<EndpointId>,
) -> impl IntoView {
    let sentence = verification::sentence(verdict, &evidence, listed, &provider, tolerance_seconds);
    // Who was asked and said something else need not be asked first.
    let next = verification::next_step(verdict, &provider).filter(|_| !contradicted);
    let advices = evidence
        .diagnoses
        .iter()
        .map(|diagnosis| verification::advice(diagnosis, &provider))
        .map(|advice| {
            view! {
                <li class="grid gap-0.5 border-l-2 border-hairline-strong py-2.5 pl-3.5 not-first:mt-2 first:border-accent">
                    <strong class="font-strong">{advice.finding}</strong>
                    <span class="text-muted">{advice.action}</span>
                </li>
            }
        });
    let advices = advices.collect_view();
    let record = evidence.record.as_ref().filter(|_| !listed).map(|evidence| {
        let says = records::agreement_heading(&evidence.agreement);
        // One that was erased cannot be shown.
        let says = match evidence.record {
            Some(_) => view! { <a href=record>{says}</a> }.into_any(),
            None => says.into_any(),
        };
        view! { <Fact name="Record">{says}</Fact> }.into_any()
    });
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
        ("Sender", (!listed).then_some(peer)),
    ];
    let facts = facts
        .into_iter()
        .filter_map(|(name, value)| value.map(|value| view! { <Fact name>{value}</Fact> }.into_any()));
    let facts: Vec<_> = record.into_iter().chain(facts).collect();
    let facts = (!facts.is_empty()).then(|| {
        view! {
            <h2 class="mt-5 mb-2">"What it rests on"</h2>
            <WideFacts>{facts}</WideFacts>
        }
    });
    let meaning = words::verdict_meaning(verdict);
    let (ink, ground) = (meaning::ink(meaning), meaning::ground(meaning));
    // What is to be done is said loud where something is wrong.
    let next_ink = match meaning {
        Meaning::Attention | Meaning::Bad => "text-ink",
        Meaning::Good | Meaning::Info | Meaning::Neutral => "text-muted",
    };
    view! {
        <div class=format!("flex max-w-reading gap-3 rounded-lg px-4 py-3.5 {ground}")>
            <span class=format!("mt-px text-xl {ink}")><Icon glyph=verdict_glyph(verdict) /></span>
            <div>
                <h2 class=format!("text-md leading-5.5 {ink}")>{words::verdict(verdict)}</h2>
                <p>{sentence}</p>
                {next.map(|next| view! { <p class=format!("mt-1.5 {next_ink}")>{next}</p> })}
            </div>
        </div>
        {(!evidence.diagnoses.is_empty()).then(|| view! {
            <h2 class="mt-5 mb-2">"What it looks like"</h2>
            <ul class="grid max-w-reading">{advices}</ul>
        })}
        <div class="mt-3 empty:hidden">
        {contradicted.then(|| {
            let text = records::contradicted(&provider);
            view! { <Notice meaning=Meaning::Bad glyph=Glyph::TriangleAlert text /> }
        })}
        {foreign_network.then(|| {
            let text = verification::foreign(&provider);
            view! { <Notice meaning=Meaning::Attention glyph=Glyph::Network text /> }
        })}
        </div>
        {facts}
        {endpoint.map(|id| view! {
            <p class="mt-5 flex flex-wrap gap-2">
                <LinkButton href=format!("/endpoints/{id}#secrets")>"Secrets of the endpoint"</LinkButton>
                <LinkButton href=format!("/endpoints/{id}#check-again")>"Check again at the endpoint"</LinkButton>
            </p>
        })}
    }
    .into_any()
}
