//! What the bench prints, and whether it is as it should be.

use std::thread::available_parallelism;

use crate::Sizes;
use crate::backlog::Delivered;

/// The share of its rate that a healthy destination must keep beside dead ones: what is missing to 1 is what the measurement
/// itself varies by.
const REQUIRED_BESIDE: f64 = 0.90;

/// How many MB of memory a backlog may take beyond what one a fifth as long takes: what the measurement itself varies by. What
/// both take is not the backlog's, but caches, such as the 64 MB of pages that SQLite's writer keeps.
const MOST_BEYOND: f64 = 16.0;

/// The rates of the healthy destination, in deliveries per second.
#[derive(Default)]
pub struct Beside {
    pub alone: Vec<f64>,
    pub with_dead: Vec<f64>,
}

impl Beside {
    fn ratio(&self) -> f64 {
        median(&self.with_dead) / median(&self.alone)
    }
}

/// What was measured on one database.
pub struct Target {
    pub name: &'static str,
    /// A fifth of the backlog, and all of it.
    pub short: Delivered,
    pub long: Delivered,
    pub beside: Beside,
    /// What is not recorded as it was delivered.
    pub problem: Option<String>,
}

pub fn heading(sizes: Sizes, body_length: usize) -> String {
    let cores = available_parallelism().map_or(0, usize::from);
    let Sizes {
        backlog, concurrency, ..
    } = sizes;
    format!(
        "{backlog} webhooks of {body_length} bytes to a sink on the same machine, {concurrency} at once; {cores} cores, shared \
         with the sink and the database"
    )
}

/// What stands above the lines.
pub fn columns() -> String {
    format!(
        "{:<14}{:>10}{:>14}{:>10}{:>16}{:>12}{:>11}",
        "target", "waiting", "deliveries/s", "of plain", "MB before", "during", "after"
    )
}

pub fn plain_line(per_second: f64) -> String {
    format!("{:<24}{per_second:>14.0}{:>10.3}", "plain loop", 1.0)
}

pub fn line(name: &str, webhooks: u64, backlog: &Delivered, plain: f64) -> String {
    let Delivered {
        per_second,
        before,
        most,
        after,
    } = backlog;
    let share = per_second / plain;
    format!("{name:<14}{webhooks:>10}{per_second:>14.0}{share:>10.3}{before:>16.1}{most:>12.1}{after:>11.1}")
}

pub fn beside_line(name: &str, beside: &Beside) -> String {
    let (alone, with_dead, ratio) = (median(&beside.alone), median(&beside.with_dead), beside.ratio());
    format!("{name}: a healthy destination gets {alone:.0}/s alone and {with_dead:.0}/s beside two dead ones: {ratio:.3}")
}

/// PASS or FAIL for each target, and whether all passed.
pub fn judgement(plain: f64, targets: &[Target]) -> (String, bool) {
    let mut lines = Vec::new();
    let mut passed = true;
    for Target {
        name,
        short,
        long,
        beside,
        problem,
    } in targets
    {
        let growth = |backlog: &Delivered| backlog.most - backlog.before;
        let (beyond, ratio) = (growth(long) - growth(short), beside.ratio());
        let good = beyond <= MOST_BEYOND && ratio >= REQUIRED_BESIDE && problem.is_none();
        let word = if good { "PASS" } else { "FAIL" };
        lines.push(format!(
            "{word} {name}: {:.3} of the plain loop; {beyond:.1} MB more than for a fifth of the backlog, at most \
             {MOST_BEYOND:.0}; {ratio:.3} of its rate beside dead destinations, required {REQUIRED_BESIDE:.2}",
            long.per_second / plain
        ));
        lines.extend(problem.iter().map(|problem| format!("     {problem}")));
        passed &= good;
    }
    (lines.join("\n"), passed)
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN)
}
