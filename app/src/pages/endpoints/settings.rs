//! The settings of an endpoint: fields that are made from the provider's description.

use leptos::prelude::*;
use model::{DigestMode, EndpointPolicy, Environment, OnUntrusted};

use crate::{
    api::endpoints::ChangeEndpoint,
    look::Look,
    pages::Tried,
    text::{endpoints, words},
    ui::{
        button::SubmitButton,
        card::Card,
        facts::{Fact, Facts},
        form::{Form, hidden},
        input::Input,
    },
    view::{EndpointPage, ProviderForm},
};

/// What the fields begin with.
#[derive(Debug, Clone, Default)]
pub struct Values {
    pub name: String,
    pub environment: Option<Environment>,
    pub policy: EndpointPolicy,
    pub digest_mode: Option<DigestMode>,
    pub static_header: Option<String>,
    pub networks: Vec<String>,
    pub rate_limit: Option<u32>,
    pub refetch_event_types: Vec<String>,
    /// Whether there are credentials to ask the provider with.
    pub has_credentials: bool,
}

impl From<&EndpointPage> for Values {
    fn from(page: &EndpointPage) -> Self {
        Self {
            name: page.endpoint.name.clone(),
            environment: Some(page.endpoint.environment),
            policy: page.policy,
            digest_mode: page.digest_mode,
            static_header: page.static_header.clone(),
            networks: page.networks.clone(),
            rate_limit: page.rate_limit,
            refetch_event_types: page.refetch_event_types.clone(),
            has_credentials: page.credentials.is_some(),
        }
    }
}

/// What it is called and who posts to it.
pub fn name(form: &Form, values: &Values) -> impl IntoView {
    let environments = Environment::ALL
        .iter()
        .map(|environment| (environment.as_str().into(), words::environment(*environment).into()))
        .collect();
    let chosen = values.environment.unwrap_or(Environment::Production);
    let name = Input::text("name", "Name")
        .value(values.name.clone())
        .hint(endpoints::NAME_HINT);
    view! {
        {form.field(name.most(128).required())}
        {form.field(Input::select("environment", "Environment", environments).value(chosen.as_str()))}
    }
}

/// How webhooks are checked and what becomes of those that cannot be trusted.
pub fn rules(form: &Form, provider: &ProviderForm, values: &Values) -> impl IntoView {
    let digest_mode = provider.has_digest_mode.then(|| {
        let modes = DigestMode::ALL
            .iter()
            .map(|mode| (mode.as_str().into(), endpoints::digest_mode(*mode).into()));
        let options = std::iter::once(("".into(), endpoints::DEFAULT_DIGEST_MODE.into()))
            .chain(modes)
            .collect();
        let chosen = values.digest_mode.map(DigestMode::as_str).unwrap_or_default();
        let digest_mode = Input::select("digest_mode", "Digest mode", options).value(chosen);
        form.field(digest_mode.hint(endpoints::DIGEST_MODE_HINT))
    });
    let static_header = provider.has_static_header.then(|| {
        let name = Input::text("static_header_name", "Static header")
            .value(values.static_header.clone().unwrap_or_default())
            .hint(endpoints::STATIC_HEADER_HINT)
            .pattern("[A-Za-z0-9_\\-]+")
            .most(128);
        let value = Input::secret("static_header_value", "Its value", false).most(1024);
        let value = match values.static_header {
            Some(_) => value.hint(endpoints::STATIC_VALUE_HINT),
            None => value,
        };
        view! {
            {form.field(name)}
            {form.field(value)}
        }
    });
    let checks = provider.secret.is_some() || provider.has_static_header;
    let on_untrusted = checks.then(|| {
        let options = OnUntrusted::ALL
            .iter()
            .map(|policy| {
                let (label, meaning) = endpoints::on_untrusted(*policy);
                (policy.as_str().into(), label.into(), meaning.into())
            })
            .collect();
        let policy = Input::radio(
            "on_untrusted",
            "A webhook that is invalid, missing its signature, or stale",
            options,
        );
        form.field(policy.value(values.policy.on_untrusted.as_str()))
    });
    let forward_unsigned = provider.secret.is_none().then(|| {
        let tick = Input::tick(
            "forward_unsigned",
            endpoints::FORWARD_UNSIGNED,
            values.policy.forward_unsigned,
        );
        form.field(tick.hint(endpoints::FORWARD_UNSIGNED_HINT))
    });
    let confirm = (!provider.credentials.is_empty()).then(|| {
        let on = values.policy.confirm_before_forwarding;
        let hint = endpoints::confirm_hint(values.has_credentials);
        form.field(Input::tick("confirm_before_forwarding", endpoints::CONFIRM, on).hint(hint))
    });
    let refetch = (!provider.credentials.is_empty()).then(|| {
        let types = Input::lines("refetch_event_types", endpoints::REFETCH)
            .value(values.refetch_event_types.join("\n"))
            .hint(endpoints::refetch_hint(&provider.asked_by_itself))
            .most(8192);
        view! {
            {hidden("has_refetch", true)}
            {form.field(types)}
        }
    });
    let networks = Input::lines("networks", "Networks")
        .value(values.networks.join("\n"))
        .hint(endpoints::NETWORKS_HINT);
    let rate_limit = Input::text("rate_limit", "Rate limit")
        .value(values.rate_limit.map(|limit| limit.to_string()).unwrap_or_default())
        .hint(endpoints::RATE_HINT)
        .pattern("[0-9]*")
        .keys("numeric")
        .most(9);
    view! {
        {digest_mode}
        {static_header}
        {on_untrusted}
        {forward_unsigned}
        {confirm}
        {refetch}
        {form.field(networks)}
        {form.field(rate_limit)}
    }
}

/// The settings as a form for those who may change them, else as they are.
#[component]
pub fn Settings(page: EndpointPage, tried: Tried, may_change: bool) -> impl IntoView {
    if !may_change {
        return view! { <AsTheyAre page /> }.into_any();
    }
    let form = tried.form::<ChangeEndpoint>("settings");
    let values = Values::from(&page);
    let content = form.stack(view! {
        {hidden("id", page.endpoint.id)}
        {name(&form, &values)}
        {rules(&form, &page.form, &values)}
        <div><SubmitButton look=Look::Accent>"Save the settings"</SubmitButton></div>
    });
    view! { <Card title="Settings" id="settings-card">{content}</Card> }.into_any()
}

#[component]
fn AsTheyAre(page: EndpointPage) -> impl IntoView {
    let facts = [
        ("Environment", Some(words::environment(page.endpoint.environment).to_owned())),
        (
            "Untrusted",
            page.form
                .secret
                .is_some()
                .then(|| endpoints::on_untrusted(page.policy.on_untrusted).0.to_owned()),
        ),
        (
            "Digest mode",
            page.digest_mode.map(|mode| endpoints::digest_mode(mode).to_owned()),
        ),
        (
            "Re-fetch after",
            (!page.refetch_event_types.is_empty()).then(|| page.refetch_event_types.join(", ")),
        ),
        ("Static header", page.static_header),
        ("Networks", (!page.networks.is_empty()).then(|| page.networks.join(", "))),
        ("Rate limit", page.rate_limit.map(|limit| format!("{limit} per second"))),
    ];
    let facts = facts
        .into_iter()
        .filter_map(|(name, value)| value.map(|value| view! { <Fact name>{value}</Fact> }));
    let facts = facts.collect_view();
    view! { <Card title="Settings"><Facts>{facts}</Facts></Card> }.into_any()
}
