//! The log before its first webhook: one next step.

use leptos::prelude::*;
use model::{EndpointSummary, ProviderMark};

use crate::{
    islands::first::FirstWebhook,
    text::states,
    ui::{
        icon::Glyph,
        id::Copyable,
        mark::{Monogram, find},
        state::Blank,
    },
    view::ProviderSetup,
};

#[component]
pub fn Waiting(endpoints: Vec<EndpointSummary>, providers: Vec<ProviderMark>, setup: Vec<ProviderSetup>) -> impl IntoView {
    let state = states::none_yet(endpoints.len());
    let steps = if endpoints.is_empty() {
        view! {
            <div class="command">
                <Copyable value=states::ADD_ENDPOINT.to_owned() label="the command" />
            </div>
        }
        .into_any()
    } else {
        let addresses = endpoints.into_iter().map(|endpoint| {
            let mark = find(&providers, &endpoint.provider);
            let place = setup
                .iter()
                .find(|setup| setup.provider == endpoint.provider)
                .map(|setup| states::paste_at(&setup.paste_address_at));
            view! {
                <li>
                    <Monogram mark=mark.clone() />
                    <div>
                        <strong>{endpoint.name}</strong>
                        <span class="muted">{format!(" · {}", mark.title)}</span>
                        <div class="command">
                            <Copyable value=endpoint.url label="the address" />
                        </div>
                        {place.map(|place| view! { <span class="muted">{place}</span> })}
                    </div>
                </li>
            }
        });
        view! { <ul class="addresses">{addresses.collect_view()}</ul> }.into_any()
    };
    view! {
        <Blank state glyph=Glyph::Inbox>
            {steps}
            <FirstWebhook />
        </Blank>
    }
    .into_any()
}
