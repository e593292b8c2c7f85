//! Badges: an icon and a word, so that colour never stands alone.

use leptos::prelude::*;
use model::{Outcome, Verdict};

use super::icon::{Glyph, Icon};
use crate::text::words::{self, Meaning};

/// The verdict of a webhook.
#[component]
pub fn VerdictBadge(verdict: Verdict) -> impl IntoView {
    view! {
        <span class=format!("badge {} {}", class(words::verdict_meaning(verdict)), ground(verdict))>
            <Icon glyph=verdict_glyph(verdict) />
            {words::verdict(verdict)}
        </span>
    }
}

/// The outcome that an event tells. Quieter than the verdict: only text, unless it needs a person.
#[component]
pub fn OutcomeBadge(outcome: Outcome) -> impl IntoView {
    view! {
        <span class=format!("badge badge-plain {}", class(words::outcome_meaning(outcome)))>
            <Icon glyph=outcome_glyph(outcome) />
            {words::outcome(outcome)}
        </span>
    }
}

/// Anything else that a row or title is marked with.
#[component]
pub fn Mark(meaning: Meaning, glyph: Glyph, text: &'static str) -> impl IntoView {
    view! {
        <span class=format!("badge {}", class(meaning))>
            <Icon glyph=glyph />
            {text}
        </span>
    }
}

/// The class that gives an element the colours of a meaning.
pub const fn class(meaning: Meaning) -> &'static str {
    match meaning {
        Meaning::Good => "is-good",
        Meaning::Attention => "is-attention",
        Meaning::Bad => "is-bad",
        Meaning::Info => "is-info",
        Meaning::Neutral => "is-neutral",
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

/// Where nothing was proven, the ground stays empty and the outline says so.
const fn ground(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Unsigned | Verdict::Missing => "badge-outline",
        Verdict::Unconfigured => "badge-dashed",
        _ => "",
    }
}
