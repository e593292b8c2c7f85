use model::{DeliveryState, EndpointId, Outcome, ProviderKey, Text, Timestamp, Verdict, WebhookFilter};
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use utoipa::openapi::schema::{ArrayBuilder, OneOfBuilder, Schema};
use utoipa::openapi::{ObjectBuilder, RefOr, Type};
use utoipa::{PartialSchema, ToSchema};

use crate::api::address::text;
use crate::api::provider::KnownProvider;
use crate::operation::{Errors, OperationError};
use crate::providers;

/// Which webhooks are meant. Each field is as the parameter of the log of that name: a value, or several that are
/// alternatives.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FilterInput {
    #[serde(default)]
    #[schema(schema_with = alternatives::<KnownProvider>)]
    provider: Alternatives<ProviderKey>,
    #[serde(default)]
    #[schema(schema_with = alternatives::<EndpointId>)]
    endpoint: Alternatives<EndpointId>,
    #[serde(default)]
    #[schema(schema_with = alternatives::<Verdict>)]
    verdict: Alternatives<Verdict>,
    #[serde(default)]
    #[schema(schema_with = texts)]
    event_type: Alternatives<String>,
    #[serde(default)]
    #[schema(schema_with = alternatives::<Outcome>)]
    outcome: Alternatives<Outcome>,
    #[serde(default)]
    #[schema(schema_with = texts)]
    subject: Alternatives<String>,
    #[serde(default)]
    #[schema(schema_with = alternatives::<DeliveryState>)]
    delivery: Alternatives<DeliveryState>,
    duplicates: Option<bool>,
    from: Option<Timestamp>,
    to: Option<Timestamp>,
}

impl FilterInput {
    pub fn read(self) -> Result<WebhookFilter, OperationError> {
        let mut errors = Errors::default();
        for provider in &self.provider.0 {
            if providers::find(provider).is_none() {
                errors.add("filter.provider", "there is no such provider");
            }
        }
        let filter = WebhookFilter {
            providers: self.provider.0,
            endpoints: self.endpoint.0,
            verdicts: self.verdict.0,
            event_types: kept_whole("filter.event_type", self.event_type, &mut errors),
            outcomes: self.outcome.0,
            subjects: kept_whole("filter.subject", self.subject, &mut errors),
            deliveries: self.delivery.0,
            duplicates: self.duplicates,
            from: self.from,
            to: self.to,
        };
        errors.none_or_invalid().map(|()| filter)
    }
}

fn kept_whole(field: &str, texts: Alternatives<String>, errors: &mut Errors) -> Vec<Text> {
    let read = |value: String| text(&value).map_err(|message| errors.add(field, message)).ok();
    texts.0.into_iter().filter_map(read).collect()
}

/// A value, or from one to [`WebhookFilter::MOST_VALUES`] of them.
#[derive(Debug)]
struct Alternatives<T>(Vec<T>);

impl<T> Default for Alternatives<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: for<'value> Deserialize<'value>> Deserialize<'de> for Alternatives<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let read = |value| T::deserialize(value).map_err(serde::de::Error::custom);
        match Value::deserialize(deserializer)? {
            Value::Array(values) if !(1..=WebhookFilter::MOST_VALUES).contains(&values.len()) => {
                let message = format!("not from 1 to {} values", WebhookFilter::MOST_VALUES);
                Err(serde::de::Error::custom(message))
            }
            Value::Array(values) => Ok(Self(values.into_iter().map(read).collect::<Result<_, _>>()?)),
            value => Ok(Self(vec![read(value)?])),
        }
    }
}

fn alternatives<T: PartialSchema>() -> RefOr<Schema> {
    one_or_several(&T::schema())
}

fn texts() -> RefOr<Schema> {
    let text = ObjectBuilder::new()
        .schema_type(Type::String)
        .min_length(Some(1))
        .max_length(Some(model::TEXT_LIMIT));
    one_or_several(&text.build().into())
}

fn one_or_several(one: &RefOr<Schema>) -> RefOr<Schema> {
    let several = ArrayBuilder::new()
        .items(one.clone())
        .min_items(Some(1))
        .max_items(Some(WebhookFilter::MOST_VALUES));
    let either = OneOfBuilder::new().item(one.clone()).item(several);
    RefOr::T(Schema::OneOf(either.build()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(filter: Value, expected: Result<&str, &str>) {
        let said = filter.to_string();
        let read = serde_json::from_value::<FilterInput>(filter);
        let read = read
            .map_err(|error| error.to_string())
            .and_then(|input| input.read().map_err(|error| error.to_string()));
        let query = read.map(|filter| filter.to_query());
        assert_eq!(query.as_deref().map_err(String::as_str), expected, "{said}");
    }

    #[test]
    fn a_field_is_a_value_or_several() {
        check(json!({}), Ok(""));
        check(
            json!({"verdict": "invalid", "provider": ["persona", "pleenk"], "duplicates": false}),
            Ok("provider=persona&provider=pleenk&verdict=invalid&duplicates=false"),
        );
        check(
            json!({"event_type": "inquiry.*", "from": "2025-11-20T00:00:00Z"}),
            Ok("event_type=inquiry.*&from=2025-11-20T00%3A00%3A00Z"),
        );
        check(json!({"verdict": []}), Err("not from 1 to 32 values"));
        check(
            json!({"subject": ""}),
            Err("filter.subject: it is too long or has characters that cannot be shown"),
        );
        check(
            json!({"provider": "nobody"}),
            Err("filter.provider: there is no such provider"),
        );
        check(
            json!({"duplicates": "false"}),
            Err("invalid type: string \"false\", expected a boolean"),
        );
    }
}
