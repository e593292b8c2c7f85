use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use model::{BulkAction, DestinationSummary, Role, WebhookFilter, WebhookId};

use super::{address, conditions};
use crate::{
    api::deliveries::StartBulk,
    look::Look,
    pages::{Tried, answer, deliveries::may_act, here, query, tried},
    port::console,
    text::{bulk, filters},
    ui::{
        button::{LinkButton, SubmitButton},
        facts::{Fact, WideFacts},
        form::hidden,
        head::Head,
        icon::{Glyph, Icon},
        input::Input,
        nav::{Frame, Section},
        state::{Blank, Failed},
    },
    view::{BulkPreview, ConsoleError, EndpointList},
};

/// Before everything that a filter lets through is resent, released or asked for again: how much that is.
#[component]
pub fn Bulk() -> impl IntoView {
    let (query, here) = (query(), here());
    let action = use_query_map().get_untracked().get("action").unwrap_or_default();
    let asked = read(&action, &query);
    // One that is gone is not in the list, and then all are chosen.
    let chosen = use_query_map().get_untracked().get("destination").unwrap_or_default();
    let (tried, answer, console, may_act) = (tried(), answer(), console(), may_act());
    let content = Suspend::new(async move {
        let found = async {
            if !may_act {
                return Err(ConsoleError::Forbidden { needs: Role::Operator });
            }
            let ((action, filter), console) = (asked?, console?);
            let preview = console.bulk_preview(action, filter.clone()).await?;
            Ok((preview, filter, console.endpoints().await?))
        };
        match found.await {
            Ok((preview, filter, endpoints)) => view! { <Preview preview filter chosen endpoints tried /> }.into_any(),
            Err(error) => {
                answer.failed(&error);
                view! {
                    <h1 class="sr-only">"Bulk resend"</h1>
                    <Failed error href=here />
                }
                .into_any()
            }
        }
    });
    view! {
        <Frame title="Bulk resend · Hookproof" current=Some(Section::Webhooks)>
            <Suspense fallback=|| ()>{content}</Suspense>
        </Frame>
    }
    .into_any()
}

fn read(action: &str, query: &str) -> Result<(BulkAction, WebhookFilter), ConsoleError> {
    let action = action
        .parse()
        .map_err(|error: model::UnknownWord| ConsoleError::BadRequest(filters::problem("action", &error.to_string())))?;
    Ok((action, address::filter(query)?))
}

#[component]
fn Preview(preview: BulkPreview, filter: WebhookFilter, chosen: String, endpoints: EndpointList, tried: Tried) -> impl IntoView {
    let BulkPreview {
        action,
        count,
        last,
        destinations,
    } = preview;
    let list = address::list(&filter);
    let heading = bulk::heading(action);
    let what = conditions::all(&filter.to_query(), &endpoints);
    let again = (action == BulkAction::Resend && !filter.deliveries.is_empty())
        .then(|| view! { <p class="pt-2 text-muted">{bulk::BY_ANY_DELIVERY}</p> });
    let content = if count == 0 {
        view! {
            <Blank state=bulk::nothing_matches(action) glyph=Glyph::FilterX>
                <div class="mt-2 flex"><LinkButton href=list>"Back to the list"</LinkButton></div>
            </Blank>
        }
        .into_any()
    } else {
        view! {
            <div class="max-w-reading pb-5">
                <WideFacts><Fact name="Which">{what}</Fact></WideFacts>
                <p class="pt-3 text-muted">{bulk::meaning(action)}</p>
                {again}
            </div>
            <Confirm action count last filter destinations chosen tried />
        }
        .into_any()
    };
    view! {
        <leptos_meta::Title text=format!("{heading} · Hookproof") />
        <Head back=(address::LIST, "Webhooks") heading />
        {content}
    }
    .into_any()
}

#[component]
fn Confirm(
    action: BulkAction,
    count: u64,
    last: WebhookId,
    filter: WebhookFilter,
    destinations: Vec<DestinationSummary>,
    chosen: String,
    tried: Tried,
) -> impl IntoView {
    let list = address::list(&filter);
    if action == BulkAction::Resend && destinations.is_empty() {
        return view! { <p class="text-sm text-muted">{bulk::NO_DESTINATION}</p> }.into_any();
    }
    let form = tried.form::<StartBulk>("bulk");
    let to = (action == BulkAction::Resend).then(|| {
        let each = destinations
            .into_iter()
            .map(|destination| (destination.id.to_string().into(), destination.name.into()));
        let options = std::iter::once(("".into(), bulk::ALL_DESTINATIONS.into()))
            .chain(each)
            .collect();
        form.field(Input::select("destination", "To", options).value(chosen))
    });
    let glyph = match action {
        BulkAction::Resend => Glyph::RotateCw,
        BulkAction::Release => Glyph::Play,
        BulkAction::Refetch => Glyph::RefreshCw,
    };
    form.stack(view! {
        {hidden("action", action)}
        {hidden("filter", filter.to_query())}
        {hidden("last", last)}
        {to}
        <div class="flex flex-wrap gap-2">
            <SubmitButton look=Look::Accent>
                <Icon glyph />
                {bulk::button(action, count)}
            </SubmitButton>
            <LinkButton href=list>"Back to the list"</LinkButton>
        </div>
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_names_the_action_and_the_filter() {
        let (action, filter) = read("release", "action=release&verdict=invalid").expect("an address");
        assert_eq!((action, filter.to_query().as_str()), (BulkAction::Release, "verdict=invalid"));
        assert_eq!(
            read("", ""),
            Err(ConsoleError::BadRequest("Action (action): unknown action ``".to_owned()))
        );
    }
}
