//! A schedule drawn as a time line.

use leptos::prelude::*;

use crate::text::{destinations, times};

/// The height of the drawing, and of the line in it.
const HEIGHT: u32 = 64;
const LINE: u32 = 34;
/// How far the first and the last point are from the edges, in per cent of the width.
const MARGIN: f64 = 4.0;

/// Each attempt as a point, with the time since the webhook came. The distances are the fourth roots of the times, so that
/// seconds and days find room on one line.
#[component]
pub fn Timeline(waits: Vec<u32>) -> impl IntoView {
    let times = since_first(&waits);
    let says = format!("{}: {}", destinations::schedule_span(&waits), destinations::schedule(&waits));
    let points = times.iter().zip(positions(&times)).enumerate().map(|(index, (seconds, x))| {
        let label = match seconds {
            0 => "0".to_owned(),
            seconds => times::duration(*seconds),
        };
        // Neighbours write on different sides of the line.
        let y = if index % 2 == 0 { LINE + 22 } else { LINE - 14 };
        view! {
            <circle class="fill-accent" cx=format!("{x:.1}%") cy=LINE r="3.5"></circle>
            <text class="fill-muted text-2xs" x=format!("{x:.1}%") y=y text-anchor="middle">{label}</text>
        }
    });
    view! {
        <p class="text-sm text-muted">{destinations::schedule_span(&waits)}</p>
        <svg class="mt-1 block w-full" height=HEIGHT role="img" aria-label=says>
            <line
                class="stroke-hairline-strong"
                x1=format!("{MARGIN:.1}%")
                x2=format!("{:.1}%", 100.0 - MARGIN)
                y1=LINE
                y2=LINE
            ></line>
            {points.collect_view()}
        </svg>
    }
    .into_any()
}

/// The seconds from the first attempt's scheduled time to each, waits added up.
fn since_first(waits: &[u32]) -> Vec<i64> {
    waits
        .iter()
        .scan(0_i64, |sum, wait| {
            *sum += i64::from(*wait);
            Some(*sum)
        })
        .collect()
}

/// Where on the line each stands, in per cent of the width.
#[expect(clippy::cast_precision_loss, reason = "a place on a line needs no more than a float holds")]
fn positions(times: &[i64]) -> Vec<f64> {
    let root = |seconds: i64| (seconds.max(0) as f64).sqrt().sqrt();
    let whole = times.last().map_or(0.0, |last| root(*last)).max(f64::MIN_POSITIVE);
    let width = 100.0 - 2.0 * MARGIN;
    times.iter().map(|seconds| MARGIN + width * root(*seconds) / whole).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_add_up_and_the_line_is_used_from_end_to_end() {
        let times = since_first(&[0, 5, 300]);
        assert_eq!(times, [0, 5, 305]);
        let places = positions(&times);
        assert!((places[0] - MARGIN).abs() < 0.1 && (places[2] - (100.0 - MARGIN)).abs() < 0.1);
        assert!(places[0] < places[1] && places[1] < places[2]);
    }

    #[test]
    fn one_attempt_at_once_is_a_point() {
        assert_eq!(positions(&since_first(&[0])), [MARGIN]);
        assert!(positions(&[]).is_empty());
    }
}
