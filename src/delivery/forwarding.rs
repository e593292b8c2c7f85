use std::sync::Arc;

use super::{AllowedNetworks, Client, SystemResolver, Timeouts, Trust, Wake};

/// What the worker and operations need to forward. Cheap to clone.
#[derive(Clone)]
pub struct Forwarding {
    /// Rung after deliveries were made, released, retried or resent, and when a destination was enabled. In a process without
    /// a worker, as on the command line, nobody hears it: the server's worker looks by itself within a second.
    pub wake: Wake,
    /// Makes the attempts, also those of "send a test".
    pub client: Client,
    /// What the client may be sent to, to judge a URL when it is entered.
    pub allowed: Arc<AllowedNetworks>,
}

impl Forwarding {
    pub fn new(allowed: AllowedNetworks, trust: &Trust) -> Self {
        Self {
            wake: Wake::default(),
            client: Client::new(Arc::new(SystemResolver), allowed.clone(), Timeouts::default(), trust),
            allowed: Arc::new(allowed),
        }
    }

    /// Believes the certificates that the system believes. Where the system has none, nothing can be sent over https, which
    /// is no reason not to take webhooks.
    pub fn of_system(allowed: AllowedNetworks) -> Self {
        let trust = Trust::of_system().unwrap_or_else(|error| {
            tracing::warn!(%error, "nothing can be forwarded over https");
            Trust::only([])
        });
        Self::new(allowed, &trust)
    }

    /// Of a process that sends nothing: public addresses are allowed, and no certificate is believed.
    pub fn of_nobody() -> Self {
        Self::new(AllowedNetworks::default(), &Trust::only([]))
    }
}
