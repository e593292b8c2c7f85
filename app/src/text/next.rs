//! When the next attempt of a delivery comes.

use model::{DeliveryRow, DeliveryState, DestinationSummary, DisabledReason, Timestamp};

use super::times::relative;

/// When the next attempt comes, for the page and the list of deliveries. Empty where none will come. The destination is `None`
/// when it is archived.
pub fn attempt(row: &DeliveryRow, destination: Option<&DestinationSummary>, now: Timestamp) -> String {
    match row.state {
        DeliveryState::Pending if row.waits_for_earlier => "after an earlier one".to_owned(),
        DeliveryState::Pending => match destination {
            Some(destination) => to(destination, row.next_attempt_at, now),
            None => "none: it is archived".to_owned(),
        },
        DeliveryState::Delivering => "under way".to_owned(),
        DeliveryState::Held => "once released".to_owned(),
        DeliveryState::Delivered | DeliveryState::Failed | DeliveryState::Cancelled => String::new(),
    }
}

/// Nothing is due at a destination to which nothing is sent.
fn to(destination: &DestinationSummary, at: Option<Timestamp>, now: Timestamp) -> String {
    let health = &destination.health;
    match (destination.disabled.map(|disabled| disabled.reason), health.resume_at) {
        (Some(DisabledReason::Person), _) => "paused".to_owned(),
        (Some(DisabledReason::Gone | DisabledReason::Failing), _) => "once it is enabled".to_owned(),
        (None, Some(resume_at)) if at.is_none_or(|at| at < resume_at) => match health.is_slowed_down() {
            true if resume_at > now => relative(resume_at, now),
            true => "due".to_owned(),
            false => "when it is back".to_owned(),
        },
        (None, _) => match at {
            Some(at) if at > now => relative(at, now),
            _ => "due".to_owned(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{DeliveryId, DestinationId, Disabled, Health, ProviderKey, Trigger, Verdict, WebhookId};
    use uuid::Uuid;

    const NOW: &str = "2025-11-20T07:18:00Z";
    const PAST: &str = "2025-11-20T07:10:00Z";
    const SOON: &str = "2025-11-20T07:22:00Z";

    fn time(text: &str) -> Timestamp {
        Timestamp::parse(text).expect("a time")
    }

    fn row(state: DeliveryState, at: Option<&str>) -> DeliveryRow {
        DeliveryRow {
            id: DeliveryId(Uuid::nil()),
            webhook_id: WebhookId(Uuid::nil()),
            destination_id: DestinationId(Uuid::nil()),
            destination_name: "Core".to_owned(),
            state,
            attempts: 0,
            last_status: None,
            last_failure: None,
            last_duration_ms: None,
            last_attempt_at: None,
            next_attempt_at: at.map(time),
            trigger: Trigger::Automatic,
            created_at: time(PAST),
            provider: ProviderKey::new("persona"),
            verdict: Verdict::Verified,
            received_at: time(PAST),
            event_type: None,
            outcome: None,
            subject: None,
            waits_for_earlier: false,
        }
    }

    fn destination(disabled: Option<DisabledReason>, failures: u32, resume_at: Option<&str>) -> DestinationSummary {
        DestinationSummary {
            id: DestinationId(Uuid::nil()),
            name: "Core".to_owned(),
            url: "https://core.example.com/".to_owned(),
            disabled: disabled.map(|reason| Disabled { reason, at: time(PAST) }),
            archived: false,
            health: Health {
                consecutive_failures: failures,
                resume_at: resume_at.map(time),
                ..Health::default()
            },
            waiting: 1,
            failed: 0,
            created_at: time(PAST),
        }
    }

    #[test]
    fn nothing_is_due_where_nothing_is_sent() {
        fn check(of: &DestinationSummary, at: &str, text: &str) {
            let row = row(DeliveryState::Pending, Some(at));
            assert_eq!(attempt(&row, Some(of), time(NOW)), text);
        }
        check(&destination(None, 0, None), PAST, "due");
        check(&destination(None, 0, None), SOON, "in 4 min");
        check(&destination(None, 3, None), PAST, "due");
        check(&destination(Some(DisabledReason::Person), 0, None), PAST, "paused");
        check(&destination(Some(DisabledReason::Gone), 1, None), PAST, "once it is enabled");
        check(&destination(None, 7, Some(SOON)), PAST, "when it is back");
        check(&destination(None, 1, Some(SOON)), PAST, "in 4 min");
        check(&destination(None, 1, Some(PAST)), SOON, "in 4 min");
    }

    #[test]
    fn what_is_not_pending_says_what_it_waits_for() {
        fn check(row: &DeliveryRow, text: &str) {
            let usual = destination(None, 0, None);
            assert_eq!(attempt(row, Some(&usual), time(NOW)), text, "{}", row.state);
        }
        check(&row(DeliveryState::Held, None), "once released");
        check(&row(DeliveryState::Delivering, Some(SOON)), "under way");
        check(&row(DeliveryState::Delivered, None), "");
        let parked = DeliveryRow {
            waits_for_earlier: true,
            ..row(DeliveryState::Pending, None)
        };
        check(&parked, "after an earlier one");
        let archived = attempt(&row(DeliveryState::Pending, Some(PAST)), None, time(NOW));
        assert_eq!(archived, "none: it is archived");
    }
}
