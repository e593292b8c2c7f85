//! What is shown this one time: a new token, recovery codes, a link.

use leptos::prelude::*;

use crate::{
    islands::copy::CopyButton,
    text::accounts,
    ui::{
        icon::{Glyph, Icon},
        id::Command,
    },
    view::ShownOnce,
};

const FRAME: &str = "mb-4 grid max-w-reading gap-1 rounded-lg border border-accent bg-accent-ground px-3.5 py-3";

#[component]
pub fn Once(shown: Option<ShownOnce>) -> impl IntoView {
    let (heading, hint, content) = match shown? {
        ShownOnce::Token { name, value } => (
            accounts::once_token(&name),
            accounts::ONCE_TOKEN,
            view! { <Command value label="the token" /> }.into_any(),
        ),
        ShownOnce::DestinationSecret { name, value } => (
            accounts::once_destination_secret(&name),
            accounts::ONCE_DESTINATION_SECRET,
            view! { <Command value label="the signing secret" /> }.into_any(),
        ),
        ShownOnce::RecoveryCodes(codes) => (
            accounts::ONCE_CODES.to_owned(),
            accounts::ONCE_CODES_HINT,
            view! { <Codes codes /> }.into_any(),
        ),
        ShownOnce::Link { purpose, email, url } => (
            accounts::once_link(purpose, &email),
            accounts::once_link_hint(purpose),
            view! { <Command value=url label="the link" /> }.into_any(),
        ),
    };
    let view = view! {
        <section class=FRAME role="status">
            <h2 class="flex items-center gap-2 wrap-anywhere">
                <Icon glyph=Glyph::KeyRound class="size-4 text-accent" />
                {heading}
            </h2>
            <p class="text-sm">{hint}</p>
            {content}
        </section>
    };
    Some(view.into_any())
}

#[component]
fn Codes(codes: Vec<String>) -> impl IntoView {
    let all = codes.join("\n");
    let codes = codes
        .into_iter()
        .map(|code| view! { <li><code>{code}</code></li> })
        .collect_view();
    view! {
        <div class="mt-2 flex items-start gap-2 rounded-md border border-hairline bg-sunken py-2 pr-2 pl-3.5">
            <ul class="grid flex-1 grid-cols-[repeat(auto-fill,minmax(16ch,1fr))] gap-x-4">{codes}</ul>
            <CopyButton value=all label="Copy the recovery codes".to_owned() />
        </div>
    }
    .into_any()
}
