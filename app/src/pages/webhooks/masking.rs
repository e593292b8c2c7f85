//! Above a payload: whether personal data in it is masked, and the button that reveals it.

use leptos::prelude::*;
use model::{Timestamp, WebhookId};

use crate::{
    api::webhooks::Reveal,
    pages::Tried,
    text::masking,
    ui::{
        button::SubmitButton,
        form::hidden,
        icon::{Glyph, Icon},
    },
    view::PersonalData,
};

const BANNER: &str = "mb-3 flex flex-wrap items-center gap-x-3 gap-y-2 rounded-md bg-sunken px-3 py-2 text-sm text-muted";
const REVEALED: &str =
    "mb-3 flex flex-wrap items-center gap-x-3 gap-y-2 rounded-md bg-attention-ground px-3 py-2 text-sm text-attention";

#[component]
pub fn Masking(id: WebhookId, personal_data: PersonalData, tried: Tried, now: Timestamp) -> impl IntoView {
    let form = tried.form::<Reveal>("reveal");
    let problem = form
        .problem()
        .map(|problem| view! { <div class="mb-3 max-w-reading">{problem}</div> });
    let banner = match personal_data {
        PersonalData::None => ().into_any(),
        PersonalData::Masked { values, may_reveal } => {
            let reveal = may_reveal.then(|| {
                tried.small_form::<Reveal>().line(view! {
                    {hidden("id", id)}
                    <SubmitButton>
                        <Icon glyph=Glyph::Eye />
                        "Reveal personal data"
                    </SubmitButton>
                })
            });
            view! {
                <div class=BANNER>
                    <Icon glyph=Glyph::EyeOff class="size-4" />
                    <p class="min-w-0 flex-1 basis-60">{masking::masked(values, may_reveal)}</p>
                    {reveal}
                </div>
            }
            .into_any()
        }
        PersonalData::Revealed { until } => view! {
            <p class=REVEALED>
                <Icon glyph=Glyph::Eye class="size-4" />
                {masking::revealed(until, now)}
            </p>
        }
        .into_any(),
    };
    view! {
        {problem}
        {banner}
    }
    .into_any()
}
