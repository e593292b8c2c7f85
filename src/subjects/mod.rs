//! Subjects: everything that is kept of one person, over all providers.
//!
//! Promises:
//! - what a provider says of a person by now is told by the events' own time and by those alone that can be believed
//!   ([`present`]);
//! - after an erasure no table and no file of the database holds what was erased, as far as [`SubjectStore::scrub`] goes; the
//!   lines of the log stay, and say when something came, from whom and of what type;
//! - the audit log, which is kept for ever, names a subject by a digest and never in clear.
//!
//! [`SubjectStore::scrub`]: crate::store::subjects::SubjectStore::scrub

mod erase;
mod export;
mod list;
mod present;
mod show;

use model::{AuditTarget, AuditTargetKind, Text};
use sha2::{Digest, Sha256};

pub use erase::Erased;
pub use export::{ExportedDelivery, ExportedRecord, ExportedWebhook, SubjectExport};
pub use present::{happened_at, present};
pub use show::{MOST_EVENTS, Subject};

/// The subject as the audit log names it: whoever knows it finds its lines, and nobody reads it from them.
fn target(subject: &Text) -> AuditTarget {
    AuditTarget {
        kind: AuditTargetKind::Subject,
        id: digest(subject),
        name: "a subject".to_owned(),
    }
}

/// The first 16 hexadecimal digits of the subject's SHA-256.
pub(crate) fn digest(subject: &Text) -> String {
    let digest = Sha256::digest(subject.as_str());
    digest[..8]
        .iter()
        .fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subject_is_named_by_its_digest() {
        // echo -n user-1042 | sha256sum
        let subject = Text::new("user-1042").expect("a text");
        assert_eq!(digest(&subject), "f7e99b496a9778b2");
        assert!(!format!("{:?}", target(&subject)).contains("1042"));
    }
}
