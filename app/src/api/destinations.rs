//! Where webhooks are forwarded to.

use leptos::prelude::*;
use model::DestinationId;
use serde::{Deserialize, Serialize};

use crate::view::{ConsoleError, TestAnswer, Typed};

/// A destination's settings as the form sends them. What a form leaves out is empty.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct DestinationSettings {
    pub name: String,
    pub url: String,
    pub endpoints: Vec<String>,
    pub event_types: Vec<String>,
    pub outcomes: Vec<String>,
    pub headers: Typed,
    pub concurrency: String,
    pub rate_limit: String,
    pub ordered: String,
    /// A schedule that was chosen, or [`OWN_SCHEDULE`].
    pub schedule_choice: String,
    /// One that was written.
    pub schedule: String,
}

/// The choice of a schedule that is written beside it.
pub const OWN_SCHEDULE: &str = "own";

#[server(prefix = "/console", endpoint = "destinations/add")]
pub async fn add_destination(#[server(flatten)] settings: DestinationSettings) -> Result<(), ConsoleError> {
    let input = super::reading::destination_settings(settings)?;
    let id = crate::port::console()?.add_destination(input).await?;
    super::reading::show_destination(id, "destination_added");
    Ok(())
}

#[server(prefix = "/console", endpoint = "destinations/change")]
pub async fn change_destination(id: DestinationId, #[server(flatten)] settings: DestinationSettings) -> Result<(), ConsoleError> {
    let input = super::reading::destination_settings(settings)?;
    crate::port::console()?.change_destination(id, input).await?;
    super::reading::show_destination(id, "destination_saved");
    Ok(())
}

#[server(prefix = "/console", endpoint = "destinations/disable")]
pub async fn disable_destination(id: DestinationId) -> Result<(), ConsoleError> {
    crate::port::console()?.disable_destination(id).await?;
    super::reading::show_destination(id, "destination_paused");
    Ok(())
}

/// Sends what waited, or cancels it first.
#[server(prefix = "/console", endpoint = "destinations/enable")]
pub async fn enable_destination(id: DestinationId, send_waiting: bool) -> Result<(), ConsoleError> {
    crate::port::console()?.enable_destination(id, send_waiting).await?;
    super::reading::show_destination(id, "destination_enabled");
    Ok(())
}

#[server(prefix = "/console", endpoint = "destinations/archive")]
pub async fn archive_destination(id: DestinationId) -> Result<(), ConsoleError> {
    crate::port::console()?.archive_destination(id).await?;
    leptos_axum::redirect("/destinations?done=destination_archived");
    Ok(())
}

#[server(prefix = "/console", endpoint = "destinations/rotate")]
pub async fn rotate_destination_secret(id: DestinationId) -> Result<(), ConsoleError> {
    crate::port::console()?.rotate_destination_secret(id).await?;
    super::reading::show_destination(id, "destination_secret_rotated");
    Ok(())
}

/// Sends a test webhook and waits for the answer. A form without scripts is led to the page, which says what came of it.
#[server(prefix = "/console", endpoint = "destinations/test")]
pub async fn test_destination(id: DestinationId) -> Result<TestAnswer, ConsoleError> {
    let answer = crate::port::console()?.test_destination(id).await?;
    leptos_axum::redirect(&crate::pages::destinations::address::tested(id));
    Ok(answer)
}
