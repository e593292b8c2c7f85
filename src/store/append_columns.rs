//! What of a webhook is not stored as it is, but as a column made of it.

use super::NewWebhook;

impl NewWebhook {
    pub(super) fn size_column(&self) -> i64 {
        i64::try_from(self.body.len()).unwrap_or(i64::MAX)
    }

    pub(super) fn event_count_column(&self) -> i64 {
        i64::try_from(self.events.len()).unwrap_or(i64::MAX)
    }

    pub(super) fn evidence_column(&self) -> String {
        serde_json::to_string(&self.evidence).expect("evidence has only texts as keys and is written as JSON")
    }
}
