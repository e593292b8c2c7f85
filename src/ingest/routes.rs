//! Which destinations a webhook goes to.

use model::{DeliveryId, DestinationId, Subscription};

use super::OpenEndpoint;
use crate::clock::Ids;
use crate::store::NewWebhook;
use crate::store::delivery::{Destination, NewDelivery};

/// The destinations, as far as it takes to know what goes there. Also those that are disabled: what arrives for them waits.
#[derive(Debug, Default)]
pub struct Routes(Vec<Route>);

#[derive(Debug)]
struct Route {
    destination: DestinationId,
    subscription: Subscription,
    first_delay: i64,
}

impl Routes {
    pub fn to<'a>(destinations: impl IntoIterator<Item = &'a Destination>) -> Self {
        let route = |destination: &Destination| Route {
            destination: destination.id,
            subscription: destination.subscription.clone(),
            first_delay: destination.schedule.first().copied().unwrap_or(0).into(),
        };
        Self(destinations.into_iter().map(route).collect())
    }

    /// The deliveries that a webhook of that endpoint begins with, unless it turns out to repeat an earlier one.
    pub fn deliveries(&self, endpoint: &OpenEndpoint, webhook: &NewWebhook, ids: &Ids) -> Vec<NewDelivery> {
        let held = !endpoint.stored.policy.forwards(webhook.judgement());
        let taken = |route: &&Route| route.subscription.takes(webhook.endpoint_id, &webhook.events);
        let delivery = |route: &Route| NewDelivery {
            id: DeliveryId(ids.next(webhook.received_at)),
            destination_id: route.destination,
            held,
            due_at: webhook.received_at.plus_seconds(route.first_delay),
        };
        self.0.iter().filter(taken).map(delivery).collect()
    }
}
