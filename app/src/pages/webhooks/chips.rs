//! The active filters, each with a link that takes it away.

use leptos::prelude::*;
use model::{EndpointSummary, ProviderMark, WebhookFilter};

use super::{address, conditions::shown};
use crate::{
    text::filters,
    ui::icon::{Glyph, Icon},
};

const CHIP: &str = "inline-flex h-6.5 max-w-full items-center gap-1.25 rounded-full px-2 text-note wrap-anywhere \
                    pointer-coarse:h-8.5";
const CONDITION: &str = "bg-accent-ground font-medium text-accent hover:no-underline hover:inset-ring";

#[component]
pub fn Chips(filter: WebhookFilter, providers: Vec<ProviderMark>, endpoints: Vec<EndpointSummary>) -> impl IntoView {
    if filter.is_empty() {
        return ().into_any();
    }
    let chips = filter.parameters().into_iter().map(|(name, value)| {
        let shown = shown(name, &value, &providers, &endpoints);
        let label = filters::field(name);
        // The words that are seen stand in the name too, so that who speaks to the page can say them: mind the space below.
        let action = format!("{} {label}: {shown}", filters::REMOVE);
        view! {
            <li>
                <a class=format!("{CHIP} {CONDITION}") href=address::without(&filter, name, &value) aria-label=action>
                    <span class="font-normal">{format!("{label} ")}</span>
                    {shown}
                    <Icon glyph=Glyph::X />
                </a>
            </li>
        }
    });
    view! {
        <ul class="mt-2 flex flex-wrap gap-1.5" aria-label="Active filters">
            {chips.collect_view()}
            <li>
                <a class=format!("{CHIP} text-muted") href=address::LIST>
                    "Clear"
                </a>
            </li>
        </ul>
    }
    .into_any()
}
