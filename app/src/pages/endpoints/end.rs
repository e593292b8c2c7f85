//! Taking an endpoint out of use.

use leptos::prelude::*;
use model::EndpointSummary;

use crate::{
    api::endpoints::{ArchiveEndpoint, SwitchEndpoint},
    look::Look,
    pages::Tried,
    text::endpoints,
    ui::{button::SubmitButton, card::Card, disclosure::Disclosure, form::hidden},
};

#[component]
pub fn End(endpoint: EndpointSummary, tried: Tried) -> impl IntoView {
    let EndpointSummary { id, name, enabled, .. } = endpoint;
    let (label, look) = if enabled {
        (format!("Disable {name}"), Look::Danger)
    } else {
        (format!("Enable {name}"), Look::Plain)
    };
    let switch = tried.form::<SwitchEndpoint>("switch").line(view! {
        {hidden("id", id)}
        {hidden("enabled", !enabled)}
        <SubmitButton look>{label}</SubmitButton>
    });
    let archive = tried.form::<ArchiveEndpoint>("archive").line(view! {
        {hidden("id", id)}
        <SubmitButton look=Look::Danger>{format!("Archive endpoint {name}")}</SubmitButton>
    });
    view! {
        <Card title="Out of use">
            <p class="mb-2 max-w-reading text-sm text-muted">{endpoints::DISABLE}</p>
            {switch}
            <div class="mt-3 border-t border-hairline pt-3">
                <Disclosure label="Archive …" says=format!("Archive endpoint {name} …")>
                    <p class="max-w-reading text-sm">{endpoints::ARCHIVE}</p>
                    {archive}
                </Disclosure>
            </div>
        </Card>
    }
    .into_any()
}
