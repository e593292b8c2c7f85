//! Records and payloads as far as they may be shown. What differs and which links there are is found in the documents
//! themselves; what is said of it is taken from the documents as they are shown.

use app::view::LinkView;
use model::Agreement;
use serde_json::{Map, Value};
use url::Url;

use super::{Change, changes, links};
use crate::webhooks::{MASK, Rules, mask};

/// What every presigned link has in it.
const SIGN_OF_LINK: &[u8] = b"X-Amz-Expires=";

/// The presigned links in a body. `shown` is the body as it is shown: where they lead is told where nothing in it is masked, and
/// only of what a browser may be sent to, as the body is the sender's.
pub(crate) fn links_in(body: &[u8], shown: &[u8]) -> Vec<LinkView> {
    // Few bodies have any, and reading one costs more than looking for the word.
    if !body.windows(SIGN_OF_LINK.len()).any(|window| window == SIGN_OF_LINK) {
        return Vec::new();
    }
    let is_whole = body == shown;
    let (Some(document), Some(shown)) = (read(body), read(shown)) else {
        return Vec::new();
    };
    let leads_to_a_site = |url: &str| Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "https" | "http"));
    let view = |link: super::PresignedLink| LinkView {
        path: shown_path(&[&shown], &link.path),
        url: Some(link.url).filter(|url| is_whole && leads_to_a_site(url)),
        expires_at: link.expires_at,
    };
    links(&document).into_iter().map(view).collect()
}

/// Masks what a contradiction quotes where either quotation would be masked at its place in the record. The place stays.
pub(crate) fn mask_quotes(agreement: &mut Agreement, rules: &Rules) {
    let Agreement::Contradicts(contradiction) = agreement else {
        return;
    };
    let (path, quotes) = (&contradiction.path, [&contradiction.webhook, &contradiction.record]);
    if quotes.iter().any(|quote| is_masked(path, quote, rules)) {
        MASK.clone_into(&mut contradiction.webhook);
        MASK.clone_into(&mut contradiction.record);
    }
}

/// Whether a text would be masked at the place: told by a document that holds nothing else, so that no record has to be read.
fn is_masked(path: &str, text: &str, rules: &Rules) -> bool {
    let names = path.strip_prefix('/').unwrap_or(path).split('/');
    let document = names.rfold(Value::from(text), |value, name| {
        if name.bytes().all(|byte| byte.is_ascii_digit()) {
            return Value::from(vec![value]);
        }
        let name = name.replace("~1", "/").replace("~0", "~");
        Value::from(Map::from_iter([(name, value)]))
    });
    mask(document.to_string().as_bytes(), rules).values.count > 0
}

/// A record, as it is and as it is shown.
pub(super) struct Document {
    real: Value,
    shown: Value,
}

impl Document {
    /// `None` when the body is not JSON, or nested too deep to be compared.
    pub(super) fn read(body: &[u8], shown: &[u8]) -> Option<Self> {
        Some(Self {
            real: read(body)?,
            shown: read(shown)?,
        })
    }

    /// What is another than before, and whether that is not all.
    pub(super) fn changes_since(&self, before: &Self) -> (Vec<Change>, bool) {
        let found = changes(&before.real, &self.real);
        let shown = |change: Change| Change {
            before: shown_value(change.before, &before.shown, &change.path),
            after: shown_value(change.after, &self.shown, &change.path),
            path: shown_path(&[&self.shown, &before.shown], &change.path),
        };
        (found.items.into_iter().map(shown).collect(), found.has_more)
    }
}

fn read(body: &[u8]) -> Option<Value> {
    serde_json::from_slice(body).ok()
}

/// The value at the place in the document as it is shown. Where the place is not there, something on the way to it is masked.
fn shown_value(real: Option<Value>, shown: &Value, path: &str) -> Option<Value> {
    let real = real?;
    match shown.pointer(path) {
        Some(shown) => Some(shown.clone()),
        None if real.is_null() => Some(real),
        None => Some(Value::from(MASK)),
    }
}

/// The pointer, which ends with the mask where it leads through the name of a field that is masked in all of the documents.
fn shown_path(shown: &[&Value], path: &str) -> String {
    let leads_somewhere = |path: &str| shown.iter().any(|document| document.pointer(path).is_some());
    if leads_somewhere(path) {
        return path.to_owned();
    }
    let mut parent = path;
    while let Some((longer, _)) = parent.rsplit_once('/') {
        parent = longer;
        if leads_somewhere(parent) {
            break;
        }
    }
    format!("{parent}/{MASK}")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::providers;

    fn masked(body: &[u8]) -> String {
        let persona = providers::ALL.iter().find(|provider| provider.about().key == "persona");
        mask(body, &Rules::of(persona.expect("registered").about())).text
    }

    fn check(before: &Value, after: &Value, revealed: &[&str], as_masked: &[&str]) {
        let (before, after) = (before.to_string(), after.to_string());
        for (masks, expected) in [(false, revealed), (true, as_masked)] {
            let document = |text: &str| {
                let shown = if masks { masked(text.as_bytes()) } else { text.to_owned() };
                Document::read(text.as_bytes(), shown.as_bytes()).expect("JSON")
            };
            let (changes, has_more) = document(&after).changes_since(&document(&before));
            let text = |value: Option<Value>| value.map_or_else(|| "nothing".to_owned(), |value| value.to_string());
            let lines: Vec<_> = changes
                .into_iter()
                .map(|change| format!("{}: {} -> {}", change.path, text(change.before), text(change.after)))
                .collect();
            assert_eq!(lines, expected, "masked: {masks}");
            assert!(!has_more);
        }
    }

    #[test]
    fn what_changed_is_named_and_personal_data_in_it_is_masked() {
        check(
            &json!({"status": "pending", "email": "ada@example.com"}),
            &json!({"status": "approved", "email": "ada@example.org"}),
            &[
                r#"/email: "ada@example.com" -> "ada@example.org""#,
                r#"/status: "pending" -> "approved""#,
            ],
            &[r#"/email: "•••" -> "•••""#, r#"/status: "pending" -> "approved""#],
        );
        // What is in something that came or went is masked as well.
        check(
            &json!({"status": "pending"}),
            &json!({"status": "pending", "fields": {"email": "ada@example.com", "level": 2}}),
            &[r#"/fields: nothing -> {"email":"ada@example.com","level":2}"#],
            &[r#"/fields: nothing -> {"email":"•••","level":2}"#],
        );
    }

    #[test]
    fn a_name_that_is_masked_is_not_told_by_the_way_to_what_changed() {
        check(
            &json!({"people": {"ada@example.com": {"status": "pending"}}}),
            &json!({"people": {"ada@example.com": {"status": "approved"}}}),
            &[r#"/people/ada@example.com/status: "pending" -> "approved""#],
            &[r#"/people/•••: "•••" -> "•••""#],
        );
        check(
            &json!({"people": {}}),
            &json!({"people": {"ada@example.com": 1}}),
            &["/people/ada@example.com: nothing -> 1"],
            &[r#"/people/•••: nothing -> "•••""#],
        );
    }

    #[test]
    fn a_contradiction_quotes_nothing_that_is_masked_where_it_stands() {
        let persona = providers::ALL.iter().find(|provider| provider.about().key == "persona");
        let rules = Rules::of(persona.expect("registered").about());
        let check = |path: &str, webhook: &str, record: &str, expected: [&str; 2]| {
            let (path, webhook, record) = (path.to_owned(), webhook.to_owned(), record.to_owned());
            let mut agreement = Agreement::Contradicts(model::Contradiction { path, webhook, record });
            mask_quotes(&mut agreement, &rules);
            let Agreement::Contradicts(shown) = agreement else {
                panic!("it contradicts")
            };
            assert_eq!([&*shown.webhook, &*shown.record], expected, "{}", shown.path);
        };
        let hidden = ["•••"; 2];
        let reference = "/data/attributes/reference-id";
        check(reference, "user-1", "user-2", ["user-1", "user-2"]);
        check(reference, "ada@example.com", "user-2", hidden);
        check(reference, "user-1", "grace@example.com", hidden);
        check("/data/attributes/status", "approved", "declined", ["approved", "declined"]);
        check("/data/attributes/name-first", "Ada", "Grace", hidden);
        check("/data/attributes/emails/0", "Ada", "null", hidden);
    }

    #[test]
    fn links_are_told_by_their_place_and_their_end() {
        let link = "https://bucket.example/front.jpg?X-Amz-Date=20251120T005300Z&X-Amz-Expires=300&X-Amz-Signature=aaa";
        let body = json!({"image": link, "of": {"ada@example.com": link}}).to_string();
        let paths = |shown: &str| {
            let links = links_in(body.as_bytes(), shown.as_bytes());
            links.into_iter().map(|link| link.path).collect::<Vec<_>>()
        };
        assert_eq!(paths(&body), ["/image", "/of/ada@example.com"]);
        assert_eq!(paths(&masked(body.as_bytes())), ["/image", "/of/•••"]);
        assert!(links_in(b"{}", b"{}").is_empty() && links_in(link.as_bytes(), b"").is_empty());
    }

    #[test]
    fn where_a_link_leads_is_told_where_nothing_is_masked() {
        let check = |url: &str, body: &Value, is_masked: bool, expected: Option<&str>| {
            let body = body.to_string().replace("LINK", url);
            let shown = if is_masked { masked(body.as_bytes()) } else { body.clone() };
            let links = links_in(body.as_bytes(), shown.as_bytes());
            let urls: Vec<_> = links.iter().map(|link| link.url.as_deref()).collect();
            assert_eq!(urls, [expected], "{body}");
        };
        let query = "?X-Amz-Date=20251120T005300Z&X-Amz-Expires=300";
        let link = format!("https://bucket.example/front.jpg{query}");
        let of_someone = json!({"email": "ada@example.com", "link": "LINK"});
        check(&link, &of_someone, true, None);
        check(&link, &of_someone, false, Some(&link));
        check(&link, &json!({"link": "LINK"}), false, Some(&link));
        check(&format!("javascript:alert(1)//{query}"), &of_someone, false, None);
    }
}
