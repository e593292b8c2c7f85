//! The active filters, each with a link that takes it away.

use leptos::prelude::*;
use model::{EndpointSummary, ProviderMark, Timestamp, WebhookFilter};

use super::address;
use crate::{
    text::{filters, times, words},
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

/// A value as people know it.
fn shown(name: &str, value: &str, providers: &[ProviderMark], endpoints: &[EndpointSummary]) -> String {
    let known = match name {
        "provider" => providers
            .iter()
            .find(|mark| mark.key.as_str() == value)
            .map(|mark| mark.title.clone()),
        "endpoint" => endpoints
            .iter()
            .find(|endpoint| endpoint.id.to_string() == value)
            .map_or_else(|| Some(words::short_id(value)), |endpoint| Some(endpoint.name.clone())),
        "verdict" => value.parse().ok().map(|verdict| words::verdict(verdict).to_owned()),
        "outcome" => value.parse().ok().map(|outcome| words::outcome(outcome).to_owned()),
        "from" | "to" => Timestamp::parse(value).map(times::absolute),
        _ => None,
    };
    known.unwrap_or_else(|| value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::ProviderKey;

    #[test]
    fn a_value_is_shown_as_people_know_it() {
        fn check(name: &str, value: &str, text: &str) {
            let mark = ProviderMark {
                key: ProviderKey::new("case_keeper"),
                title: "Case Keeper".to_owned(),
                monogram: "CK".to_owned(),
                hue: 60,
            };
            assert_eq!(shown(name, value, &[mark], &[]), text);
        }
        check("provider", "case_keeper", "Case Keeper");
        check("provider", "gone", "gone");
        check("endpoint", "019a2f60-7c1e-7000-8000-0123456d7f3c", "019a…7f3c");
        check("verdict", "integrity_only", "integrity only");
        check("outcome", "needs_review", "needs review");
        check("from", "2025-11-20T00:53:00Z", "2025-11-20 00:53:00 UTC");
        check("subject", "2025-11-20T00:53:00Z", "2025-11-20T00:53:00Z");
    }
}
