use leptos::prelude::*;

use super::{lead_on, next, with_sentence};
use crate::{
    api::sign_in::SecondFactor,
    look::Look,
    pages::{answer, tried},
    text::accounts,
    ui::{button::SubmitButton, form::hidden, input::Input, nav::NarrowFrame},
};

/// The second step: a code of the authenticator, or a recovery code.
#[component]
pub fn SecondStep() -> impl IntoView {
    lead_on();
    let form = tried().form::<SecondFactor>("second-factor");
    if let Some(error) = &form.error {
        answer().failed(error);
    }
    let (form, problem) = with_sentence(form, accounts::second_step_problem);
    let code = Input::text("code", "Code")
        .autocomplete("one-time-code")
        .hint(accounts::CODE_HINT)
        .length(6, 32)
        .required()
        .autofocus();
    let content = form.stack(view! {
        {hidden("next", next())}
        {form.field(code)}
        <SubmitButton look=Look::Accent>"Go on"</SubmitButton>
    });
    view! {
        <NarrowFrame title="Second step">
            <h1>"Second step"</h1>
            {problem}
            {content}
            <p class="text-sm"><a href="/sign-in">"Sign in as someone else"</a></p>
        </NarrowFrame>
    }
    .into_any()
}
