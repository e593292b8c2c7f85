use std::str::FromStr;

use crate::store::Store;
use crate::store::audit::{AuditHead, EntryHash};

impl std::fmt::Display for AuditHead {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.number, self.hash)
    }
}

/// A text is no end of an audit log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not NUMBER:HASH, as `hookproof audit verify` prints it")]
pub struct NotAHead;

impl FromStr for AuditHead {
    type Err = NotAHead;

    fn from_str(text: &str) -> Result<Self, NotAHead> {
        let (number, hash) = text.trim().split_once(':').ok_or(NotAHead)?;
        Ok(Self {
            number: number.parse().map_err(|_| NotAHead)?,
            hash: read_hash(hash).ok_or(NotAHead)?,
        })
    }
}

fn read_hash(text: &str) -> Option<EntryHash> {
    let mut hash = [0; 32];
    if text.len() != 2 * hash.len() || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    for (byte, digits) in hash.iter_mut().zip(text.as_bytes().chunks(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
    }
    Some(EntryHash(hash))
}

/// Writes where the audit log ends into the server's log. That is kept elsewhere, as a rule, and so tells later whether
/// the end was cut off or everything written anew.
pub async fn log_head(store: &dyn Store) {
    match store.audit_head().await {
        Ok(head) => tracing::info!(%head, "the audit log ends here"),
        Err(error) => tracing::warn!(%error, "where the audit log ends cannot be read"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_log_is_read_as_it_is_written() {
        let head = AuditHead {
            number: 12,
            hash: EntryHash([0xa5; 32]),
        };
        let text = format!("12:{}", "a5".repeat(32));
        assert_eq!(head.to_string(), text);
        assert_eq!(text.parse(), Ok(head));
        let plus = "+5".repeat(32);
        for wrong in [
            "",
            "12",
            "12:",
            &text[..60],
            &text[3..],
            &format!("12:{plus}"),
            &format!("-1:{plus}"),
        ] {
            assert_eq!(wrong.parse::<AuditHead>(), Err(NotAHead), "{wrong}");
        }
    }
}
