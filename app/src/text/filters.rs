//! The filter of the log: its fields and what is active.

/// A field of the filter as a label.
pub fn field(name: &str) -> &str {
    match name {
        "provider" => "Provider",
        "endpoint" => "Endpoint",
        "verdict" => "Verdict",
        "event_type" => "Event type",
        "outcome" => "Outcome",
        "subject" => "Subject",
        "from" => "From",
        "to" => "Until",
        "delivery" => "Delivery",
        "duplicates" => "Duplicates",
        "state" => "State",
        "destination" | "destination_id" => "Destination",
        "webhook" => "Webhook",
        "action" => "Action",
        "cursor" => "Page",
        other => other,
    }
}

/// The spans of time that are offered, in seconds before now.
pub const SPANS: &[(i64, &str)] = &[
    (3_600, "Last hour"),
    (86_400, "Last 24 hours"),
    (7 * 86_400, "Last 7 days"),
    (30 * 86_400, "Last 30 days"),
];

/// The span that the histogram shows when the filter names none.
pub const DEFAULT_SPAN: &str = "last 24 h";

/// What the histogram's numbers are not narrowed by although the list is: roll-ups do not know it.
pub const fn counted_whatever(has_event_types: bool, has_subjects: bool) -> &'static str {
    match (has_event_types, has_subjects) {
        (false, false) => "",
        (true, false) => ", of any event type",
        (false, true) => ", of any subject",
        (true, true) => ", of any event type and subject",
    }
}

/// What becomes of the webhooks that repeat an earlier one.
pub const fn duplicates(only: Option<bool>) -> &'static str {
    match only {
        None => "shown too",
        Some(false) => "left out",
        Some(true) => "only these",
    }
}

/// What is wrong with a parameter, under its field's name.
pub fn problem(name: &str, message: &str) -> String {
    // What stands in an address is a part of what programs send.
    let name = name.strip_prefix("filter.").unwrap_or(name);
    format!("{} ({name}): {message}", field(name))
}

/// What a screen reader says before a condition that can be removed.
pub const REMOVE: &str = "Remove the filter";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_names_its_field_as_people_and_as_addresses_write_it() {
        assert_eq!(problem("event_type", "too long"), "Event type (event_type): too long");
        assert_eq!(
            problem("filter.duplicates", "not in bulk"),
            "Duplicates (duplicates): not in bulk"
        );
        assert_eq!(problem("x", "unknown"), "x (x): unknown");
    }
}
