//! Badges: an icon and a word, so that colour never stands alone.

use leptos::prelude::*;
use model::{DeliveryState, Outcome, Verdict};

use super::{
    icon::{Glyph, Icon},
    meaning::{ground, ink},
};
use crate::text::{
    deliveries,
    words::{self, Meaning},
};

/// What a badge stands on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ground {
    Tinted,
    Outlined,
    Dashed,
    None,
}

/// The verdict of a webhook.
#[component]
pub fn VerdictBadge(verdict: Verdict) -> impl IntoView {
    let class = class(words::verdict_meaning(verdict), verdict_ground(verdict));
    view! { <span class=class>{inside(verdict_glyph(verdict), words::verdict(verdict))}</span> }.into_any()
}

/// The outcome that an event tells. Quieter than the verdict: only text, unless it needs a person.
#[component]
pub fn OutcomeBadge(outcome: Outcome) -> impl IntoView {
    let class = class(words::outcome_meaning(outcome), Ground::None);
    view! { <span class=class>{inside(outcome_glyph(outcome), words::outcome(outcome))}</span> }.into_any()
}

/// How far a delivery is. Quiet where nothing is to be done.
#[component]
pub fn DeliveryBadge(
    state: DeliveryState,
    /// Nothing around it says that it tells of the delivery.
    #[prop(optional)]
    alone: bool,
) -> impl IntoView {
    let ground = match state {
        DeliveryState::Delivered | DeliveryState::Pending | DeliveryState::Cancelled => Ground::None,
        DeliveryState::Held | DeliveryState::Delivering | DeliveryState::Failed => Ground::Tinted,
    };
    let class = class(deliveries::state_meaning(state), ground);
    let word = if alone {
        deliveries::state_of_delivery(state)
    } else {
        deliveries::state(state)
    };
    view! { <span class=class>{inside(delivery_glyph(state), word)}</span> }.into_any()
}

/// Anything else that a row or title is marked with.
#[component]
pub fn Mark(meaning: Meaning, glyph: Glyph, text: &'static str) -> impl IntoView {
    view! { <span class=class(meaning, Ground::Tinted)>{inside(glyph, text)}</span> }.into_any()
}

/// A mark that leads to what it tells of.
#[component]
pub fn MarkLink(meaning: Meaning, glyph: Glyph, text: &'static str, href: String) -> impl IntoView {
    let class = format!("{} hover:border-current hover:no-underline", class(meaning, Ground::Tinted));
    view! { <a class=class href=href>{inside(glyph, text)}</a> }.into_any()
}

/// How many there are beside the one that is shown: events of the same webhook, or what `of` says.
#[component]
pub fn More(count: u32, #[prop(optional)] of: Option<&'static str>) -> impl IntoView {
    let title = match of {
        None => format!("and {count} more in the same webhook"),
        Some(of) => format!("and {count} more {of}"),
    };
    view! {
        <span class="relative z-1 flex-none rounded-sm bg-sunken px-1.25 text-2xs leading-4.5 font-strong text-muted" title=title>
            {format!("+{count}")}
        </span>
    }
    .into_any()
}

fn inside(glyph: Glyph, text: &'static str) -> impl IntoView {
    view! {
        <Icon glyph class="size-3.25 stroke-[2.4]" />
        {text}
    }
}

fn class(meaning: Meaning, on: Ground) -> String {
    let shape = "inline-flex h-5.5 items-center gap-1.25 border align-middle font-medium whitespace-nowrap";
    let ink = ink(meaning);
    match on {
        Ground::Tinted => format!(
            "{shape} {ink} {} rounded-full border-transparent pr-2 pl-1.5 text-xs",
            ground(meaning)
        ),
        Ground::Outlined => format!("{shape} {ink} rounded-full border-current/45 pr-2 pl-1.5 text-xs"),
        Ground::Dashed => format!("{shape} {ink} rounded-full border-dashed border-current/45 pr-2 pl-1.5 text-xs"),
        Ground::None => format!("{shape} {ink} border-transparent text-sm"),
    }
}

pub const fn verdict_glyph(verdict: Verdict) -> Glyph {
    match verdict {
        Verdict::Verified => Glyph::Check,
        Verdict::Confirmed => Glyph::CheckCheck,
        Verdict::Unsigned => Glyph::CircleDashed,
        Verdict::IntegrityOnly => Glyph::Approximately,
        Verdict::Stale => Glyph::ClockAlert,
        Verdict::Missing => Glyph::CircleSlash,
        Verdict::Invalid => Glyph::X,
        Verdict::Unconfigured => Glyph::SquareDashed,
    }
}

const fn outcome_glyph(outcome: Outcome) -> Glyph {
    match outcome {
        Outcome::Approved => Glyph::Check,
        Outcome::Declined => Glyph::X,
        Outcome::NeedsReview => Glyph::Eye,
        Outcome::Pending => Glyph::Hourglass,
        Outcome::Expired => Glyph::TimerOff,
        Outcome::Completed => Glyph::Flag,
        Outcome::Failed => Glyph::TriangleAlert,
        Outcome::Updated => Glyph::RefreshCw,
        Outcome::Unknown => Glyph::CircleQuestion,
    }
}

pub const fn delivery_glyph(state: DeliveryState) -> Glyph {
    match state {
        DeliveryState::Held => Glyph::Pause,
        DeliveryState::Pending => Glyph::Clock,
        DeliveryState::Delivering => Glyph::Loader,
        DeliveryState::Delivered => Glyph::Check,
        DeliveryState::Failed => Glyph::X,
        DeliveryState::Cancelled => Glyph::Ban,
    }
}

/// Where nothing was proven, the ground stays empty and the outline says so.
const fn verdict_ground(verdict: Verdict) -> Ground {
    match verdict {
        Verdict::Unsigned | Verdict::Missing => Ground::Outlined,
        Verdict::Unconfigured => Ground::Dashed,
        _ => Ground::Tinted,
    }
}
