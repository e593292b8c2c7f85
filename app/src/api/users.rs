//! The users, for admins.

use leptos::prelude::*;
use model::{Role, UserId};

use crate::view::ConsoleError;

#[server(prefix = "/console", endpoint = "users/invite")]
pub async fn invite(email: String, role: Role) -> Result<(), ConsoleError> {
    crate::port::console()?.invite(email.trim().to_owned(), role).await?;
    leptos_axum::redirect("/users");
    Ok(())
}

#[server(prefix = "/console", endpoint = "users/role")]
pub async fn set_role(id: UserId, role: Role) -> Result<(), ConsoleError> {
    crate::port::console()?.set_role(id, role).await?;
    leptos_axum::redirect("/users?done=role_changed");
    Ok(())
}

#[server(prefix = "/console", endpoint = "users/disable")]
pub async fn set_user_disabled(id: UserId, disabled: bool) -> Result<(), ConsoleError> {
    crate::port::console()?.set_user_disabled(id, disabled).await?;
    leptos_axum::redirect(if disabled {
        "/users?done=user_disabled"
    } else {
        "/users?done=user_enabled"
    });
    Ok(())
}

#[server(prefix = "/console", endpoint = "users/reset_link")]
pub async fn reset_link(id: UserId) -> Result<(), ConsoleError> {
    crate::port::console()?.reset_link(id).await?;
    leptos_axum::redirect("/users");
    Ok(())
}

#[server(prefix = "/console", endpoint = "users/reset_second_factor")]
pub async fn reset_second_factor(id: UserId) -> Result<(), ConsoleError> {
    crate::port::console()?.reset_second_factor(id).await?;
    leptos_axum::redirect("/users?done=second_factor_reset");
    Ok(())
}
