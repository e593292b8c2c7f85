//! What of a webhook is not stored as it is, but as a column made of it.

use std::borrow::Cow;

use super::NewWebhook;
use super::rows::write_evidence;

impl NewWebhook {
    pub(super) fn size_column(&self) -> i64 {
        i64::try_from(self.body.len()).unwrap_or(i64::MAX)
    }

    pub(super) fn event_count_column(&self) -> i64 {
        i64::try_from(self.events.len()).unwrap_or(i64::MAX)
    }

    /// Of the event that names the webhook.
    pub(super) fn subject_column(&self) -> Option<&str> {
        self.events.first()?.subject.as_ref().map(model::Text::as_str)
    }

    pub(super) fn evidence_column(&self) -> String {
        write_evidence(&self.evidence)
    }

    /// PostgreSQL has no NUL in texts. Whatever a parser quotes of a body must not fail the batch.
    pub(super) fn parse_error_column(&self) -> Option<Cow<'_, str>> {
        self.parse_error.as_deref().map(without_nul)
    }
}

/// A text that both databases take.
pub(super) fn without_nul(text: &str) -> Cow<'_, str> {
    if text.contains('\0') {
        text.replace('\0', "\u{fffd}").into()
    } else {
        text.into()
    }
}
