//! The log before its first webhook: one next step.

use leptos::prelude::*;
use model::{EndpointSummary, ProviderMark};

use crate::{
    text::states,
    ui::{
        icon::Glyph,
        id::Copyable,
        mark::{Monogram, find},
        state::Blank,
    },
    view::PasteAt,
};

#[component]
pub fn Waiting(endpoints: Vec<EndpointSummary>, providers: Vec<ProviderMark>, paste_at: Vec<PasteAt>) -> impl IntoView {
    let state = states::none_yet(!endpoints.is_empty());
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
            let place = paste_at
                .iter()
                .find(|paste| paste.provider == endpoint.provider)
                .map(|paste| paste.place.clone());
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
        </Blank>
    }
}
