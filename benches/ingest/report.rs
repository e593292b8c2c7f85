//! What the bench prints, and whether the product is quick enough.

use std::thread::available_parallelism;

use crate::measure::{Measurement, Phases};

/// The share of the bare handler's rate that each database must reach at the most connections.
const REQUIRED: f64 = 0.15;

/// The measurements of one server, in the order of the connections.
pub struct Target {
    pub name: &'static str,
    pub measurements: Vec<Measurement>,
    /// What is not as it was answered; a target with any of these has failed.
    pub problems: Vec<String>,
}

pub fn heading(phases: Phases, body_length: usize) -> String {
    let cores = available_parallelism().map_or(0, usize::from);
    let Phases { warm_up, measured } = phases;
    format!(
        "signed Persona webhooks of {body_length} bytes, each another event; {warm_up:?} warm-up, {measured:?} measured; \
         {cores} cores, shared with the load"
    )
}

/// What stands above the lines.
pub fn columns() -> String {
    format!(
        "{:<14}{:>12}{:>12}{:>10}{:>10}{:>10}",
        "target", "connections", "requests/s", "p50 ms", "p99 ms", "of bare"
    )
}

/// A measurement beside the one of the bare handler over as many connections.
pub fn line(name: &str, measurement: &Measurement, bare: &Measurement) -> String {
    let Measurement {
        connections,
        per_second,
        latency,
        ..
    } = measurement;
    let [p50, p99] = [0.50, 0.99].map(|quantile| latency.value_at_quantile(quantile) as f64 / 1000.0);
    let share = per_second / bare.per_second;
    format!("{name:<14}{connections:>12}{per_second:>12.0}{p50:>10.2}{p99:>10.2}{share:>10.3}")
}

/// PASS or FAIL for each target, and whether all passed.
pub fn judgement(bare: &Target, targets: &[Target]) -> (String, bool) {
    let mut lines: Vec<_> = bare
        .problems
        .iter()
        .map(|problem| format!("FAIL {}: {problem}", bare.name))
        .collect();
    let mut passed = bare.problems.is_empty();
    for Target {
        name,
        measurements,
        problems,
    } in targets
    {
        let (Some(own), Some(other)) = (measurements.last(), bare.measurements.last()) else {
            continue;
        };
        let (share, connections) = (own.per_second / other.per_second, own.connections);
        let good = share >= REQUIRED && problems.is_empty();
        let word = if good { "PASS" } else { "FAIL" };
        lines.push(format!(
            "{word} {name}: {share:.4} of the bare handler at {connections} connections, required {REQUIRED:.4}"
        ));
        lines.extend(problems.iter().map(|problem| format!("     {problem}")));
        passed &= good;
    }
    (lines.join("\n"), passed)
}
