//! Why an attempt failed, in words.

use model::Failure;

/// In the fewest words, for a table: `503`, `connection refused`.
pub fn short(failure: Failure, status: Option<u16>) -> String {
    let words = match failure {
        Failure::UrlNotAllowed => "URL not allowed",
        Failure::DnsFailed => "name not found",
        Failure::DnsTimeout => "name look-up timed out",
        Failure::AddressNotAllowed => "address not allowed",
        Failure::ConnectRefused => "connection refused",
        Failure::ConnectFailed => "not reachable",
        Failure::ConnectTimeout => "connection timed out",
        Failure::TlsFailed => "TLS failed",
        Failure::TlsTimeout => "TLS timed out",
        Failure::ConnectionClosed => "connection closed",
        Failure::ProtocolError => "not HTTP",
        Failure::FirstByteTimeout => "no answer in time",
        Failure::ResponseTimeout => "answer too slow",
        Failure::ResponseTooLarge => "answer too long",
        Failure::Unauthorized => "credentials refused",
        Failure::Forbidden => "not allowed",
        Failure::NotFound => "not known there",
        Failure::RateLimited => "asked too often",
        Failure::TokenFailed => "no token",
        Failure::BadAnswer => "not a record",
        Failure::NoCredentials => "no credentials",
        Failure::Redirect | Failure::Status => {
            let kind = if failure == Failure::Redirect {
                "redirected"
            } else {
                "answered with an error"
            };
            return status.map_or_else(|| kind.to_owned(), |status| format!("answered {status}"));
        }
    };
    words.to_owned()
}

/// What happened, as a sentence.
pub fn sentence(failure: Failure, status: Option<u16>) -> String {
    let sentence = match failure {
        Failure::UrlNotAllowed => "The URL is not one that can be sent to.",
        Failure::DnsFailed => "The host's name has no address.",
        Failure::DnsTimeout => "The host's name could not be looked up within 5 s.",
        Failure::AddressNotAllowed => "The host's name leads to a private or special address, and that one is not allowed.",
        Failure::ConnectRefused => "The connection was refused: nothing listens at that address and port.",
        Failure::ConnectFailed => "The address could not be reached.",
        Failure::ConnectTimeout => "The connection was not taken within 5 s.",
        Failure::TlsFailed => "No secure connection could be made.",
        Failure::TlsTimeout => "The secure connection was not ready within 5 s.",
        Failure::ConnectionClosed => "The connection was closed before the answer was whole.",
        Failure::ProtocolError => "What came back is not HTTP.",
        Failure::FirstByteTimeout => "No answer began within 15 s.",
        Failure::ResponseTimeout => "The answer began, but was not whole within 30 s.",
        Failure::ResponseTooLarge => "The answer was longer than is read of one.",
        Failure::Unauthorized => "The provider does not take the credentials.",
        Failure::Forbidden => "The provider takes the credentials, but does not let them see this.",
        Failure::NotFound => "The provider knows nothing of that id.",
        Failure::RateLimited => "The provider does not want to be asked so often.",
        Failure::TokenFailed => "The address that gives tokens gave none.",
        Failure::BadAnswer => "What came back is not a record of what was asked for.",
        Failure::NoCredentials => "The endpoint has no credentials to ask the provider with.",
        Failure::Redirect => return format!("It answered {}, and redirects are not followed.", answer(status)),
        Failure::Status => return format!("It answered {}.", answer(status)),
    };
    sentence.to_owned()
}

/// What is likely to help; `None` where waiting is all that is left.
pub const fn advice(failure: Failure, status: Option<u16>) -> Option<&'static str> {
    Some(match failure {
        Failure::UrlNotAllowed => "Correct the URL in the destination's settings.",
        Failure::DnsFailed => "Check the host in the destination's URL, and its DNS.",
        Failure::AddressNotAllowed => {
            "Where it is meant so, whoever runs this server adds the network to HOOKPROOF_ALLOW_NETWORKS."
        }
        Failure::ConnectRefused => "Start the service, or correct the port in the destination's URL.",
        Failure::ConnectFailed | Failure::ConnectTimeout => "Check that the service runs and that no firewall is between.",
        Failure::TlsFailed => "Its certificate has expired, is for another name, or comes from an authority that is not known.",
        Failure::ProtocolError => "Check the port, and whether it speaks http or https.",
        Failure::FirstByteTimeout | Failure::ResponseTimeout => {
            "The service should answer as soon as it has stored the webhook, and work on it afterwards."
        }
        Failure::ResponseTooLarge => "An answer without a body is enough.",
        Failure::Unauthorized | Failure::TokenFailed | Failure::NoCredentials => {
            "Set the credentials on the endpoint's page, and mind that they are those of its environment."
        }
        Failure::Forbidden => "At the provider, allow the key to read this, and the addresses of this server to ask.",
        Failure::NotFound => "Check that the credentials are of the account that posts the webhooks.",
        Failure::BadAnswer => "Check the base URL on the endpoint's page.",
        Failure::Redirect => "Put the address that it leads to into the destination's settings.",
        Failure::Status => return advice_for(status),
        Failure::DnsTimeout | Failure::TlsTimeout | Failure::ConnectionClosed | Failure::RateLimited => return None,
    })
}

const fn advice_for(status: Option<u16>) -> Option<&'static str> {
    match status {
        Some(401 | 403) => {
            Some("It may check the signature with another secret, or want a header that the settings do not name.")
        }
        Some(404 | 405) => Some("Check the path in the destination's URL."),
        Some(410) => Some("With 410 it says that it wants no more, so the destination was disabled."),
        Some(413) => Some("It takes no body as long as this one."),
        Some(429) => Some("It asked to slow down: its pause is kept to, and a rate limit in the settings avoids it."),
        _ => None,
    }
}

fn answer(status: Option<u16>) -> String {
    status.map_or_else(|| "without a status".to_owned(), |status| status.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_failure_has_its_own_sentence() {
        let mut sentences: Vec<_> = Failure::ALL.iter().map(|failure| sentence(*failure, Some(503))).collect();
        assert!(sentences.iter().all(|sentence| sentence.ends_with('.')));
        sentences.sort();
        sentences.dedup();
        assert_eq!(sentences.len(), Failure::ALL.len());
    }

    #[test]
    fn a_failure_is_told_short_long_and_with_what_helps() {
        fn check(failure: Failure, status: Option<u16>, in_short: &str, whole: &str, helps: bool) {
            assert_eq!(short(failure, status), in_short);
            assert_eq!(sentence(failure, status), whole);
            assert_eq!(advice(failure, status).is_some(), helps, "{failure}");
        }
        check(Failure::Status, Some(503), "answered 503", "It answered 503.", false);
        check(Failure::Status, Some(410), "answered 410", "It answered 410.", true);
        check(
            Failure::Redirect,
            Some(302),
            "answered 302",
            "It answered 302, and redirects are not followed.",
            true,
        );
        check(
            Failure::DnsFailed,
            None,
            "name not found",
            "The host's name has no address.",
            true,
        );
        check(
            Failure::ConnectionClosed,
            None,
            "connection closed",
            "The connection was closed before the answer was whole.",
            false,
        );
    }
}
