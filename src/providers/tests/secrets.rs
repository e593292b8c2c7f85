use super::*;
use crate::providers::{Key, SecretShape};

#[test]
fn a_secret_of_a_wrong_shape_is_refused_in_words() {
    let check = |key: &str, value: &str, expected: Result<(), &str>| {
        let read = provider(key).read_secret(value).map(drop).map_err(|shape| shape.to_string());
        match (read, expected) {
            (Ok(()), Ok(())) => {}
            (Err(said), Err(part)) => assert!(said.contains(part), "{said}"),
            (read, _) => panic!("{key}: {value:?} gives {read:?}"),
        }
    };
    check("persona", " wbhsec_1\n", Ok(()));
    check("persona", "whatever-it-is", Ok(()));
    check("persona", "  ", Err("empty"));
    check("persona", "wbhsec_1 wbhsec_2", Err("no white space"));
    check("persona", "persona_production_1", Err("not an API key"));
    check("authento", "a secret of one's own", Ok(()));
    check("authento", "", Err("empty"));
    check("standard_webhooks", "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD", Ok(()));
    check("standard_webhooks", "C2FVsBQIhrscChlQIMV+b5sSYspob7oD", Ok(()));
    check("standard_webhooks", "whsec_", Err("whsec_"));
    check("standard_webhooks", "whsec_not base64", Err("whsec_"));
    check("standard_webhooks", "whsec_dGVzdB", Ok(()));
    check("standard_webhooks", "whpk_AAAA", Err("Ed25519"));
    check("pleenk", "MIGbMBAG", Err("BEGIN PUBLIC KEY"));
    check(
        "pleenk",
        "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----",
        Err("P-521"),
    );
    check("case_keeper", "a", Err("no secret"));
    check("peleza", "a", Err("no secret"));
}

#[test]
fn a_public_key_is_read_however_it_is_indented_or_broken() {
    let signing = Signing::of("pleenk");
    let pem = signing.keys.registered().expect("a public key");
    let indented = format!("    {}", pem.replace('\n', "\r\n    "));
    let on_one_line = pem.replace('\n', " ");
    let amid_text = format!("Our public key:\n\n{pem}\n\nYours, Pleenk");
    for pem in [pem, &indented, &on_one_line, &amid_text] {
        assert!(matches!(provider("pleenk").read_secret(pem), Ok(Key::P521(_))), "{pem}");
    }
    let certificate = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    for several in [format!("{pem}\n{pem}"), format!("{certificate}{pem}")] {
        let shape = provider("pleenk").read_secret(&several).err();
        assert_eq!(shape, Some(SecretShape::Several), "{several}");
    }
    // P-256: the same form, another curve.
    let other_curve = "-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEukMFJ9Wk6JlHQqAPVTXg6x8K+IZO
8/DCdiSy3U8itvN1WIfC3OQ5otV+ns0c5Z1roS8r0XcdEjGfbXotRpthcA==
-----END PUBLIC KEY-----";
    assert!(matches!(
        provider("pleenk").read_secret(other_curve),
        Err(SecretShape::Unexpected { .. })
    ));
}

#[test]
fn the_hint_of_a_secret_is_its_end_and_gives_away_little() {
    let check = |key: &str, value: &str, expected: &str| assert_eq!(provider(key).hint(value), expected, "{value}");
    check("persona", "wbhsec_9f0c1d7a-5b1e", "5b1e");
    check("persona", " wbhsec_9f0c1d7a-5b1e\n", "5b1e");
    check("authento", "eleven-long", "");
    check("authento", "twelve-longé", "ongé");
    check("authento", "a secret -----END of my own", " own");
    let pem = "-----BEGIN PUBLIC KEY-----\n  MIGbMBAGByqGSM49\n  AgEGBSuBBAAj+4\n  Q=\n  -----END PUBLIC KEY-----\n";
    check("pleenk", pem, "+4Q=");
    check("pleenk", &format!("The key:\n{pem}\nSee you"), "+4Q=");
}

#[test]
fn a_key_prints_nothing_of_itself() {
    let signing = Signing::of("persona");
    let printed = format!("{:?}{:?}", signing.keyring, signing.keys);
    let secret = signing.keys.registered().expect("a secret");
    assert!(!printed.contains(secret) && !printed.contains("wbhsec"), "{printed}");
}
