//! Erasing a subject: what goes, what stays, and the question whether it is meant.

use leptos::prelude::*;
use model::Text;

use crate::{
    api::subjects::EraseSubject,
    look::Look,
    pages::Tried,
    text::subjects,
    ui::{button::SubmitButton, card::Card, disclosure::Disclosure, form::hidden, input::Input},
    view::Erasing,
};

#[component]
pub fn Erase(subject: Text, erasing: Erasing, tried: Tried) -> impl IntoView {
    let name = subject.to_string();
    let form = tried.form::<EraseSubject>("erase-subject");
    let open = form.error.is_some();
    let lines = subjects::erasing(&erasing).into_iter().map(|line| view! { <li>{line}</li> });
    let lines = lines.collect_view();
    let typed = Input::text("typed", subjects::type_it(&name)).most(256).required();
    let button = subjects::erase(&name);
    let form = form.stack(view! {
        {hidden("subject", &name)}
        {form.field(typed)}
        <div><SubmitButton look=Look::Danger>{button}</SubmitButton></div>
    });
    view! {
        // As wide as the page once it is open.
        <div class="min-w-0 has-[details[open]]:basis-full">
            <Disclosure label="Erase …" says=format!("Erase {name} …") look=Look::Danger open>
                <div class="max-w-180">
                    <Card title=subjects::ERASING_TAKES>
                        <ul class="mb-1.5 list-disc pl-5 text-sm">{lines}</ul>
                        <p class="mb-1.5 max-w-reading text-sm text-muted">{subjects::ERASING_STAYS}</p>
                        <p class="mb-3 max-w-reading text-sm text-muted">{subjects::ERASING_MISSES}</p>
                        {form}
                    </Card>
                </div>
            </Disclosure>
        </div>
    }
    .into_any()
}
