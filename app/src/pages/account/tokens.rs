//! Tokens with which programs do what one may do.

use leptos::prelude::*;
use model::{Timestamp, TokenSummary};

use super::second_factor::own_password;
use crate::{
    api::account::{AddToken, RevokeToken},
    look::Look,
    pages::Tried,
    text::{accounts, endpoints::hint},
    ui::{button::SubmitButton, card::Card, form::hidden, input::Input, time::Ago},
};

#[component]
pub fn Tokens(tokens: Vec<TokenSummary>, tried: Tried, now: Timestamp) -> impl IntoView {
    let none = tokens
        .is_empty()
        .then(|| view! { <p class="pb-2 text-sm">{accounts::NO_TOKENS}</p> });
    let rows = tokens
        .into_iter()
        .map(|token| view! { <Entry token tried=tried.clone() now /> })
        .collect_view();
    let form = tried.form::<AddToken>("add-token");
    let name = Input::text("name", "Name of a new token")
        .hint(accounts::TOKEN_NAME_HINT)
        .most(64)
        .required();
    let add = form.stack(view! {
        {form.field(name)}
        {form.field(own_password())}
        <div><SubmitButton>"Make a token"</SubmitButton></div>
    });
    view! {
        <Card title="Tokens" id="tokens">
            <p class="mb-2 max-w-reading text-sm text-muted">{accounts::TOKENS}</p>
            {none}
            <ul class="text-sm">{rows}</ul>
            <div class="border-t border-hairline pt-3">{add}</div>
        </Card>
    }
    .into_any()
}

#[component]
fn Entry(token: TokenSummary, tried: Tried, now: Timestamp) -> impl IntoView {
    let TokenSummary {
        id,
        name,
        hint: end,
        created_at,
        last_used_at,
    } = token;
    let used = match last_used_at {
        Some(at) => view! { <span>"last used " <Ago at now /></span> }.into_any(),
        None => view! { <span>"not used yet"</span> }.into_any(),
    };
    let revoke = tried.small_form::<RevokeToken>().line(view! {
        {hidden("id", id)}
        <SubmitButton look=Look::Danger>{format!("Revoke “{name}”")}</SubmitButton>
    });
    view! {
        <li class="flex flex-wrap items-center justify-between gap-2 border-t border-hairline py-2.5">
            <div class="min-w-0">
                <p class="flex flex-wrap gap-x-2.5">
                    <strong class="font-semibold wrap-anywhere">{name}</strong>
                    <code class="text-muted">{hint(&end)}</code>
                </p>
                <p class="flex flex-wrap gap-x-3.5 text-muted">
                    <span>"made " <Ago at=created_at now /></span>
                    {used}
                </p>
            </div>
            {revoke}
        </li>
    }
    .into_any()
}
