//! Instants on a page: short text, the whole instant on hover and for programs.

use leptos::prelude::*;
use model::Timestamp;

use crate::text::times;

/// How long ago it was. The island `LocalTimes` turns the title into the viewer's zone.
#[component]
pub fn Ago(at: Timestamp, now: Timestamp, #[prop(optional)] class: Option<&'static str>) -> impl IntoView {
    view! {
        <time class=class datetime=at.to_rfc3339() title=times::absolute(at)>
            {times::relative(at, now)}
        </time>
    }
    .into_any()
}

/// A text that stands for an instant, such as until when something lasts.
#[component]
pub fn Until(at: Timestamp, text: String) -> impl IntoView {
    view! {
        <time datetime=at.to_rfc3339() title=times::absolute(at)>
            {text}
        </time>
    }
    .into_any()
}

/// The instant itself, to the second, in UTC.
#[component]
pub fn Instant(at: Timestamp) -> impl IntoView {
    view! {
        <time datetime=at.to_rfc3339() title=times::absolute(at)>
            {times::absolute(at)}
        </time>
    }
    .into_any()
}
