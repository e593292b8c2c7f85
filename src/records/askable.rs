use std::collections::HashMap;

use app::view::Askable;
use model::{EndpointId, Event, Role, WebhookId};

use super::access::why_no_api;
use super::judge::asked;
use crate::operation::{Actor, OperationError, Operations};
use crate::providers::{self, Api};

/// Which webhooks their providers can be asked for, each endpoint read once.
#[derive(Default)]
pub(crate) struct Askables(HashMap<EndpointId, Result<&'static dyn Api, Askable>>);

const ARCHIVED: &str = "the endpoint is archived";
const UNKNOWN_PROVIDER: &str = "this version does not know the endpoint's provider";

impl Askables {
    /// Whether a webhook of the endpoint with those events can be asked for.
    pub(crate) async fn of(
        &mut self,
        operations: &Operations,
        endpoint: EndpointId,
        events: &[Event],
        is_erased: bool,
    ) -> Result<Askable, OperationError> {
        if is_erased {
            return Ok(Askable::Erased);
        }
        let known = match self.0.get(&endpoint) {
            Some(known) => known.clone(),
            None => {
                let read = read(operations, endpoint).await?;
                self.0.insert(endpoint, read.clone());
                read
            }
        };
        Ok(match known {
            Ok(api) if asked(api, events).is_some() => Askable::Yes,
            Ok(_) => Askable::NothingToAskFor,
            Err(why) => why,
        })
    }
}

async fn read(operations: &Operations, id: EndpointId) -> Result<Result<&'static dyn Api, Askable>, OperationError> {
    let endpoint = operations.store.endpoint(id).await?;
    let endpoint = endpoint.ok_or(OperationError::NotFound("endpoint"))?;
    let no_api = |why: String| Ok(Err(Askable::NoApi(why)));
    let Some(provider) = providers::find(&endpoint.provider) else {
        return no_api(UNKNOWN_PROVIDER.to_owned());
    };
    let Some(api) = provider.api() else {
        return no_api(why_no_api(provider));
    };
    if endpoint.archived_at.is_some() {
        return no_api(ARCHIVED.to_owned());
    }
    let has_credentials = operations.store.credentials(id).await?.is_some();
    Ok(has_credentials.then_some(api).ok_or(Askable::NoCredentials))
}

impl Operations {
    /// Whether the provider can be asked again for what the webhook tells of. For viewers.
    pub async fn askable(&self, actor: &Actor, id: WebhookId) -> Result<Askable, OperationError> {
        actor.require(Role::Viewer)?;
        let webhook = self.store.refetchable(id).await?.ok_or(OperationError::NotFound("webhook"))?;
        let is_erased = webhook.erased_at.is_some();
        Askables::default()
            .of(self, webhook.endpoint_id, &webhook.events, is_erased)
            .await
    }
}
