//! What requests are signed with.

use leptos::prelude::*;
use model::{DestinationId, Timestamp};

use crate::{
    api::destinations::RotateDestinationSecret,
    pages::Tried,
    text::{destinations, endpoints, words::Meaning},
    ui::{badge::Mark, button::SubmitButton, card::Card, disclosure::Disclosure, form::hidden, icon::Glyph, time::Ago},
    view::DestinationSecretRow,
};

#[component]
pub fn Secrets(
    destination: DestinationId,
    secrets: Vec<DestinationSecretRow>,
    tried: Tried,
    may_change: bool,
    now: Timestamp,
) -> impl IntoView {
    let rows = secrets.into_iter().rev().map(|secret| {
        let ended = secret.expires_at.is_some_and(|at| at <= now);
        let (meaning, glyph, text) = match secret.expires_at {
            None => (Meaning::Good, Glyph::Check, "signs"),
            Some(_) if ended => (Meaning::Neutral, Glyph::TimerOff, "ended"),
            Some(_) => (Meaning::Attention, Glyph::ClockAlert, "signs too for a while"),
        };
        let until = secret.expires_at.map(|at| view! { <span>"until "<Ago at now /></span> });
        view! {
            <li class="grid gap-y-1 border-t border-hairline py-2.5 first:border-t-0">
                <p class="flex flex-wrap items-center gap-x-2.5 gap-y-1">
                    <code>{format!("whsec_{}", endpoints::hint(&secret.hint))}</code>
                    <Mark meaning glyph text />
                </p>
                <p class="flex flex-wrap gap-x-3.5 text-muted">
                    <span>"made "<Ago at=secret.created_at now /></span>
                    {until}
                </p>
            </li>
        }
    });
    let rows = rows.collect_view();
    let rotate = may_change.then(|| {
        let form = tried.form::<RotateDestinationSecret>("rotate").line(view! {
            {hidden("id", destination)}
            <SubmitButton>"Make a new signing secret"</SubmitButton>
        });
        view! {
            <div class="border-t border-hairline pt-3">
                <Disclosure label="Rotate …" says="Rotate the signing secret …">
                    <p class="max-w-reading text-sm text-muted">{destinations::ROTATE}</p>
                    {form}
                </Disclosure>
            </div>
        }
    });
    view! {
        <Card title="Signing secret" id="secrets">
            <p class="mb-1 max-w-reading text-sm text-muted">{destinations::SECRET}</p>
            <ul class="grid text-sm">{rows}</ul>
            {rotate}
        </Card>
    }
    .into_any()
}
