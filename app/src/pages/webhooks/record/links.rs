//! The presigned links of a record or a payload, with the time that they have left.

use leptos::prelude::*;
use model::{Timestamp, WebhookId};

use super::asking;
use crate::{
    pages::Tried,
    text::{numbers::count, records, words::Meaning},
    ui::{
        icon::{Glyph, Icon},
        meaning::ink,
        time::Until,
    },
    view::LinkView,
};

#[component]
pub fn Links(
    id: WebhookId,
    links: Vec<LinkView>,
    /// Whether whoever looks may ask for a new record.
    may_renew: bool,
    tried: Tried,
    now: Timestamp,
) -> impl IntoView {
    if links.is_empty() {
        return ().into_any();
    }
    let heading = count(links.len() as u64, "presigned link", "presigned links");
    let each = links.into_iter().map(|link| {
        let ended = link.expires_at <= now;
        let (meaning, glyph) = if ended {
            (Meaning::Attention, Glyph::TimerOff)
        } else {
            (Meaning::Good, Glyph::Clock)
        };
        view! {
            <li class="flex flex-wrap items-center gap-x-3 border-hairline py-1 not-first:border-t">
                <code class="min-w-0 flex-1 basis-40 wrap-anywhere">{link.path}</code>
                <span class=format!("inline-flex items-center gap-1.5 {}", ink(meaning))>
                    <Icon glyph />
                    <Until at=link.expires_at text=records::link(link.expires_at, now) />
                </span>
            </li>
        }
    });
    let each = each.collect_view();
    let renew = may_renew.then(|| {
        view! {
            <div class="mt-2 flex flex-wrap items-center gap-x-3 gap-y-1.5">
                {asking::button(id, "Renew", &tried)}
                <span class="min-w-0 flex-1 basis-60 text-muted">{records::RENEW}</span>
            </div>
        }
    });
    view! {
        <section class="min-w-0 rounded-lg border border-hairline bg-surface px-3.5 py-3 text-sm" aria-label="Presigned links">
            <h2 class="mb-1">{heading}</h2>
            <ul>{each}</ul>
            {renew}
        </section>
    }
    .into_any()
}
