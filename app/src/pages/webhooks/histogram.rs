//! Arrivals over time, stacked by verdict, as SVG that is drawn on the server.

use leptos::prelude::*;
use model::{Verdict, Volume, VolumeBucket, WebhookFilter, WebhookId};

use super::{
    address,
    stack::{HEIGHT, STACK, Scale, parts},
};
use crate::{
    islands::live::Live,
    text::{
        filters,
        numbers::{count, percent, thousands},
        times, words,
    },
};

/// From one bar to the next.
const STEP: u64 = 10;
/// The width of a bar.
const BAR: u64 = 8;
/// The whole height behind a bar, so that a low one is easy to hit.
const BAR_GROUND: &str = "fill-transparent group-hover/bar:fill-sunken group-focus-visible/bar:fill-accent-ground";

#[component]
pub fn Histogram(volume: Volume, filter: WebhookFilter, newest: Option<WebhookId>, at_top: bool) -> impl IntoView {
    let highest = volume.buckets.iter().map(total).max().unwrap_or(0);
    let most = volume.buckets.iter().map(|bucket| bucket.counts.len()).max().unwrap_or(0);
    let scale = Scale {
        highest,
        most: most as u64,
    };
    let bars = volume
        .buckets
        .iter()
        .enumerate()
        .map(|(index, bucket)| bar(index as u64, bucket, scale, &volume, &filter));
    let width = STEP * volume.buckets.len().max(1) as u64;
    let live = newest.map(|after| {
        let (query, href) = (filter.to_query(), address::list(&filter));
        view! { <Live filter=query after href at_top /> }
    });
    view! {
        <section class="pt-4 pb-1" aria-label="Arrivals">
            <div class="mb-2.5 flex min-h-8 flex-wrap items-center gap-x-4 gap-y-1">
                <Summary volume=volume.clone() filter=filter.clone() />
                {live}
            </div>
            <svg
                class="block h-16 w-full border-b border-hairline"
                viewBox=format!("0 0 {width} {HEIGHT}")
                preserveAspectRatio="none"
                shape-rendering="crispEdges"
                role="group"
                aria-label="Histogram"
            >
                {bars.collect_view()}
            </svg>
            <div class="mt-1 flex justify-between text-2xs leading-4 text-muted" aria-hidden="true">
                <span>{times::short(volume.from)}</span>
                <span>{format!("{} a bar · UTC", times::duration(volume.bucket_seconds))}</span>
                <span>{times::short(volume.to)}</span>
            </div>
        </section>
    }
    .into_any()
}

#[component]
fn Summary(volume: Volume, filter: WebhookFilter) -> impl IntoView {
    let span = if filter.from.is_none() && filter.to.is_none() {
        filters::DEFAULT_SPAN
    } else {
        "in this span"
    };
    let whatever = filters::counted_whatever(!filter.event_types.is_empty(), !filter.subjects.is_empty());
    let share = percent(volume.trusted(), volume.total()).map(|share| format!(" · {share} trusted"));
    let loud = STACK.into_iter().skip(2).filter_map(|verdict| {
        let number: u64 = volume.buckets.iter().map(|bucket| of(bucket, verdict)).sum();
        let href = address::list(&WebhookFilter {
            verdicts: vec![verdict],
            ..filter.clone()
        });
        (number > 0).then(|| {
            view! {
                <li>
                    <a class="inline-flex items-center gap-1.5 text-muted hover:text-ink" href=href>
                        <svg class="size-2" viewBox="0 0 8 8" aria-hidden="true">
                            <rect class=part_class(verdict) width="8" height="8" rx="2"></rect>
                        </svg>
                        {format!("{} {}", thousands(number), words::verdict(verdict))}
                    </a>
                </li>
            }
        })
    });
    view! {
        <p>
            <strong class="text-lg font-semibold tracking-[-0.01em]">{count(volume.total(), "webhook", "webhooks")}</strong>
            {share}
            <span class="text-muted">{format!(" · {span}{whatever}")}</span>
        </p>
        <ul class="flex flex-wrap gap-x-3.5 gap-y-0.5 text-note">{loud.collect_view()}</ul>
    }
    .into_any()
}

/// A bar leads to its span. The keyboard gets there by the filter's time: dozens of bars are no stops on the way to the log.
fn bar(index: u64, bucket: &VolumeBucket, scale: Scale, volume: &Volume, filter: &WebhookFilter) -> AnyView {
    let x = index * STEP + (STEP - BAR) / 2;
    let stacked = parts(&bucket.counts, scale);
    if stacked.is_empty() {
        return view! { <rect class="fill-hairline" x=x y=HEIGHT - 1 width=BAR height="1"></rect> }.into_any();
    }
    let end = bucket.start.plus_seconds(volume.bucket_seconds);
    let parts = stacked.into_iter().map(|part| {
        view! { <rect class=part_class(part.verdict) x=x y=part.y width=BAR height=part.height></rect> }
    });
    view! {
        <a class="group/bar focus-visible:outline-hidden" tabindex="-1" href=address::between(filter, bucket.start, Some(end))>
            <title>{title(bucket, volume)}</title>
            <rect class=BAR_GROUND x=index * STEP y="0" width=STEP height=HEIGHT></rect>
            {parts.collect_view()}
        </a>
    }
    .into_any()
}

fn total(bucket: &VolumeBucket) -> u64 {
    bucket.counts.iter().map(|(_, count)| count).sum()
}

fn of(bucket: &VolumeBucket, verdict: Verdict) -> u64 {
    bucket
        .counts
        .iter()
        .filter(|(of, _)| *of == verdict)
        .map(|(_, count)| count)
        .sum()
}

/// "20 Nov 07:00, 30 min: 412 webhooks, 2 invalid".
fn title(bucket: &VolumeBucket, volume: &Volume) -> String {
    let span = times::duration(volume.bucket_seconds);
    let mut parts = vec![format!(
        "{}, {span}: {}",
        times::short(bucket.start),
        count(total(bucket), "webhook", "webhooks")
    )];
    for verdict in STACK {
        match of(bucket, verdict) {
            0 => {}
            number => parts.push(format!("{} {}", thousands(number), words::verdict(verdict))),
        }
    }
    parts.join(", ")
}

const fn part_class(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Verified | Verdict::Confirmed => "fill-bar",
        Verdict::Unsigned | Verdict::Unconfigured => "fill-bar-neutral",
        Verdict::IntegrityOnly | Verdict::Stale => "fill-bar-attention",
        Verdict::Missing | Verdict::Invalid => "fill-bar-bad",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{Timestamp, Verdict};

    #[test]
    fn a_bar_tells_its_span_and_its_counts() {
        let start = Timestamp::parse("2025-11-20T07:00:00Z").expect("a time");
        let bucket = VolumeBucket {
            start,
            counts: vec![(Verdict::Invalid, 2), (Verdict::Verified, 1410)],
        };
        let volume = Volume {
            from: start,
            to: start.plus_seconds(1800),
            bucket_seconds: 1800,
            buckets: vec![bucket.clone()],
        };
        assert_eq!(
            title(&bucket, &volume),
            "20 Nov 07:00, 30 min: 1,412 webhooks, 1,410 verified, 2 invalid"
        );
    }
}
