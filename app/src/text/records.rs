//! The provider's record: whether it can be asked for, what came of asking, and what it says of the webhook.

use model::{Agreement, Failure, RefetchRow, RefetchState, RefetchTrigger, Timestamp, Verdict};

use super::{
    failures,
    numbers::count,
    times::{absolute, millis, relative},
    words::Meaning,
};
use crate::view::Askable;

/// Whether the provider can be asked, in a sentence that says why not.
pub fn askable(askable: &Askable, provider: &str) -> String {
    match askable {
        Askable::Yes => format!("{provider} is asked with the endpoint's credentials, and what it answers is kept as it is."),
        Askable::NoApi(why) => super::forms::sentence(why),
        Askable::NoCredentials => {
            format!("The endpoint has no credentials for {provider}'s API. With them, {provider} can be asked again from here.")
        }
        Askable::NothingToAskFor => format!("Nothing in this webhook names something that {provider}'s API could be asked for."),
        Askable::Erased => "What this webhook told of was erased, so nothing is asked for it any more.".to_owned(),
    }
}

/// Above the state of asking, where the provider was never asked.
pub const NEVER_ASKED: &str = "It was not asked yet.";

/// How far a re-fetch is that has not ended: `Queued; the provider is asked in 4 min.`
pub fn open(row: &RefetchRow, now: Timestamp) -> String {
    match (row.state, row.due_at) {
        (RefetchState::Fetching, _) => "The provider is being asked now.".to_owned(),
        (_, Some(due)) if due > now && row.attempts > 0 => format!("The provider is asked again {}.", relative(due, now)),
        (_, Some(due)) if due > now => format!("Queued: the provider is asked {}.", relative(due, now)),
        _ => "Queued: the provider is asked as soon as it is its turn.".to_owned(),
    }
}

/// What the last try came to, where it failed: `The last try failed, 12 s ago: the connection was refused …`
pub fn failed(failure: Failure, status: Option<u16>, asked_at: Option<Timestamp>, now: Timestamp) -> String {
    let when = asked_at.map_or_else(String::new, |at| format!(", {}", relative(at, now)));
    format!("Asking failed{when}. {}", failure_sentence(failure, status))
}

/// Of a failure, what happened. Such as are told of destinations elsewhere are told of an API here.
pub fn failure_sentence(failure: Failure, status: Option<u16>) -> String {
    match failure {
        Failure::UrlNotAllowed => {
            "The address is not one that can be asked: only https is, unless plain http is allowed.".to_owned()
        }
        Failure::TokenFailed => match status {
            Some(status) => format!("The address that gives tokens gave none: it answered {status}."),
            None => failures::sentence(failure, status),
        },
        Failure::ResponseTooLarge => "The answer was longer than 8 MiB, so nothing of it was kept.".to_owned(),
        _ => failures::sentence(failure, status),
    }
}

/// The same, followed by what is likely to help.
pub fn failure_with_advice(failure: Failure, status: Option<u16>) -> String {
    let sentence = failure_sentence(failure, status);
    match advice(failure, status) {
        Some(advice) => format!("{sentence} {advice}"),
        None => sentence,
    }
}

/// What is likely to help; `None` where waiting is all that is left.
pub const fn advice(failure: Failure, status: Option<u16>) -> Option<&'static str> {
    Some(match failure {
        Failure::UrlNotAllowed => {
            "Check the base URL at the endpoint's credentials. Where plain http is meant, whoever runs this server sets \
             HOOKPROOF_ALLOW_HTTP and adds the network to HOOKPROOF_ALLOW_NETWORKS."
        }
        Failure::TokenFailed if matches!(status, Some(300..=399 | 404 | 405)) => {
            "Check the token URL at the endpoint's credentials."
        }
        Failure::TokenFailed if matches!(status, Some(500..)) => "The provider has trouble of its own: ask again in a while.",
        Failure::DnsFailed | Failure::ConnectRefused | Failure::ProtocolError | Failure::Redirect => {
            "Check the base URL at the endpoint's credentials."
        }
        Failure::ConnectFailed | Failure::ConnectTimeout => {
            "Check the base URL at the endpoint's credentials, and that no firewall keeps this server from reaching it."
        }
        Failure::FirstByteTimeout
        | Failure::ResponseTimeout
        | Failure::DnsTimeout
        | Failure::TlsTimeout
        | Failure::ConnectionClosed => "That often passes by itself: ask again in a while.",
        Failure::RateLimited => "Wait a moment, then ask again.",
        Failure::ResponseTooLarge => "Look at it in the provider's own dashboard.",
        Failure::Status => match status {
            Some(500..) => "The provider has trouble of its own: ask again in a while.",
            _ => "Check the base URL and the credentials at the endpoint.",
        },
        _ => return failures::advice(failure, status),
    })
}

pub const fn state(state: RefetchState) -> &'static str {
    match state {
        RefetchState::Pending => "queued",
        RefetchState::Fetching => "asking",
        RefetchState::Done => "fetched",
        RefetchState::Failed => "failed",
        RefetchState::Cancelled => "cancelled",
    }
}

pub const fn state_meaning(state: RefetchState) -> Meaning {
    match state {
        RefetchState::Pending | RefetchState::Cancelled => Meaning::Neutral,
        RefetchState::Fetching => Meaning::Info,
        RefetchState::Done => Meaning::Good,
        RefetchState::Failed => Meaning::Bad,
    }
}

/// Why the provider was asked.
pub const fn trigger(trigger: RefetchTrigger) -> &'static str {
    match trigger {
        RefetchTrigger::Automatic => "by itself, after this type of event",
        RefetchTrigger::Confirmation => "by itself, to confirm before forwarding",
        RefetchTrigger::Manual => "by hand",
        RefetchTrigger::Bulk => "in bulk",
    }
}

/// What was answered: `200 · 41 ms`.
pub fn answered(status: u16, duration_ms: u32) -> String {
    format!("{status} · {}", millis(duration_ms))
}

/// What a record says of its webhook, in two words.
pub const fn agreement(agreement: &Agreement) -> &'static str {
    match agreement {
        Agreement::Agrees | Agreement::AgreesButForSubject => "agrees",
        Agreement::Contradicts(_) => "contradicts",
        Agreement::CannotTell => "cannot tell",
    }
}

pub const fn agreement_meaning(agreement: &Agreement) -> Meaning {
    match agreement {
        Agreement::Agrees | Agreement::AgreesButForSubject => Meaning::Info,
        Agreement::Contradicts(_) => Meaning::Bad,
        Agreement::CannotTell => Meaning::Neutral,
    }
}

/// The same as a heading.
pub const fn agreement_heading(agreement: &Agreement) -> &'static str {
    match agreement {
        Agreement::Agrees | Agreement::AgreesButForSubject => "The record agrees with this webhook",
        Agreement::Contradicts(_) => "The record contradicts this webhook",
        Agreement::CannotTell => "The record does not tell",
    }
}

/// And in a sentence that says what follows from it.
pub fn agreement_sentence(agreement: &Agreement, provider: &str) -> String {
    match agreement {
        Agreement::Agrees => {
            format!("{provider}'s record is of the same object, and in the state that the webhook tells of, or further on.")
        }
        Agreement::AgreesButForSubject => format!(
            "{provider}'s record is of the same object and in the state that the webhook tells of. Whom it is about, the record \
             does not say: that rests on the webhook alone."
        ),
        Agreement::Contradicts(_) => {
            format!(
                "What {provider} answered is not what this webhook says. Do not act on the webhook before you know which is right."
            )
        }
        Agreement::CannotTell => {
            format!("{provider}'s record has nothing in it that would show whether the webhook is right, so it changes nothing.")
        }
    }
}

/// How far a record that agrees reaches.
pub const CONFIRMS: &str = "What a record confirms is the object and its state, not every field of the webhook's body.";

/// Of a record that agrees with a webhook whose signature does not hold; `None` where it does, or where there is to be none.
pub fn stays(verdict: Verdict) -> Option<String> {
    matches!(verdict, Verdict::Invalid | Verdict::Missing).then(|| {
        let verdict = super::words::verdict(verdict);
        format!(
            "The object is as it is told, but the verdict stays “{verdict}”: anyone who knows the object's id could have made this \
             webhook."
        )
    })
}

/// What a contradiction does to the webhook; `None` where it was to go nowhere.
pub const fn follows(is_held: bool, was_delivered: bool) -> Option<&'static str> {
    match (is_held, was_delivered) {
        (true, _) => Some(
            "The webhook is held because of it, whatever its signature. A record that agrees lets it go, and so does a person who \
             releases it.",
        ),
        (false, true) => Some("The webhook had been forwarded: whoever got it acted on what the provider does not say."),
        (false, false) => None,
    }
}

/// Why a record is in the history that this webhook did not bring.
pub const FOR_ANOTHER: &str = "for another webhook of the same object";

/// Of an older record than the one that the verdict rests on.
pub const NOT_THE_NEWEST: &str = "This is an older record. What counts is the newest one.";
/// Of a record that another webhook of the same object brought.
pub const OF_ANOTHER: &str = "It was fetched for another webhook of the same object.";

/// A presigned link's time: `ends in 4 min`, `ended 2 h ago`.
pub fn link(expires_at: Timestamp, now: Timestamp) -> String {
    if expires_at > now {
        format!("ends {}", relative(expires_at, now))
    } else {
        format!("ended {}", relative(expires_at, now))
    }
}

/// After a presigned link, to those who do not see it.
pub const OPENS_ELSEWHERE: &str = ", opens in a new tab";

/// Below presigned links that still lead somewhere, while where that is stays masked.
pub const LINKS_MASKED: &str = "They can be opened once personal data is revealed.";

/// Below presigned links.
pub const RENEW: &str = "Renewing asks the provider again: the new record has new links.";

/// What a comparison found: `3 places differ from the record before.`
pub fn changed(changes: usize, more: bool) -> String {
    match (changes, more) {
        (0, _) => "Nothing changed since the record before.".to_owned(),
        (1, false) => "1 place differs from the record before.".to_owned(),
        (changes, false) => format!("{} differ from the record before.", count(changes as u64, "place", "places")),
        (changes, true) => format!("More than {changes} places differ from the record before; the first are shown."),
    }
}

/// Where there is nothing to compare with.
pub const FIRST_RECORD: &str = "This is the first record of the object, so there is nothing to compare it with yet.";
/// In the place of a value that is not there.
pub const ABSENT: &str = "not there";

/// The button that shows the rest of a long history.
pub fn older(number: usize) -> String {
    format!("{} older …", super::numbers::thousands(number as u64))
}

/// Of a webhook whose body and fields are gone.
pub fn erased(at: Timestamp) -> String {
    format!(
        "Erased on {}. The row stays, so that it is known that something came.",
        absolute(at)
    )
}

/// Beside the verdict of a webhook that is contradicted.
pub fn contradicted(provider: &str) -> String {
    format!("{provider}'s own record says something else than this webhook, so it is held whatever its signature.")
}

pub const RECONCILED: &str = "found by comparison";

/// The heading above that.
pub const LISTED: &str = "Confirmed by the provider's list of events";

/// Why a webhook without a request is here.
pub fn reconciled(provider: &str) -> String {
    format!(
        "It never arrived in a form that could be trusted. {provider}'s own list of events has it, asked for with your \
         credentials, so it was stored from there and is as good as confirmed. No request brought it, so there are no headers \
         and no sender."
    )
}

/// In place of the headers of a request that there never was, or that is gone.
pub const NO_REQUEST: &str = "No request brought this webhook, so there are no headers.";
pub const HEADERS_ERASED: &str = "The headers were erased.";

/// A part of the life line.
pub const FOUND: &str = "Found by comparison";

pub const BY_THE_RECORD: &str = "by the record";
pub const BY_THE_LIST: &str = "by the provider's list of events";

/// What the life line says of the newest re-fetch: `connection refused; again in 4 min`.
pub fn last(row: &RefetchRow, now: Timestamp) -> String {
    match (row.state, row.failure) {
        (RefetchState::Failed, Some(failure)) => failures::short(failure, row.status),
        (RefetchState::Pending, Some(failure)) => match row.due_at.filter(|due| *due > now) {
            Some(due) => format!("{}; again {}", failures::short(failure, row.status), relative(due, now)),
            None => failures::short(failure, row.status),
        },
        (RefetchState::Pending, None) => match row.due_at.filter(|due| *due > now) {
            Some(due) => relative(due, now),
            None => "due".to_owned(),
        },
        (state, _) => self::state(state).to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{Contradiction, EndpointId, RefetchId, WebhookId};
    use uuid::Uuid;

    const NOW: &str = "2025-11-20T07:18:00Z";

    fn time(text: &str) -> Timestamp {
        Timestamp::parse(text).expect("a time")
    }

    fn row(state: RefetchState, attempts: u32, due_at: Option<&str>, failure: Option<Failure>) -> RefetchRow {
        RefetchRow {
            id: RefetchId(Uuid::nil()),
            webhook_id: WebhookId(Uuid::nil()),
            endpoint_id: EndpointId(Uuid::nil()),
            state,
            trigger: RefetchTrigger::Automatic,
            attempts,
            created_at: time(NOW),
            due_at: due_at.map(time),
            asked_at: None,
            url: None,
            duration_ms: None,
            status: None,
            failure,
            record: None,
        }
    }

    #[test]
    fn an_open_re_fetch_says_when_it_is_tried() {
        fn check(state: RefetchState, attempts: u32, due_at: &str, sentence: &str) {
            assert_eq!(open(&row(state, attempts, Some(due_at), None), time(NOW)), sentence);
        }
        let (past, soon) = ("2025-11-20T07:17:00Z", "2025-11-20T07:22:00Z");
        check(RefetchState::Fetching, 0, past, "The provider is being asked now.");
        check(RefetchState::Pending, 2, soon, "The provider is asked again in 4 min.");
        check(RefetchState::Pending, 0, soon, "Queued: the provider is asked in 4 min.");
        check(
            RefetchState::Pending,
            0,
            past,
            "Queued: the provider is asked as soon as it is its turn.",
        );
    }

    #[test]
    fn the_life_line_says_what_came_of_asking() {
        fn check(row: &RefetchRow, note: &str) {
            assert_eq!(last(row, time(NOW)), note);
        }
        let (soon, refused) = (Some("2025-11-20T07:22:00Z"), Some(Failure::ConnectRefused));
        check(&row(RefetchState::Failed, 1, None, refused), "connection refused");
        check(
            &row(RefetchState::Pending, 1, soon, refused),
            "connection refused; again in 4 min",
        );
        check(&row(RefetchState::Pending, 0, Some(NOW), None), "due");
        check(&row(RefetchState::Fetching, 0, None, None), "asking");
    }

    #[test]
    fn a_link_says_how_long_it_leads_somewhere() {
        assert_eq!(link(time("2025-11-20T07:22:00Z"), time(NOW)), "ends in 4 min");
        assert_eq!(link(time("2025-11-20T05:18:00Z"), time(NOW)), "ended 2 h ago");
    }

    #[test]
    fn a_comparison_says_how_much_differs() {
        assert_eq!(changed(0, false), "Nothing changed since the record before.");
        assert_eq!(changed(1, false), "1 place differs from the record before.");
        assert_eq!(changed(3, false), "3 places differ from the record before.");
        assert_eq!(
            changed(200, true),
            "More than 200 places differ from the record before; the first are shown."
        );
    }

    #[test]
    fn every_failure_is_told_of_the_api_and_not_of_a_destination() {
        for failure in Failure::ALL {
            let told = [
                Some(failure_sentence(*failure, Some(404))),
                advice(*failure, Some(404)).map(str::to_owned),
            ];
            for text in told.into_iter().flatten() {
                assert!(text.ends_with('.') && !text.contains("destination"), "{failure}: {text}");
            }
        }
    }

    #[test]
    fn what_helps_is_named_as_whoever_does_it_finds_it() {
        fn check(failure: Failure, status: Option<u16>, named: &[&str]) {
            let told = failure_with_advice(failure, status);
            assert!(named.iter().all(|named| told.contains(named)), "{told}");
        }
        check(Failure::AddressNotAllowed, None, &["HOOKPROOF_ALLOW_NETWORKS"]);
        check(
            Failure::UrlNotAllowed,
            None,
            &["base URL", "HOOKPROOF_ALLOW_HTTP", "HOOKPROOF_ALLOW_NETWORKS"],
        );
        check(Failure::TokenFailed, Some(404), &["404", "token URL"]);
        check(Failure::TokenFailed, Some(401), &["401", "credentials"]);
        assert_eq!(
            failure_with_advice(Failure::RateLimited, Some(429)),
            "The provider does not want to be asked so often. Wait a moment, then ask again."
        );
    }

    #[test]
    fn each_agreement_has_its_own_words() {
        let contradicts = Agreement::Contradicts(Contradiction {
            path: "/status".to_owned(),
            webhook: "approved".to_owned(),
            record: "declined".to_owned(),
        });
        let all = [
            Agreement::Agrees,
            Agreement::AgreesButForSubject,
            contradicts,
            Agreement::CannotTell,
        ];
        let mut sentences: Vec<_> = all.iter().map(|agreement| agreement_sentence(agreement, "Persona")).collect();
        sentences.sort();
        sentences.dedup();
        assert_eq!(sentences.len(), all.len());
    }

    #[test]
    fn a_verdict_that_a_record_does_not_raise_says_why() {
        for verdict in Verdict::ALL {
            let said = stays(*verdict);
            assert_eq!(
                said.is_some(),
                matches!(verdict, Verdict::Invalid | Verdict::Missing),
                "{verdict}"
            );
            assert!(said.is_none_or(|said| said.contains(crate::text::words::verdict(*verdict))));
        }
    }

    #[test]
    fn whether_the_provider_can_be_asked_is_a_sentence() {
        let why = "the documentation names no way to ask".to_owned();
        assert_eq!(
            askable(&Askable::NoApi(why), "Pleenk"),
            "The documentation names no way to ask."
        );
        assert!(askable(&Askable::NoCredentials, "Persona").contains("no credentials"));
    }
}
