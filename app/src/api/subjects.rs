use leptos::prelude::*;

use crate::view::ConsoleError;

/// Erases what is kept of a subject, for good, when `typed` says the same.
#[server(prefix = "/console", endpoint = "subjects/erase")]
pub async fn erase_subject(subject: String, #[server(default)] typed: String) -> Result<(), ConsoleError> {
    let subject = super::reading::same_subject(&subject, &typed)?;
    crate::port::console()?.erase_subject(subject).await?;
    leptos_axum::redirect("/subjects?done=subject_erased");
    Ok(())
}
