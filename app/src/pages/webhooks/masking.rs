//! Above a payload or a record: whether personal data in it is masked, and the button that reveals it.

use leptos::{prelude::*, server_fn::ServerFn};
use model::Timestamp;

use crate::{
    pages::Tried,
    text::masking,
    ui::{
        button::SubmitButton,
        icon::{Glyph, Icon},
    },
    view::PersonalData,
};

const BANNER: &str = "mb-3 flex flex-wrap items-center gap-x-3 gap-y-2 rounded-md bg-sunken px-3 py-2 text-sm text-muted";
const REVEALED: &str =
    "mb-3 flex flex-wrap items-center gap-x-3 gap-y-2 rounded-md bg-attention-ground px-3 py-2 text-sm text-attention";

/// The banner. `F` is what reveals it, and `fields` what that is told.
pub fn banner<F: ServerFn>(personal_data: PersonalData, fields: impl IntoView, tried: &Tried, now: Timestamp) -> AnyView {
    let form = tried.form::<F>("reveal");
    let problem = form
        .problem()
        .map(|problem| view! { <div class="mb-3 max-w-reading">{problem}</div> });
    let banner = match personal_data {
        PersonalData::None => ().into_any(),
        PersonalData::Masked { values, may_reveal } => {
            let reveal = may_reveal.then(|| {
                tried.small_form::<F>().line(view! {
                    {fields}
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
