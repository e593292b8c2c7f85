//! What the provider's API needs: written, and never shown.

use leptos::prelude::*;
use model::{EndpointId, Timestamp};

use crate::{
    api::endpoints::SetCredentials,
    pages::Tried,
    text::endpoints,
    ui::{
        button::SubmitButton,
        card::Card,
        disclosure::Disclosure,
        facts::{Fact, Facts},
        form::hidden,
        input::Input,
        time::Ago,
    },
    view::{CredentialsRow, ProviderForm},
};

/// `None` where nothing is known of an API.
pub fn credentials(
    endpoint: EndpointId,
    form: ProviderForm,
    credentials: Option<CredentialsRow>,
    tried: &Tried,
    now: Timestamp,
) -> Option<AnyView> {
    if form.credentials.is_empty() {
        let reason = form.no_refetch?;
        let view = view! {
            <Card title="API credentials">
                <p class="max-w-reading text-sm text-muted">{reason}</p>
            </Card>
        };
        return Some(view.into_any());
    }
    let is_set = credentials.is_some();
    let posted = tried.form::<SetCredentials>("credentials");
    let open = posted.error.is_some();
    let (base_url, token_url) = credentials
        .as_ref()
        .map(|credentials| (credentials.base_url.clone(), credentials.token_url.clone()))
        .unwrap_or_default();
    let secrets = form
        .credentials
        .iter()
        .map(|name| posted.field(Input::secret(name.clone(), endpoints::credential(name), false).most(4096)))
        .collect_view();
    let fields = posted.stack(view! {
        {hidden("id", endpoint)}
        {secrets}
        {posted.field(Input::url("base_url", "Base URL").value(base_url.unwrap_or_default()).hint(endpoints::BASE_URL_HINT).most(2048))}
        {posted.field(Input::url("token_url", "Token URL").value(token_url.unwrap_or_default()).hint(endpoints::TOKEN_URL_HINT).most(2048))}
        <p class="text-xs text-muted">{endpoints::CREDENTIALS_KEEP}</p>
        <div><SubmitButton>"Save the credentials"</SubmitButton></div>
    });
    let state = credentials.map(|credentials| view! { <State credentials now /> });
    let label = if is_set {
        "Replace or remove …"
    } else {
        "Add credentials …"
    };
    let view = view! {
        <Card title="API credentials" id="credentials-card">
            <p class="mb-3 max-w-reading text-sm text-muted">{endpoints::CREDENTIALS}</p>
            {state}
            <Disclosure label open>{fields}</Disclosure>
        </Card>
    };
    Some(view.into_any())
}

#[component]
fn State(credentials: CredentialsRow, now: Timestamp) -> impl IntoView {
    let fields: Vec<_> = credentials.fields.iter().map(|name| endpoints::credential(name)).collect();
    let at = credentials.set_at;
    let urls = [("Base URL", credentials.base_url), ("Token URL", credentials.token_url)];
    let urls = urls
        .into_iter()
        .filter_map(|(name, url)| url.map(|url| view! { <Fact name>{url}</Fact> }));
    let urls = urls.collect_view();
    view! {
        <div class="mb-3">
            <Facts>
                <Fact name="Set">{fields.join(", ")} " · " <Ago at now /></Fact>
                {urls}
            </Facts>
        </div>
    }
    .into_any()
}
