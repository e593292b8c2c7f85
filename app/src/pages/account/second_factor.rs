//! The second factor: off, being set up, or on.

use leptos::prelude::*;

use crate::{
    api::account::{BeginSecondFactor, ConfirmSecondFactor, RemoveSecondFactor},
    look::Look,
    pages::Tried,
    text::{accounts, words::Meaning},
    ui::{badge::Mark, button::SubmitButton, card::Card, disclosure::Disclosure, icon::Glyph, id::Command, input::Input},
    view::SecondFactor,
};

#[component]
pub fn Second(state: SecondFactor, tried: Tried) -> impl IntoView {
    let content = match state {
        SecondFactor::Off => {
            let begin = tried.form::<BeginSecondFactor>("begin-second-factor");
            let begin = begin.stack(view! {
                {begin.field(own_password())}
                <div><SubmitButton>"Set up a second factor"</SubmitButton></div>
            });
            view! {
                <p class="mb-3 max-w-reading text-sm text-muted">{accounts::SECOND_FACTOR_OFF}</p>
                {begin}
            }
            .into_any()
        }
        SecondFactor::Pending { secret, url, qr } => view! { <Pending secret url qr tried /> }.into_any(),
        SecondFactor::On { recovery_codes_left } => view! { <On recovery_codes_left tried /> }.into_any(),
    };
    view! { <Card title="Second factor" id="second-factor">{content}</Card> }.into_any()
}

/// That it is the user who sits there, and not someone who found the screen unlocked.
pub fn own_password() -> Input {
    Input::password("password", "Password", "current-password").most(256)
}

#[component]
fn Pending(secret: String, url: String, qr: String, tried: Tried) -> impl IntoView {
    let form = tried.form::<ConfirmSecondFactor>("confirm-second-factor");
    let code = Input::text("code", "Code")
        .autocomplete("one-time-code")
        .keys("numeric")
        .pattern("[0-9 ]{6,8}")
        .placeholder("123456")
        .required();
    let content = form.stack(view! {
        {form.field(code)}
        <div><SubmitButton look=Look::Accent>"Turn it on"</SubmitButton></div>
    });
    let begin = tried.form::<BeginSecondFactor>("begin-second-factor");
    let open = begin.error.is_some();
    let begin = begin.stack(view! {
        {begin.field(own_password())}
        <div><SubmitButton>"Make another secret"</SubmitButton></div>
    });
    view! {
        <p class="mb-3 max-w-reading text-sm text-muted">{accounts::SECOND_FACTOR_SCAN}</p>
        <div class="mb-3 flex flex-wrap items-start gap-4">
            // Dark on light in either theme: that is what cameras read.
            <div
                class="flex-none rounded-md border border-hairline bg-paper p-2 [&_svg]:size-44"
                role="img"
                title="QR code of the secret below"
                inner_html=qr
            ></div>
            <div class="grid min-w-0 flex-1 basis-60 gap-2">
                <p class="text-sm font-medium">"The secret"</p>
                <Command value=secret label="the secret" />
                <a class="text-sm" href=url>"Open it in an authenticator on this device"</a>
            </div>
        </div>
        {content}
        <div class="mt-3 border-t border-hairline pt-3">
            <Disclosure label="Begin with another secret …" open>{begin}</Disclosure>
        </div>
    }
    .into_any()
}

#[component]
fn On(recovery_codes_left: u32, tried: Tried) -> impl IntoView {
    let form = tried.form::<RemoveSecondFactor>("remove-second-factor");
    let open = form.error.is_some();
    let content = form.stack(view! {
        <p class="max-w-reading text-sm">{accounts::SECOND_FACTOR_LOSE}</p>
        {form.field(own_password())}
        <div><SubmitButton look=Look::Danger>"Turn the second factor off"</SubmitButton></div>
    });
    let few = recovery_codes_left < accounts::FEW_CODES_ARE;
    view! {
        <p class="mb-3 flex max-w-reading flex-wrap items-center gap-2 text-sm">
            <Mark meaning=Meaning::Good glyph=Glyph::ShieldCheck text="on" />
            <span class="text-muted">{accounts::second_factor_on(recovery_codes_left)}</span>
        </p>
        {few.then(|| view! { <p class="mb-3 max-w-reading text-sm text-attention">{accounts::FEW_CODES}</p> })}
        <Disclosure label="Turn it off …" open>{content}</Disclosure>
    }
    .into_any()
}
