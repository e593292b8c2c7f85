use leptos::prelude::*;

use super::{lead_on, next, with_sentence};
use crate::{
    api,
    look::Look,
    pages::{answer, tried},
    text::{accounts, forms::PASSWORD_LENGTHS},
    ui::{button::SubmitButton, form::hidden, input::Input, nav::NarrowFrame},
};

/// E-mail address and password.
#[component]
pub fn SignIn() -> impl IntoView {
    lead_on();
    let form = tried().form::<api::sign_in::SignIn>("sign-in");
    if let Some(error) = &form.error {
        answer().failed(error);
    }
    let (form, problem) = with_sentence(form, accounts::sign_in_problem);
    let content = form.stack(view! {
        {hidden("next", next())}
        {form.field(Input::email("email", "E-mail address").autocomplete("username").required().autofocus())}
        {form.field(Input::password("password", "Password", "current-password").most(PASSWORD_LENGTHS.1))}
        <SubmitButton look=Look::Accent>"Sign in"</SubmitButton>
    });
    view! {
        <NarrowFrame title="Sign in">
            <h1>"Sign in"</h1>
            {problem}
            {content}
            <p class="text-sm text-muted">{accounts::CANNOT_SIGN_IN}</p>
        </NarrowFrame>
    }
    .into_any()
}
