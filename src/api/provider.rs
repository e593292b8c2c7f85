use std::borrow::Cow;

use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

use crate::providers;

/// A key of a provider that this version knows: only describes.
pub struct KnownProvider;

impl PartialSchema for KnownProvider {
    fn schema() -> RefOr<Schema> {
        let keys = providers::ALL.iter().map(|provider| provider.about().key);
        let schema = ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some("A provider."))
            .enum_values(Some(keys));
        schema.build().into()
    }
}

impl ToSchema for KnownProvider {
    fn name() -> Cow<'static, str> {
        "Provider".into()
    }
}
