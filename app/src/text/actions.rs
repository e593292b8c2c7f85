//! What buttons and links that change by themselves say.

/// What the live tail offers: "12 new webhooks — show". The server counts no further than 100.
pub fn new_webhooks(count: u32) -> String {
    match count {
        1 => "1 new webhook — show".to_owned(),
        ..100 => format!("{count} new webhooks — show"),
        _ => "More than 99 new webhooks — show".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_live_tail_counts_no_further_than_the_server() {
        assert_eq!(new_webhooks(1), "1 new webhook — show");
        assert_eq!(new_webhooks(12), "12 new webhooks — show");
        assert_eq!(new_webhooks(100), "More than 99 new webhooks — show");
    }
}
