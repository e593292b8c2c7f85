//! Forwarding: how a webhook comes to the addresses that are to have it.

pub mod breaker;
mod wake;

pub use wake::Wake;

/// What operations use of forwarding. Cheap to clone; without a worker in the process, as on the command line, ringing does
/// nothing, and the worker of the server looks by itself within a second.
#[derive(Debug, Clone, Default)]
pub struct Forwarding {
    /// Rung after deliveries were made, released, retried or resent, and when a destination was enabled.
    pub wake: Wake,
}
