use crate::ingest::HIDDEN;
use crate::providers::StaticHeader;

/// Headers that let their sender in wherever they are sent.
const CREDENTIALS: [&str; 4] = ["authorization", "cookie", "proxy-authorization", "set-cookie"];

/// What the name of a header that carries a secret holds.
const SIGNS_OF_SECRETS: [&str; 7] = ["api-key", "apikey", "credential", "password", "secret", "session", "token"];

/// Hides values of headers: the endpoint's static header by its name and its value by whatever name, which may have been
/// stored before it was declared a secret or renamed, and unless `sees_all` those that are credentials by their names. Names
/// are in lower case.
pub(super) fn hide(headers: &mut [(String, String)], static_header: Option<&StaticHeader>, sees_all: bool) {
    let hidden = HIDDEN;
    let hidden = hidden.to_str().unwrap_or_default();
    for (name, value) in headers {
        let is_secret = static_header.is_some_and(|secret| secret.name == *name || secret.is(value.as_bytes()));
        if is_secret || (!sees_all && is_credential(name)) {
            hidden.clone_into(value);
        }
    }
}

fn is_credential(name: &str) -> bool {
    CREDENTIALS.contains(&name) || SIGNS_OF_SECRETS.iter().any(|sign| name.contains(sign))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_hidden_from_viewers_and_the_static_header_from_everyone() {
        let secret = StaticHeader {
            name: "x-peleza".to_owned(),
            value: "open sesame".to_owned().into(),
        };
        let check_value = |name: &str, value: &str, viewer_sees: bool, operator_sees: bool| {
            for (sees_all, sees) in [(false, viewer_sees), (true, operator_sees)] {
                let mut headers = [(name.to_owned(), value.to_owned())];
                hide(&mut headers, Some(&secret), sees_all);
                assert_eq!(headers[0].1 == value, sees, "{name}: {value}, sees all: {sees_all}");
            }
        };
        let check = |name, viewer_sees, operator_sees| check_value(name, "value", viewer_sees, operator_sees);
        check("content-type", true, true);
        check("persona-signature", true, true);
        check("x-payload-digest", true, true);
        check("authorization", false, true);
        check("cookie", false, true);
        check("x-access-token", false, true);
        check("x-api-key", false, true);
        check("x-peleza", false, false);
        check_value("x-peleza-before", "open sesame", false, false);
    }
}
