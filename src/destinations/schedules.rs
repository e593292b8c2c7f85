use crate::providers;

/// Schedules to choose from beside the default, with their names: at once, and then as a provider documents it for its own
/// webhooks. Seconds before each attempt.
pub fn presets() -> Vec<(String, Vec<u32>)> {
    let abouts = providers::ALL.iter().map(|provider| provider.about());
    abouts
        .filter_map(|about| {
            let retries = about.retry_schedule?;
            let schedule = std::iter::once(0).chain(retries.iter().copied());
            Some((about.title.to_owned(), schedule.collect()))
        })
        .collect()
}
