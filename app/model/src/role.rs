use crate::words;

words! {
    /// What a person may do; each role may do all that those before it may.
    Role, "role" {
        /// Sees the log, personal data masked.
        Viewer = "viewer",
        /// Sees all, reveals personal data, acts on webhooks.
        Operator = "operator",
        /// Configures endpoints, secrets and users.
        Admin = "admin",
    }
}

words! {
    /// What a link is for that is used once.
    LinkPurpose, "purpose of a link" {
        /// Making the first admin.
        SetUp = "set_up",
        /// Choosing the first password.
        Invite = "invite",
        /// Choosing another password.
        Reset = "reset",
    }
}
