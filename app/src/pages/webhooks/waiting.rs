//! The log before its first webhook: one next step.

use leptos::prelude::*;
use model::{EndpointSummary, ProviderMark, Role};

use crate::{
    islands::first::FirstWebhook,
    look::Look,
    port::visitor,
    text::states,
    ui::{
        button::LinkButton,
        icon::Glyph,
        id::Command,
        mark::{Monogram, find},
        state::Blank,
    },
    view::ProviderSetup,
};

#[component]
pub fn Waiting(endpoints: Vec<EndpointSummary>, providers: Vec<ProviderMark>, setup: Vec<ProviderSetup>) -> impl IntoView {
    let may_add = visitor().is_some_and(|visitor| visitor.role >= Role::Admin);
    let state = states::none_yet(endpoints.len(), may_add);
    let steps = if endpoints.is_empty() {
        let add = may_add.then(|| {
            view! {
                <div class="mt-2 flex">
                    <LinkButton href="/endpoints/new" look=Look::Accent>"Add an endpoint"</LinkButton>
                </div>
            }
        });
        add.into_any()
    } else {
        let addresses = endpoints.into_iter().map(|endpoint| {
            let mark = find(&providers, &endpoint.provider);
            let place = setup
                .iter()
                .find(|setup| setup.provider == endpoint.provider)
                .map(|setup| states::paste_at(&setup.paste_address_at));
            view! {
                <li class="grid grid-cols-[auto_minmax(0,1fr)] gap-2.5">
                    <Monogram mark=mark.clone() />
                    <div>
                        <strong class="font-semibold">{endpoint.name}</strong>
                        <span class="text-muted">{format!(" · {}", mark.title)}</span>
                        <Command value=endpoint.url label="the address" />
                        {place.map(|place| view! { <span class="mt-1 block text-sm text-muted">{place}</span> })}
                    </div>
                </li>
            }
        });
        view! { <ul class="mt-3 grid w-full gap-5 text-left">{addresses.collect_view()}</ul> }.into_any()
    };
    view! {
        <Blank state glyph=Glyph::Inbox>
            {steps}
            <FirstWebhook />
        </Blank>
    }
    .into_any()
}
