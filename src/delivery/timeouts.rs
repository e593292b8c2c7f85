use std::time::Duration;

/// How long each phase of an attempt may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// Looking the name up.
    pub dns: Duration,
    /// Connecting, over all addresses of the name.
    pub connect: Duration,
    /// The TLS handshake.
    pub tls: Duration,
    /// From when the request was sent to when the answer begins.
    pub first_byte: Duration,
    /// Everything, from the look-up to the answer's last byte.
    pub whole: Duration,
    /// How long a connection is used again. One that is never idle would otherwise stay with the address that its name had
    /// when it was made.
    pub connection: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            dns: Duration::from_secs(5),
            connect: Duration::from_secs(5),
            tls: Duration::from_secs(5),
            first_byte: Duration::from_secs(15),
            whole: Duration::from_secs(30),
            connection: Duration::from_mins(5),
        }
    }
}
