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
    let masked = links.iter().any(|link| link.expires_at > now && link.url.is_none());
    let masked = masked.then(|| view! { <p class="mt-1 text-muted">{records::LINKS_MASKED}</p> });
    let each = links.into_iter().map(|link| {
        let ended = link.expires_at <= now;
        let (meaning, glyph) = if ended {
            (Meaning::Attention, Glyph::TimerOff)
        } else {
            (Meaning::Good, Glyph::Clock)
        };
        // It is somebody else's page: that must not be told where it was opened from.
        let url = link.url.filter(|url| !ended && is_of_the_web(url));
        let place = match url {
            Some(url) => view! {
                <a class="wrap-anywhere underline" href=url target="_blank" rel="noreferrer noopener">
                    <code>{link.path}</code>
                    <span class="sr-only">{records::OPENS_ELSEWHERE}</span>
                </a>
            }
            .into_any(),
            None => view! { <code class="wrap-anywhere">{link.path}</code> }.into_any(),
        };
        view! {
            <li class="flex flex-wrap items-center gap-x-3 border-hairline py-1 not-first:border-t">
                <span class="min-w-0 flex-1 basis-40">{place}</span>
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
            {masked}
            {renew}
        </section>
    }
    .into_any()
}

/// A provider's answer may hold anything: what a browser would run is not linked.
fn is_of_the_web(url: &str) -> bool {
    let begins = |scheme: &str| {
        url.get(..scheme.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(scheme))
    };
    begins("https://") || begins("http://")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_the_web_are_linked() {
        assert!(is_of_the_web("https://files.example.com/a?X-Amz-Expires=60"));
        assert!(is_of_the_web("HTTP://127.0.0.1:4010/a"));
        for other in ["javascript:alert(1)", "data:text/html,x", " https://a", "//a", "", "httpé"] {
            assert!(!is_of_the_web(other), "{other}");
        }
    }
}
