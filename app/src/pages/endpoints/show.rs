use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use model::{EndpointId, SecretState, WebhookFilter};

use super::{
    again::CheckAgain, credentials::credentials, end::End, may_change, missing::NeverArrived, secrets::Secrets,
    settings::Settings,
};
use crate::{
    api::{
        endpoints::{AddSecret, ArchiveEndpoint, CancelReverify, ChangeEndpoint, SetCredentials, StartReverify, SwitchEndpoint},
        records::{CancelReconcile, StartReconcile, StoreMissing},
    },
    islands::{first::FirstOfEndpoint, local_times::LocalTimes},
    pages::{Tried, answer, deliveries::may_act, done, tried, webhooks::address},
    port::console,
    text::{
        states,
        words::{self, Meaning},
    },
    ui::{
        badge::Mark,
        card::Card,
        head::Head,
        icon::Glyph,
        id::Command,
        mark::Monogram,
        nav::{Frame, Section},
        state::Failed,
        time::Ago,
    },
    view::{ConsoleError, EndpointPage},
};
use leptos::server_fn::ServerFn;

/// One endpoint: its address, its secrets, and everything that an admin may change of it.
#[component]
pub fn Endpoint() -> impl IntoView {
    let given = use_params_map().get_untracked().get("id").unwrap_or_default();
    let (tried, done, answer, console) = (tried(), done(), answer(), console());
    let may = May {
        change: may_change(),
        act: may_act(),
    };
    let content = Suspend::new(async move {
        let id = given.parse::<EndpointId>().map_err(|_| ConsoleError::NotFound);
        let found = match (id, console) {
            (Ok(id), Ok(console)) => console.endpoint(id).await,
            (Err(error), _) | (_, Err(error)) => Err(error),
        };
        match found {
            Ok(page) => view! { <Page page tried done may /> }.into_any(),
            Err(error) => {
                answer.failed(&error);
                view! {
                    <h1 class="sr-only">"Endpoint"</h1>
                    <Failed error href=format!("/endpoints/{given}") />
                }
                .into_any()
            }
        }
    });
    view! {
        <Frame title="Endpoint · Hookproof" current=Some(Section::Endpoints)>
            <Suspense fallback=|| ()>{content}</Suspense>
        </Frame>
    }
    .into_any()
}

/// The forms that say themselves what is wrong.
const SAY_IT_THEMSELVES: [&str; 10] = [
    AddSecret::PATH,
    ArchiveEndpoint::PATH,
    CancelReconcile::PATH,
    CancelReverify::PATH,
    ChangeEndpoint::PATH,
    SetCredentials::PATH,
    StartReconcile::PATH,
    StartReverify::PATH,
    StoreMissing::PATH,
    SwitchEndpoint::PATH,
];

/// What whoever looks may do.
#[derive(Debug, Clone, Copy)]
struct May {
    change: bool,
    /// What takes no admin.
    act: bool,
}

#[component]
fn Page(page: EndpointPage, tried: Tried, done: Option<AnyView>, may: May) -> impl IntoView {
    let (may_change, may_act) = (may.change, may.act);
    let (endpoint, form, now) = (page.endpoint.clone(), page.form.clone(), page.now);
    let id = endpoint.id;
    let problem = tried.problem(&SAY_IT_THEMSELVES);
    let in_window = format!("{} · Hookproof", endpoint.name);
    let marks = view! { <Marks page=page.clone() /> };
    let again = may_change.then(|| {
        view! { <CheckAgain endpoint=id progress=page.reverify.clone() tried=tried.clone() now /> }
    });
    let credentials = may_change
        .then(|| credentials(id, form.clone(), page.credentials.clone(), &tried, now))
        .flatten();
    let never_arrived = page.lists_events.then(|| {
        let (has_credentials, progress) = (page.credentials.is_some(), page.reconcile.clone());
        let provider = form.mark.title.clone();
        view! { <NeverArrived endpoint=id provider has_credentials progress tried=tried.clone() may_act now /> }
    });
    let end = may_change.then(|| view! { <End endpoint=endpoint.clone() tried=tried.clone() /> });
    view! {
        <leptos_meta::Title text=in_window />
        <Head back=("/endpoints", "Endpoints") heading=endpoint.name.clone()>
            {marks}
            <span class="flex items-center gap-1.5 text-sm text-muted">
                <Monogram mark=form.mark.clone() />
                {format!("{} · {}", form.mark.title, words::environment(endpoint.environment))}
            </span>
        </Head>
        {done}
        {problem}
        <div class="grid grid-cols-[minmax(0,1fr)] items-start gap-4 xl:grid-cols-[minmax(0,1fr)_minmax(320px,420px)]">
            <div class="grid grid-cols-[minmax(0,1fr)] gap-4">
                <Address page=page.clone() />
                <Secrets page=page.clone() tried=tried.clone() may_change />
                {again}
                {credentials}
                {never_arrived}
            </div>
            <div class="grid grid-cols-[minmax(0,1fr)] gap-4">
                <Settings page tried may_change />
                {end}
            </div>
        </div>
        <LocalTimes />
    }
    .into_any()
}

#[component]
fn Marks(page: EndpointPage) -> impl IntoView {
    let any = |state: SecretState| page.secrets.iter().any(|secret| secret.state == state);
    let disabled = !page.endpoint.enabled;
    let no_secret = page.form.secret.is_some() && page.secrets.is_empty();
    let ends_soon = any(SecretState::EndsSoon);
    view! {
        {disabled.then(|| view! { <Mark meaning=Meaning::Neutral glyph=Glyph::CircleSlash text="disabled" /> })}
        {no_secret.then(|| view! { <Mark meaning=Meaning::Attention glyph=Glyph::KeyRound text="no secret yet" /> })}
        {ends_soon.then(|| view! { <Mark meaning=Meaning::Attention glyph=Glyph::ClockAlert text="a secret ends soon" /> })}
    }
    .into_any()
}

/// The address, where it goes, and whether anything came.
#[component]
fn Address(page: EndpointPage) -> impl IntoView {
    let (id, now) = (page.endpoint.id, page.now);
    let webhooks = address::list(&WebhookFilter {
        endpoints: vec![id],
        ..WebhookFilter::default()
    });
    let arrival = match page.last_webhook_at {
        None => view! { <FirstOfEndpoint endpoint=id /> }.into_any(),
        Some(at) => view! {
            <p class="flex flex-wrap gap-x-3.5 text-sm text-muted">
                <span>"Last webhook " <Ago at now /></span>
                <a href=webhooks>"All of its webhooks"</a>
            </p>
        }
        .into_any(),
    };
    view! {
        <Card title="Address">
            <div class="-mt-2 grid gap-2.5">
                <Command value=page.endpoint.url label="the address" />
                <p class="text-sm text-muted">{states::paste_at(&page.form.paste_address_at)}</p>
                {arrival}
            </div>
        </Card>
    }
    .into_any()
}
