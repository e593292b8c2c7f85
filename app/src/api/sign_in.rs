//! Coming in and going out.

use leptos::prelude::*;

use crate::view::{ConsoleError, Typed};

#[server(prefix = "/console", endpoint = "sign_in")]
pub async fn sign_in(email: String, password: Typed, #[server(default)] next: String) -> Result<(), ConsoleError> {
    let step = crate::port::console()?.sign_in(email.trim().to_owned(), password).await?;
    super::reading::go_on(step, &next);
    Ok(())
}

#[server(prefix = "/console", endpoint = "sign_in/second_factor")]
pub async fn second_factor(code: Typed, #[server(default)] next: String) -> Result<(), ConsoleError> {
    crate::port::console()?.second_factor(code).await?;
    leptos_axum::redirect(super::reading::local(&next));
    Ok(())
}

#[server(prefix = "/console", endpoint = "sign_out")]
pub async fn sign_out() -> Result<(), ConsoleError> {
    crate::port::console()?.sign_out().await?;
    leptos_axum::redirect("/sign-in");
    Ok(())
}

/// Chooses a password under a one-time link; `repeat` is the same again.
#[server(prefix = "/console", endpoint = "link/use")]
pub async fn use_link(
    token: String,
    #[server(default)] email: String,
    password: Typed,
    repeat: Typed,
) -> Result<(), ConsoleError> {
    let password = super::reading::repeated(password, &repeat)?;
    let email = super::reading::given(&email);
    let step = crate::port::console()?.use_link(token, email, password).await?;
    super::reading::go_on(step, "");
    Ok(())
}
