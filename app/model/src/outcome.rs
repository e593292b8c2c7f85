use crate::words;

words! {
    /// What an event says of the person.
    Outcome, "outcome" {
        Approved = "approved",
        Declined = "declined",
        NeedsReview = "needs_review",
        Pending = "pending",
        Expired = "expired",
        Completed = "completed",
        Failed = "failed",
        Updated = "updated",
        Unknown = "unknown",
    }
}
