//! The secrets of an endpoint: what is accepted, since and until when, and how one takes the place of another.

use leptos::prelude::*;
use model::{EndpointId, SecretState, Timestamp};

use super::new::secret_input;
use crate::{
    api::endpoints::{AddSecret, RemoveSecret, SetSecretEnd},
    look::Look,
    pages::Tried,
    text::{endpoints, forms, times, words::Meaning},
    ui::{
        badge::Mark,
        button::SubmitButton,
        card::Card,
        disclosure::{Disclosure, Inset},
        form::hidden,
        icon::Glyph,
        input::Input,
        notice::Notice,
        time::Ago,
    },
    view::{EndpointPage, SecretForm, SecretRow},
};

#[component]
pub fn Secrets(page: EndpointPage, tried: Tried, may_change: bool) -> impl IntoView {
    let EndpointPage {
        endpoint,
        form,
        secrets,
        now,
        ..
    } = page;
    let Some(secret) = form.secret else {
        return view! {
            <Card title="Secrets" id="secrets">
                <p class="max-w-reading text-sm text-muted">{endpoints::no_secret_needed(&form.mark.title)}</p>
            </Card>
        }
        .into_any();
    };
    let live = secrets
        .iter()
        .filter(|secret| matches!(secret.state, SecretState::Live | SecretState::EndsSoon))
        .count();
    let warning = match (secrets.len(), live) {
        (0, _) => Some(endpoints::NO_SECRETS),
        (_, 0) => Some(endpoints::NO_LIVE_SECRET),
        _ => None,
    };
    let warning = warning.map(|text| {
        view! { <Notice meaning=Meaning::Attention glyph=Glyph::KeyRound text=text.to_owned() /> }
    });
    let rows = secrets
        .into_iter()
        .map(|secret| view! { <Entry endpoint=endpoint.id secret tried=tried.clone() may_change now /> })
        .collect_view();
    let add = may_change.then(|| {
        view! { <Add endpoint=endpoint.id secret live=live tried now /> }
    });
    view! {
        <Card title="Secrets" id="secrets">
            {warning}
            <ul class="grid text-sm">{rows}</ul>
            {add}
        </Card>
    }
    .into_any()
}

#[component]
fn Entry(endpoint: EndpointId, secret: SecretRow, tried: Tried, may_change: bool, now: Timestamp) -> impl IntoView {
    let (meaning, glyph) = state(secret.state);
    let span = [("since", secret.not_before), ("until", secret.expires_at)];
    let span = span
        .into_iter()
        .filter_map(|(word, at)| at.map(|at| view! { <span>{word} " " <Ago at now /></span> }));
    let span = span.collect_view();
    let used = match secret.last_used_at {
        Some(at) => view! { <span>"last used " <Ago at now /></span> }.into_any(),
        None => view! { <span>"not used yet"</span> }.into_any(),
    };
    let state = endpoints::secret_state(secret.state);
    let (label, hint, created_at) = (secret.label.clone(), endpoints::hint(&secret.hint), secret.created_at);
    view! {
        <li class="grid gap-y-1 border-t border-hairline py-2.5 first:border-t-0">
            <p class="flex flex-wrap items-center gap-x-2.5 gap-y-1">
                <strong class="font-semibold wrap-anywhere">{label}</strong>
                <code class="text-muted">{hint}</code>
                <Mark meaning glyph text=state />
            </p>
            <p class="flex flex-wrap gap-x-3.5 text-muted">
                <span>"added " <Ago at=created_at now /></span>
                {span}
                {used}
            </p>
            {may_change.then(|| view! { <Change endpoint secret tried now /> })}
        </li>
    }
    .into_any()
}

/// Another end, an end now, or gone.
#[component]
fn Change(endpoint: EndpointId, secret: SecretRow, tried: Tried, now: Timestamp) -> impl IntoView {
    let SecretRow {
        id, label, expires_at, ..
    } = secret;
    let mut until = tried.small_form::<SetSecretEnd>();
    until.id = format!("end-{id}");
    let until = until.line(view! {
        {hidden("id", endpoint)}
        {hidden("secret", id)}
        {until.field(
            Input::time("expires_at", "Accepted until")
                .value(expires_at.map(times::input).unwrap_or_default())
                .hint(forms::EMPTY_FOR_EVER),
        )}
        <div class="sm:pb-5.5"><SubmitButton>"Set the end"</SubmitButton></div>
    });
    let is_over = expires_at.is_some_and(|at| at <= now);
    let end = (!is_over).then(|| {
        tried.small_form::<SetSecretEnd>().line(view! {
            {hidden("id", endpoint)}
            {hidden("secret", id)}
            {hidden("expires_at", now)}
            <SubmitButton look=Look::Danger>{format!("End “{label}” now")}</SubmitButton>
        })
    });
    let remove = tried.small_form::<RemoveSecret>().line(view! {
        {hidden("id", endpoint)}
        {hidden("secret", id)}
        <SubmitButton look=Look::Danger>{format!("Remove “{label}”")}</SubmitButton>
    });
    view! {
        <Disclosure label="End or remove …" says=format!("End or remove the secret “{label}”")>
            <Inset>
                {until}
                <div class="flex flex-wrap gap-2">{end} {remove}</div>
                <p class="text-xs text-muted">{endpoints::REMOVE_OR_END}</p>
            </Inset>
        </Disclosure>
    }
    .into_any()
}

/// The new one, and what becomes of the others: a rotation in one step.
#[component]
fn Add(endpoint: EndpointId, secret: SecretForm, live: usize, tried: Tried, now: Timestamp) -> impl IntoView {
    let form = tried.form::<AddSecret>("add-secret");
    let open = form.error.is_some() || live == 0;
    let others = (live > 0).then(|| {
        let choices = endpoints::RETIRE_IN.iter().map(|(seconds, what)| {
            let at = now.plus_seconds(*seconds);
            (at.to_rfc3339().into(), endpoints::retire(what, at).into())
        });
        let options = std::iter::once(("".into(), endpoints::RETIRE_LATER.into()))
            .chain(choices)
            .collect();
        form.field(Input::select("retire_others_at", "The secrets that are live now", options))
    });
    let is_bounded = form.error.is_some();
    let span = view! {
        {form.field(Input::time("not_before", "Accepted from").hint(endpoints::FROM_NOW))}
        {form.field(Input::time("expires_at", "Accepted until").hint(forms::EMPTY_FOR_EVER))}
    };
    let fields = view! {
        {hidden("id", endpoint)}
        {form.field(secret_input(&secret, "value", endpoints::SECRET_IS_SEALED).required())}
        {form.field(Input::text("label", "Label").hint(endpoints::LABEL_HINT).placeholder(times::month(now)).most(64))}
        {others}
        <Disclosure label="Only for a span of time" open=is_bounded>
            <Inset>{span}</Inset>
        </Disclosure>
        <div>
            <SubmitButton look=Look::Accent>{if live > 0 { "Add the new secret" } else { "Add the secret" }}</SubmitButton>
        </div>
    };
    let content = form.stack(fields);
    let label = if live > 0 {
        "Rotate: add a new secret"
    } else {
        "Add a secret"
    };
    view! {
        <div class="border-t border-hairline pt-3">
            <Disclosure label open>
                {(live > 0).then(|| view! { <p class="max-w-reading text-sm text-muted">{endpoints::ROTATE}</p> })}
                {content}
            </Disclosure>
        </div>
    }
    .into_any()
}

const fn state(state: SecretState) -> (Meaning, Glyph) {
    match state {
        SecretState::NotYet => (Meaning::Neutral, Glyph::Hourglass),
        SecretState::Live => (Meaning::Good, Glyph::Check),
        SecretState::EndsSoon => (Meaning::Attention, Glyph::ClockAlert),
        SecretState::Ended => (Meaning::Neutral, Glyph::TimerOff),
    }
}
