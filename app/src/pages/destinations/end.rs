//! Pausing a destination, letting it go on, and taking it out of use.

use leptos::prelude::*;
use model::DestinationSummary;

use crate::{
    api::destinations::{ArchiveDestination, DisableDestination, EnableDestination},
    look::Look,
    pages::Tried,
    text::destinations,
    ui::{
        button::SubmitButton,
        card::Card,
        disclosure::Disclosure,
        form::hidden,
        icon::{Glyph, Icon},
    },
};

/// The choice when it is enabled: what becomes of what waited.
#[component]
pub fn Enable(destination: DestinationSummary, tried: Tried) -> impl IntoView {
    let DestinationSummary { id, name, waiting, .. } = destination;
    let send = tried.form::<EnableDestination>("enable").line(view! {
        {hidden("id", id)}
        {hidden("send_waiting", true)}
        <SubmitButton look=Look::Accent>
            <Icon glyph=Glyph::Play />
            {destinations::enable_sending(&name, waiting)}
        </SubmitButton>
    });
    let cancel = (waiting > 0).then(|| {
        tried.small_form::<EnableDestination>().line(view! {
            {hidden("id", id)}
            {hidden("send_waiting", false)}
            <SubmitButton look=Look::Danger>{destinations::enable_cancelling(waiting)}</SubmitButton>
        })
    });
    let question = (waiting > 0).then(|| view! { <p class="mb-2 max-w-reading text-sm">{destinations::ENABLE}</p> });
    view! {
        {question}
        <div class="flex flex-wrap gap-2">{send} {cancel}</div>
    }
    .into_any()
}

#[component]
pub fn End(destination: DestinationSummary, tried: Tried) -> impl IntoView {
    let DestinationSummary { id, name, disabled, .. } = destination;
    let label = format!("Pause {name}");
    let pause = disabled.is_none().then(|| {
        let form = tried.form::<DisableDestination>("pause").line(view! {
            {hidden("id", id)}
            <SubmitButton>
                <Icon glyph=Glyph::Pause />
                {label}
            </SubmitButton>
        });
        view! {
            <p class="mb-2 max-w-reading text-sm text-muted">{destinations::PAUSE}</p>
            <div class="mb-3 border-b border-hairline pb-3">{form}</div>
        }
    });
    let archive = tried.form::<ArchiveDestination>("archive").line(view! {
        {hidden("id", id)}
        <SubmitButton look=Look::Danger>{format!("Archive destination {name}")}</SubmitButton>
    });
    view! {
        <Card title="Out of use">
            {pause}
            <Disclosure label="Archive …" says=format!("Archive destination {name} …")>
                <p class="max-w-reading text-sm">{destinations::ARCHIVE}</p>
                {archive}
            </Disclosure>
        </Card>
    }
    .into_any()
}
