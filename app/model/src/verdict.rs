use crate::words;

words! {
    /// What checking the signature of a webhook gave.
    Verdict, "verdict" {
        /// A live secret or key made the signature.
        Verified = "verified",
        /// The provider's API, asked with our credentials, told the same.
        Confirmed = "confirmed",
        /// The provider documents no signature.
        Unsigned = "unsigned",
        /// An unkeyed digest is right: anyone could have made it.
        IntegrityOnly = "integrity_only",
        /// The signature is right, but its timestamp is too far from the time of arrival.
        Stale = "stale",
        /// The endpoint expects a signature and none came.
        Missing = "missing",
        /// A signature is there and no live secret made it.
        Invalid = "invalid",
        /// The endpoint has no secret yet.
        Unconfigured = "unconfigured",
    }
}

impl Verdict {
    /// How far a webhook with this verdict is trusted, for "the same event twice": only a webhook that is trusted at
    /// least as much can be the original of another, so that a forged one cannot shadow the genuine one.
    pub const fn trust(self) -> u8 {
        match self {
            Self::Verified | Self::Confirmed => 2,
            Self::Unsigned | Self::IntegrityOnly | Self::Stale => 1,
            Self::Missing | Self::Invalid | Self::Unconfigured => 0,
        }
    }

    /// Whether the verdict alone says that the webhook is genuine.
    pub const fn is_trusted(self) -> bool {
        matches!(self, Self::Verified | Self::Confirmed)
    }
}
