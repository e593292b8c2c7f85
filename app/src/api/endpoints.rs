//! Endpoints, their secrets, and checking their webhooks again.

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;
use model::{EndpointId, ProviderKey, ReverifyProgress, SecretId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

use crate::view::{ConsoleError, Typed};

/// An endpoint's settings as the form sends them. What a form leaves out is empty.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    pub name: String,
    pub environment: String,
    pub on_untrusted: String,
    pub forward_unsigned: String,
    pub confirm_before_forwarding: String,
    pub digest_mode: String,
    pub static_header_name: String,
    pub static_header_value: Typed,
    pub networks: String,
    pub rate_limit: String,
    /// Whether the form asks for the event types at all.
    pub has_refetch: String,
    pub refetch_event_types: String,
}

#[server(prefix = "/console", endpoint = "endpoints/add")]
pub async fn add_endpoint(
    provider: ProviderKey,
    #[server(default)] secret: Typed,
    #[server(flatten)] settings: Settings,
) -> Result<(), ConsoleError> {
    let input = super::reading::settings(settings)?;
    let id = crate::port::console()?.add_endpoint(provider, input, secret).await?;
    super::reading::show_endpoint(id, "endpoint_added");
    Ok(())
}

#[server(prefix = "/console", endpoint = "endpoints/change")]
pub async fn change_endpoint(id: EndpointId, #[server(flatten)] settings: Settings) -> Result<(), ConsoleError> {
    let input = super::reading::settings(settings)?;
    crate::port::console()?.change_endpoint(id, input).await?;
    super::reading::show_endpoint(id, "settings_saved");
    Ok(())
}

#[server(prefix = "/console", endpoint = "endpoints/switch")]
pub async fn switch_endpoint(id: EndpointId, enabled: bool) -> Result<(), ConsoleError> {
    crate::port::console()?.switch_endpoint(id, enabled).await?;
    super::reading::show_endpoint(id, if enabled { "endpoint_enabled" } else { "endpoint_disabled" });
    Ok(())
}

#[server(prefix = "/console", endpoint = "endpoints/archive")]
pub async fn archive_endpoint(id: EndpointId) -> Result<(), ConsoleError> {
    crate::port::console()?.archive_endpoint(id).await?;
    leptos_axum::redirect("/endpoints?done=endpoint_archived");
    Ok(())
}

/// Adds a secret; `retire_others_at` is when the others that are live end, empty to leave them.
#[server(prefix = "/console", endpoint = "endpoints/secrets/add")]
pub async fn add_secret(
    id: EndpointId,
    value: Typed,
    #[server(default)] label: String,
    #[server(default)] not_before: String,
    #[server(default)] expires_at: String,
    #[server(default)] retire_others_at: String,
) -> Result<(), ConsoleError> {
    let retire_others_at = super::reading::time("retire_others_at", &retire_others_at)?;
    let input = super::reading::secret(value, label, &not_before, &expires_at)?;
    crate::port::console()?.add_secret(id, input, retire_others_at).await?;
    super::reading::show_endpoint(id, "secret_added");
    Ok(())
}

/// Sets until when a secret is accepted; empty for ever.
#[server(prefix = "/console", endpoint = "endpoints/secrets/end")]
pub async fn set_secret_end(id: EndpointId, secret: SecretId, #[server(default)] expires_at: String) -> Result<(), ConsoleError> {
    let expires_at = super::reading::time("expires_at", &expires_at)?;
    crate::port::console()?.set_secret_end(id, secret, expires_at).await?;
    super::reading::show_endpoint(id, "secret_changed");
    Ok(())
}

#[server(prefix = "/console", endpoint = "endpoints/secrets/remove")]
pub async fn remove_secret(id: EndpointId, secret: SecretId) -> Result<(), ConsoleError> {
    crate::port::console()?.remove_secret(id, secret).await?;
    super::reading::show_endpoint(id, "secret_removed");
    Ok(())
}

/// The fields are those that the provider's description names; when all are empty, the credentials are removed.
#[server(prefix = "/console", endpoint = "endpoints/credentials")]
pub async fn set_credentials(
    id: EndpointId,
    #[server(default)] base_url: String,
    #[server(default)] token_url: String,
    #[server(flatten)] fields: BTreeMap<String, Typed>,
) -> Result<(), ConsoleError> {
    let (base_url, token_url) = (super::reading::given(&base_url), super::reading::given(&token_url));
    let fields = fields.into_iter().collect();
    crate::port::console()?
        .set_credentials(id, fields, base_url, token_url)
        .await?;
    super::reading::show_endpoint(id, "credentials_saved");
    Ok(())
}

#[server(prefix = "/console", endpoint = "endpoints/reverify")]
pub async fn start_reverify(
    id: EndpointId,
    #[server(default)] from: String,
    #[server(default)] to: String,
) -> Result<(), ConsoleError> {
    let (from, to) = (super::reading::time("from", &from)?, super::reading::time("to", &to)?);
    crate::port::console()?.start_reverify(id, from, to).await?;
    super::reading::show_reverify(id);
    Ok(())
}

#[server(prefix = "/console", endpoint = "endpoints/reverify/cancel")]
pub async fn cancel_reverify(id: EndpointId) -> Result<(), ConsoleError> {
    crate::port::console()?.cancel_reverify(id).await?;
    super::reading::show_reverify(id);
    Ok(())
}

/// How far checking again has come; `None` when it was never begun.
#[server(prefix = "/console", endpoint = "endpoints/reverify/progress", input = GetUrl)]
pub async fn poll_reverify(id: EndpointId) -> Result<Option<ReverifyProgress>, ConsoleError> {
    crate::port::console()?.reverify_progress(id).await
}

/// Whether a webhook has come yet.
#[server(prefix = "/console", endpoint = "endpoints/is_waiting", input = GetUrl)]
pub async fn is_waiting(id: EndpointId) -> Result<bool, ConsoleError> {
    let page = crate::port::console()?.endpoint(id).await?;
    Ok(page.last_webhook_at.is_none())
}
