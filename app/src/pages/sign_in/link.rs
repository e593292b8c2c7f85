use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use model::LinkPurpose;

use crate::{
    api::sign_in::UseLink,
    look::Look,
    pages::{answer, tried},
    port::console,
    text::{accounts, forms},
    ui::{
        button::{LinkButton, SubmitButton},
        form::{Form, hidden},
        icon::Glyph,
        input::Input,
        nav::NarrowFrame,
        state::{Blank, Failed},
    },
    view::{ConsoleError, LinkPage},
};

/// The page behind a one-time link: set-up, invite or reset.
#[component]
pub fn Link() -> impl IntoView {
    let token = use_params_map().get_untracked().get("token").unwrap_or_default();
    let form = tried().form::<UseLink>("use-link");
    let (answer, console) = (answer(), console());
    let content = Suspend::new(async move {
        let found = match console {
            Ok(console) => console.link(token.clone()).await,
            Err(error) => Err(error),
        };
        match found {
            Ok(page) => view! { <Choose page token form /> }.into_any(),
            Err(error) => {
                answer.failed(&error);
                let failed = match error {
                    ConsoleError::NotFound => view! {
                        <Blank state=accounts::dead_link() glyph=Glyph::TimerOff>
                            <div class="mt-2 flex">
                                <LinkButton href="/sign-in">"Sign in"</LinkButton>
                            </div>
                        </Blank>
                    }
                    .into_any(),
                    error => view! { <Failed error href=format!("/link/{token}") /> }.into_any(),
                };
                view! {
                    <h1 class="sr-only">"Link"</h1>
                    {failed}
                }
                .into_any()
            }
        }
    });
    view! {
        <NarrowFrame title="Link">
            <Suspense fallback=|| ()>{content}</Suspense>
        </NarrowFrame>
    }
    .into_any()
}

#[component]
fn Choose(page: LinkPage, token: String, form: Form) -> impl IntoView {
    let LinkPage { purpose, email } = page;
    // A password manager keeps the password under the address that it finds beside it.
    let email = match email {
        None => Input::email("email", "E-mail address").required().autofocus(),
        Some(email) => Input::email("account", "E-mail address").value(email).readonly(),
    };
    let content = form.stack(view! {
        {hidden("token", token)}
        {form.field(email.autocomplete("username"))}
        {new_password(&form, "password")}
        <SubmitButton look=Look::Accent>{accounts::link_button(purpose)}</SubmitButton>
    });
    view! {
        <div>
            <h1>{accounts::link_heading(purpose)}</h1>
            <p class="mt-1 text-muted">{accounts::link_advice(purpose)}</p>
        </div>
        {content}
        {(purpose != LinkPurpose::SetUp).then(|| view! { <p class="text-sm"><a href="/sign-in">"Sign in instead"</a></p> })}
    }
    .into_any()
}

/// A new password, typed twice.
pub fn new_password(form: &Form, name: &'static str) -> impl IntoView {
    let (least, most) = forms::PASSWORD_LENGTHS;
    let password = Input::password(name, "New password", "new-password").hint(forms::PASSWORD_HINT);
    let repeat = Input::password("repeat", "The same password again", "new-password");
    view! {
        {form.field(password.length(least, most))}
        {form.field(repeat.length(least, most))}
    }
}
