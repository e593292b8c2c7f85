//! Arrivals over time, stacked by verdict, as SVG that is drawn on the server.

use leptos::prelude::*;
use model::{Verdict, Volume, VolumeBucket, WebhookFilter, WebhookId};

use super::address;
use crate::{
    islands::live::Live,
    text::{
        filters,
        numbers::{count, percent, thousands},
        times, words,
    },
};

/// The height of the drawing in its own units; its width is [`STEP`] for each bucket.
const HEIGHT: u64 = 100;
/// The least height of a part, so that one forged webhook among thousands is seen.
const LEAST: u64 = 4;
/// From one bar to the next.
const STEP: u64 = 10;
/// The width of a bar.
const BAR: u64 = 8;

/// From the ground up: what is well first, what needs a person on top.
const STACK: [Verdict; 8] = [
    Verdict::Verified,
    Verdict::Confirmed,
    Verdict::Unsigned,
    Verdict::Unconfigured,
    Verdict::IntegrityOnly,
    Verdict::Stale,
    Verdict::Missing,
    Verdict::Invalid,
];

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
        <section class="volume" aria-label="Arrivals">
            <div class="volume-head">
                <Summary volume=volume.clone() filter=filter.clone() />
                {live}
            </div>
            <svg class="bars" viewBox=format!("0 0 {width} {HEIGHT}") preserveAspectRatio="none" role="group" aria-label="Histogram">
                {bars.collect_view()}
            </svg>
            <div class="axis" aria-hidden="true">
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
                    <a href=href>
                        <svg class="swatch" viewBox="0 0 8 8" aria-hidden="true">
                            <rect class=part_class(verdict) width="8" height="8" rx="2"></rect>
                        </svg>
                        {format!("{} {}", thousands(number), words::verdict(verdict))}
                    </a>
                </li>
            }
        })
    });
    view! {
        <p class="summary">
            <strong>{count(volume.total(), "webhook", "webhooks")}</strong>
            {share}
            <span class="muted">{format!(" · {span}")}</span>
        </p>
        <ul class="legend">{loud.collect_view()}</ul>
    }
    .into_any()
}

fn bar(index: u64, bucket: &VolumeBucket, scale: Scale, volume: &Volume, filter: &WebhookFilter) -> AnyView {
    let x = index * STEP + (STEP - BAR) / 2;
    let stacked = parts(&bucket.counts, scale);
    if stacked.is_empty() {
        return view! { <rect class="bar-none" x=x y=HEIGHT - 1 width=BAR height="1"></rect> }.into_any();
    }
    let end = bucket.start.plus_seconds(volume.bucket_seconds);
    let parts = stacked.into_iter().map(|part| {
        view! { <rect class=part_class(part.verdict) x=x y=part.y width=BAR height=part.height></rect> }
    });
    view! {
        <a class="bar" href=address::between(filter, bucket.start, Some(end))>
            <title>{title(bucket, volume)}</title>
            <rect class="bar-ground" x=index * STEP y="0" width=STEP height=HEIGHT></rect>
            {parts.collect_view()}
        </a>
    }
    .into_any()
}

/// What the bars of one drawing have in common.
#[derive(Debug, Clone, Copy)]
struct Scale {
    /// The count of the highest bar.
    highest: u64,
    /// The most verdicts in a bar.
    most: u64,
}

/// One verdict's share of a bar, in the drawing's units; `y` is its upper edge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Part {
    verdict: Verdict,
    y: u64,
    height: u64,
}

/// The parts of a bar from the ground up. Each is at least [`LEAST`] high, and the highest bar fits with the most verdicts.
fn parts(counts: &[(Verdict, u64)], scale: Scale) -> Vec<Part> {
    let room = u128::from(HEIGHT.saturating_sub(LEAST * scale.most));
    let mut y = HEIGHT;
    let mut parts = Vec::new();
    for verdict in STACK {
        let count: u64 = counts.iter().filter(|(of, _)| *of == verdict).map(|(_, count)| count).sum();
        if count == 0 {
            continue;
        }
        let share = room * u128::from(count) / u128::from(scale.highest.max(count));
        let height = LEAST + u64::try_from(share).unwrap_or(0);
        y -= height;
        parts.push(Part { verdict, y, height });
    }
    parts
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
        Verdict::Verified | Verdict::Confirmed => "part-trusted",
        Verdict::Unsigned | Verdict::Unconfigured => "part-neutral",
        Verdict::IntegrityOnly | Verdict::Stale => "part-attention",
        Verdict::Missing | Verdict::Invalid => "part-bad",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::Timestamp;

    fn check(counts: &[(Verdict, u64)], highest: u64, expected: &[(Verdict, u64, u64)]) {
        let scale = Scale { highest, most: 3 };
        let parts: Vec<_> = parts(counts, scale)
            .into_iter()
            .map(|part| (part.verdict, part.y, part.height))
            .collect();
        assert_eq!(parts, expected);
    }

    #[test]
    fn what_is_well_stands_on_the_ground_and_what_is_not_on_top() {
        check(
            &[(Verdict::Invalid, 10), (Verdict::Verified, 90)],
            100,
            &[(Verdict::Verified, 17, 83), (Verdict::Invalid, 5, 12)],
        );
    }

    #[test]
    fn one_among_many_is_still_seen() {
        check(
            &[(Verdict::Verified, 999_999), (Verdict::Invalid, 1)],
            1_000_000,
            &[(Verdict::Verified, 9, 91), (Verdict::Invalid, 5, 4)],
        );
    }

    #[test]
    fn the_highest_bar_with_every_verdict_fits() {
        let counts = STACK.map(|verdict| (verdict, u64::MAX / 8));
        let highest = counts.iter().map(|(_, count)| count).sum();
        let parts = parts(&counts, Scale { highest, most: 8 });
        assert_eq!(parts.len(), 8);
        assert_eq!(parts.iter().map(|part| part.height).sum::<u64>() + parts[7].y, HEIGHT);
    }

    #[test]
    fn nothing_has_no_parts() {
        check(&[], 100, &[]);
        check(&[], 0, &[]);
    }

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
