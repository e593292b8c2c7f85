//! What concerns the one who is signed in.

use leptos::prelude::*;
use model::TokenId;

use crate::view::{ConsoleError, Typed};

#[server(prefix = "/console", endpoint = "account/password")]
pub async fn change_password(
    current: Typed,
    new: Typed,
    repeat: Typed,
    #[server(default)] revoke_tokens: String,
) -> Result<(), ConsoleError> {
    let new = super::reading::repeated(new, &repeat)?;
    let revoke_tokens = super::reading::is_ticked(&revoke_tokens);
    crate::port::console()?.change_password(current, new, revoke_tokens).await?;
    leptos_axum::redirect("/account?done=password_changed");
    Ok(())
}

#[server(prefix = "/console", endpoint = "account/second_factor/begin")]
pub async fn begin_second_factor(password: Typed) -> Result<(), ConsoleError> {
    crate::port::console()?.begin_second_factor(password).await?;
    leptos_axum::redirect("/account#second-factor");
    Ok(())
}

#[server(prefix = "/console", endpoint = "account/second_factor/confirm")]
pub async fn confirm_second_factor(code: Typed) -> Result<(), ConsoleError> {
    crate::port::console()?.confirm_second_factor(code).await?;
    leptos_axum::redirect("/account?done=second_factor_on");
    Ok(())
}

#[server(prefix = "/console", endpoint = "account/second_factor/remove")]
pub async fn remove_second_factor(password: Typed) -> Result<(), ConsoleError> {
    crate::port::console()?.remove_second_factor(password).await?;
    leptos_axum::redirect("/account?done=second_factor_off");
    Ok(())
}

#[server(prefix = "/console", endpoint = "account/sessions/end")]
pub async fn end_session(key: String) -> Result<(), ConsoleError> {
    crate::port::console()?.end_session(key).await?;
    leptos_axum::redirect("/account?done=session_ended");
    Ok(())
}

#[server(prefix = "/console", endpoint = "account/sessions/end_others")]
pub async fn end_other_sessions() -> Result<(), ConsoleError> {
    crate::port::console()?.end_other_sessions().await?;
    leptos_axum::redirect("/account?done=sessions_ended");
    Ok(())
}

#[server(prefix = "/console", endpoint = "account/tokens/add")]
pub async fn add_token(name: String, password: Typed) -> Result<(), ConsoleError> {
    crate::port::console()?.add_token(name.trim().to_owned(), password).await?;
    leptos_axum::redirect("/account");
    Ok(())
}

#[server(prefix = "/console", endpoint = "account/tokens/revoke")]
pub async fn revoke_token(id: TokenId) -> Result<(), ConsoleError> {
    crate::port::console()?.revoke_token(id).await?;
    leptos_axum::redirect("/account?done=token_revoked");
    Ok(())
}
