//! Forms of endpoints: what they are made from, and what they send as the operations take it.

use std::net::IpAddr;

use app::view::{ConsoleError, EndpointInput, ProviderForm, SecretForm, SecretInput, Typed};
use ipnet::IpNet;
use model::{EndpointPolicy, Environment, FieldError, OnUntrusted, ProviderKey};
use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use crate::endpoints::{AddEndpoint, EndpointChange, NewSecret, NewStaticHeader, StaticHeaderChange, refetch_event_types};
use crate::operation::{Errors, OperationError};
use crate::providers::{About, KeyKind, Refetch};

/// What a provider's endpoints are configured with.
pub(super) fn form(about: &About) -> ProviderForm {
    let (credentials, no_refetch) = match about.refetch {
        Refetch::Documented { credentials, .. } => (credentials, None),
        Refetch::Undocumented(why) => (&[][..], Some(why.to_owned())),
    };
    ProviderForm {
        mark: about.mark(),
        paste_address_at: about.paste_address_at.to_owned(),
        secret: about.secret.as_ref().map(|secret| SecretForm {
            is_public_key: secret.kind == KeyKind::PublicKey,
            label: secret.label.to_owned(),
            find_it_at: secret.find_it_at.to_owned(),
            placeholder: secret.placeholder.to_owned(),
        }),
        has_digest_mode: about.has_digest_mode,
        has_static_header: about.has_static_header,
        credentials: credentials.iter().map(|&name| name.to_owned()).collect(),
        asked_by_itself: refetch_event_types(&ProviderKey::new(about.key), None),
        no_refetch,
    }
}

/// A new endpoint from its form.
pub(super) fn new_endpoint(provider: ProviderKey, input: EndpointInput, secret: Typed) -> Result<AddEndpoint, ConsoleError> {
    let texts = Texts::read(&input)?;
    let header = input.static_header_name.trim();
    Ok(AddEndpoint {
        provider,
        name: input.name.trim().to_owned(),
        environment: input.environment.unwrap_or(Environment::Production),
        policy: EndpointPolicy {
            on_untrusted: input.on_untrusted.unwrap_or(OnUntrusted::Hold),
            forward_unsigned: input.forward_unsigned,
            confirm_before_forwarding: input.confirm_before_forwarding,
        },
        digest_mode: input.digest_mode,
        static_header: (!header.is_empty()).then(|| NewStaticHeader {
            name: header.to_owned(),
            value: pasted(input.static_header_value),
        }),
        networks: texts.networks,
        rate_limit: texts.rate_limit,
        refetch_event_types: texts.refetch_event_types,
        secret: Some(pasted(secret)).filter(|secret| !secret.expose_secret().is_empty()),
    })
}

/// All of an endpoint's settings from its form. Which of them are new, the operation finds out.
pub(super) fn change(input: EndpointInput) -> Result<EndpointChange, ConsoleError> {
    let texts = Texts::read(&input)?;
    let header = input.static_header_name.trim();
    Ok(EndpointChange {
        name: Some(input.name.trim().to_owned()),
        environment: input.environment,
        on_untrusted: input.on_untrusted,
        forward_unsigned: Some(input.forward_unsigned),
        confirm_before_forwarding: Some(input.confirm_before_forwarding),
        digest_mode: Some(input.digest_mode),
        static_header: Some((!header.is_empty()).then(|| StaticHeaderChange {
            name: header.to_owned(),
            value: Some(pasted(input.static_header_value)).filter(|value| !value.expose_secret().is_empty()),
        })),
        networks: Some(texts.networks),
        rate_limit: Some(texts.rate_limit),
        enabled: None,
        refetch_event_types: texts.refetch_event_types.map(Some),
    })
}

pub(super) fn new_secret(input: SecretInput) -> NewSecret {
    NewSecret {
        value: pasted(input.value),
        label: input.label.trim().to_owned(),
        not_before: input.not_before,
        expires_at: input.expires_at,
    }
}

/// As [`super::report`], with the fields named as in the form.
pub(super) fn report(error: OperationError) -> ConsoleError {
    match super::report(error) {
        ConsoleError::Invalid(errors) => ConsoleError::Invalid(errors.into_iter().map(of_form).collect()),
        error => error,
    }
}

fn of_form(error: FieldError) -> FieldError {
    let field = match error.field.as_str() {
        "static_header" | "static_header.name" => "static_header_name".to_owned(),
        "static_header.value" => "static_header_value".to_owned(),
        _ => error.field,
    };
    FieldError { field, ..error }
}

/// White space around something pasted is never part of it.
fn pasted(typed: Typed) -> SecretString {
    let typed = Zeroizing::new(typed.0);
    SecretString::from(typed.trim())
}

/// What a form sends as text and the operations take as something else.
#[derive(Debug)]
struct Texts {
    networks: Vec<IpNet>,
    rate_limit: Option<u32>,
    refetch_event_types: Option<Vec<String>>,
}

impl Texts {
    fn read(input: &EndpointInput) -> Result<Self, ConsoleError> {
        let mut errors = Errors::default();
        let mut networks = Vec::new();
        for text in listed(&input.networks) {
            // One address is a network of one.
            match text
                .parse::<IpNet>()
                .ok()
                .or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from))
            {
                Some(network) => networks.push(network),
                None => errors.add("networks", format!("`{text}` is not a network such as 192.0.2.0/24")),
            }
        }
        let limit = input.rate_limit.trim();
        let rate_limit = limit.parse().ok();
        if rate_limit.is_none() && !limit.is_empty() {
            errors.add(
                "rate_limit",
                format!("`{limit}` is not a whole number of webhooks per second"),
            );
        }
        errors.none_or_invalid().map_err(super::report)?;
        let event_types = input.refetch_event_types.as_deref();
        Ok(Self {
            networks,
            rate_limit,
            refetch_event_types: event_types.map(|text| listed(text).map(str::to_owned).collect()),
        })
    }
}

/// What is separated by white space or commas.
fn listed(text: &str) -> impl Iterator<Item = &str> {
    let texts = text.split(|character: char| character.is_whitespace() || character == ',');
    texts.filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn networks(text: &str) -> Result<Vec<String>, ConsoleError> {
        let input = EndpointInput {
            networks: text.to_owned(),
            ..EndpointInput::default()
        };
        Texts::read(&input).map(|texts| texts.networks.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn networks_are_listed_in_any_way_that_people_list_things() {
        let check = |text: &str, expected: &[&str]| {
            let read = networks(text).expect("networks");
            assert_eq!(read, expected, "{text}");
        };
        check("", &[]);
        check(" \n", &[]);
        check("192.0.2.0/24", &["192.0.2.0/24"]);
        check("192.0.2.1,\r\n2001:db8::/32 , ", &["192.0.2.1/32", "2001:db8::/32"]);
    }

    #[test]
    fn event_types_are_listed_likewise_and_no_field_is_not_an_empty_one() {
        let check = |text: Option<&str>, expected: Option<&[&str]>| {
            let input = EndpointInput {
                refetch_event_types: text.map(str::to_owned),
                ..EndpointInput::default()
            };
            let read = Texts::read(&input).expect("texts").refetch_event_types;
            let read = read.as_ref().map(|read| read.iter().map(String::as_str).collect::<Vec<_>>());
            assert_eq!(read.as_deref(), expected, "{text:?}");
        };
        check(None, None);
        check(Some(" "), Some(&[]));
        check(Some("inquiry.*, report.run\n"), Some(&["inquiry.*", "report.run"]));
    }

    #[test]
    fn what_is_no_network_is_named() {
        let ConsoleError::Invalid(errors) = networks("192.0.2.0/24 example.com 10.0.0.0/99").expect_err("refused") else {
            panic!("the fields are named");
        };
        let named: Vec<_> = errors
            .iter()
            .map(|error| (error.field.as_str(), error.message.as_str()))
            .collect();
        assert_eq!(
            named,
            [
                ("networks", "`example.com` is not a network such as 192.0.2.0/24"),
                ("networks", "`10.0.0.0/99` is not a network such as 192.0.2.0/24"),
            ]
        );
    }
}
