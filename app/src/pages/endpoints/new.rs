use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use model::Role;

use super::{
    may_change,
    settings::{self, Values},
};
use crate::{
    api::endpoints::AddEndpoint,
    look::Look,
    pages::{Tried, answer, tried},
    port::console,
    text::{endpoints, words},
    ui::{
        button::{LinkButton, SubmitButton},
        disclosure::{Disclosure, Inset},
        form::{Form, hidden},
        head::Head,
        icon::{Glyph, Icon},
        input::Input,
        mark::Monogram,
        nav::{Frame, Section},
        state::Failed,
    },
    view::{ConsoleError, EndpointForm, ProviderForm, SecretForm},
};

const HERE: &str = "/endpoints/new";

/// A new endpoint: first its provider, then the form that the provider's description gives.
#[component]
pub fn NewEndpoint() -> impl IntoView {
    let chosen = use_query_map().get_untracked().get("provider").filter(|key| !key.is_empty());
    let (tried, answer, console, may_change) = (tried(), answer(), console(), may_change());
    let content = Suspend::new(async move {
        let form = match console {
            _ if !may_change => Err(ConsoleError::Forbidden { needs: Role::Admin }),
            Ok(console) => console.endpoint_form().await,
            Err(error) => Err(error),
        };
        let form = form.and_then(|form| match &chosen {
            None => Ok((form, None)),
            Some(key) => {
                let provider = form
                    .providers
                    .iter()
                    .find(|provider| provider.mark.key.as_str() == key)
                    .cloned();
                provider.map(|provider| (form, Some(provider))).ok_or(ConsoleError::NotFound)
            }
        });
        match form {
            Ok((_, Some(provider))) => view! { <Fill provider tried /> }.into_any(),
            Ok((form, None)) => view! { <Choose form /> }.into_any(),
            Err(error) => {
                answer.failed(&error);
                view! { <Failed error href=HERE.to_owned() /> }.into_any()
            }
        }
    });
    view! {
        <Frame title="New endpoint · Hookproof" current=Some(Section::Endpoints)>
            <Head back=("/endpoints", "Endpoints") heading="New endpoint" />
            <Suspense fallback=|| ()>{content}</Suspense>
        </Frame>
    }
    .into_any()
}

const PROVIDER: &str = "grid h-full grid-cols-[auto_minmax(0,1fr)] items-center gap-x-3 rounded-lg border border-hairline bg-surface \
                        px-3.5 py-3 text-ink hover:border-accent hover:bg-hover hover:no-underline";

#[component]
fn Choose(form: EndpointForm) -> impl IntoView {
    let providers = form.providers.into_iter().map(|provider| {
        let href = format!("{HERE}?provider={}", provider.mark.key);
        let asks = provider
            .secret
            .map_or_else(|| endpoints::NO_SECRET.to_owned(), |secret| secret.label);
        view! {
            <li>
                <a class=PROVIDER href=href>
                    <Monogram mark=provider.mark.clone() class="size-8 row-span-2" />
                    <strong class="font-semibold">{provider.mark.title}</strong>
                    <span class="text-sm text-muted">{asks}</span>
                </a>
            </li>
        }
    });
    view! {
        <p class="max-w-reading pb-3 text-muted">{endpoints::CHOOSE_PROVIDER}</p>
        <ul class="grid max-w-220 gap-2.5 sm:grid-cols-2 xl:grid-cols-3">{providers.collect_view()}</ul>
    }
    .into_any()
}

#[component]
fn Fill(provider: ProviderForm, tried: Tried) -> impl IntoView {
    let form = tried.form::<AddEndpoint>("add-endpoint");
    let title = provider.mark.title.clone();
    let values = Values {
        name: format!("{title} {}", words::environment(model::Environment::Production)),
        refetch_event_types: provider.asked_by_itself.clone(),
        ..Values::default()
    };
    // What is wrong below the fold of a closed part would not be seen.
    let open = form.error.is_some();
    let rules = settings::rules(&form, &provider, &values).into_any();
    let content = form.stack(view! {
        {hidden("provider", &provider.mark.key)}
        {settings::name(&form, &values)}
        {secret(&form, provider.secret.as_ref(), &title)}
        <Disclosure label="Rules, networks and limits" open>
            <Inset>{rules}</Inset>
        </Disclosure>
        <div class="flex flex-wrap gap-2 pt-1">
            <SubmitButton look=Look::Accent>
                <Icon glyph=Glyph::Plus />
                "Add the endpoint"
            </SubmitButton>
            <LinkButton href=HERE>"Choose another provider"</LinkButton>
        </div>
    });
    view! {
        <p class="flex items-center gap-2 pb-1">
            <Monogram mark=provider.mark />
            <strong class="font-semibold">{title}</strong>
        </p>
        <p class="max-w-reading pb-4 text-sm text-muted">{endpoints::paste_later(&provider.paste_address_at)}</p>
        {content}
    }
    .into_any()
}

fn secret(form: &Form, secret: Option<&SecretForm>, title: &str) -> AnyView {
    match secret {
        None => view! { <p class="rounded-md bg-sunken px-3 py-2 text-sm text-muted">{endpoints::no_secret_needed(title)}</p> }
            .into_any(),
        Some(secret) => form.field(secret_input(secret, "secret", endpoints::SECRET_LATER)),
    }
}

/// The field for a secret as the provider's description has it.
pub fn secret_input(secret: &SecretForm, name: &'static str, hint: &str) -> Input {
    Input::secret(name, secret.label.clone(), secret.is_public_key)
        .placeholder(secret.placeholder.clone())
        .hint(endpoints::find_secret(&secret.find_it_at, hint))
        .most(8192)
}
