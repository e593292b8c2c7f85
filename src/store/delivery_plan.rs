//! How a list of deliveries is read, so that a page takes as long in a long log as in a short one.
//!
//! There is an index of all deliveries by state and destination, in which those of one state and one destination lie in the
//! order of their ids. A list of some states or destinations takes the newest of each pair, and the newest of all of these
//! make the page.

use model::{DeliveryFilter, DeliveryState};
use uuid::Uuid;

/// More pairs than this are not read one by one: the log is read by id, and each delivery is looked at.
const MAX_PAIRS: usize = 256;

/// Along what a list is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Along {
    /// All deliveries, newest first.
    Ids,
    /// The few deliveries of some webhooks.
    Webhooks,
    Pairs(Vec<(DeliveryState, Uuid)>),
}

/// Whether choosing needs to know all destinations.
pub(super) fn needs_destinations(filter: &DeliveryFilter) -> bool {
    filter.webhooks.is_empty() && filter.destinations.is_empty() && !filter.states.is_empty()
}

pub(super) fn along(filter: &DeliveryFilter, all_destinations: &[Uuid]) -> Along {
    if !filter.webhooks.is_empty() {
        return Along::Webhooks;
    }
    if filter.states.is_empty() && filter.destinations.is_empty() {
        return Along::Ids;
    }
    let mut destinations: Vec<_> = match &filter.destinations[..] {
        [] => all_destinations.to_vec(),
        some => some.iter().map(|destination| destination.0).collect(),
    };
    let mut states = match &filter.states[..] {
        [] => DeliveryState::ALL.to_vec(),
        some => some.to_vec(),
    };
    // One that is given twice counts once.
    destinations.sort_unstable();
    destinations.dedup();
    states.sort_unstable();
    states.dedup();
    if destinations.len() * states.len() > MAX_PAIRS {
        return Along::Ids;
    }
    let of_state = |state| destinations.iter().map(move |destination| (state, *destination));
    Along::Pairs(states.into_iter().flat_map(of_state).collect())
}

#[cfg(test)]
mod tests {
    use model::{DestinationId, WebhookId};

    use super::*;

    fn check(states: &[DeliveryState], destinations: &[u128], all: &[u128], expected: Along) {
        let filter = DeliveryFilter {
            states: states.to_vec(),
            destinations: destinations.iter().map(|id| DestinationId(Uuid::from_u128(*id))).collect(),
            ..DeliveryFilter::default()
        };
        let all: Vec<_> = all.iter().map(|id| Uuid::from_u128(*id)).collect();
        assert_eq!(along(&filter, &all), expected);
    }

    fn pairs(pairs: &[(DeliveryState, u128)]) -> Along {
        Along::Pairs(pairs.iter().map(|(state, id)| (*state, Uuid::from_u128(*id))).collect())
    }

    #[test]
    fn a_list_is_read_along_what_narrows_it() {
        use DeliveryState::{Delivered, Failed, Held};
        check(&[], &[], &[1, 2], Along::Ids);
        check(&[Failed], &[], &[1, 2], pairs(&[(Failed, 1), (Failed, 2)]));
        check(&[Failed], &[], &[], pairs(&[]));
        check(&[Failed, Held], &[2], &[1, 2], pairs(&[(Held, 2), (Failed, 2)]));
        check(&[Delivered, Delivered], &[3, 3], &[], pairs(&[(Delivered, 3)]));
        let every: Vec<_> = DeliveryState::ALL.iter().map(|state| (*state, 1)).collect();
        check(&[], &[1], &[1, 2], pairs(&every));
    }

    #[test]
    fn too_many_pairs_are_not_read_one_by_one() {
        let many: Vec<_> = (0..300).collect();
        check(&[DeliveryState::Failed], &[], &many, Along::Ids);
    }

    #[test]
    fn the_deliveries_of_webhooks_are_few() {
        let filter = DeliveryFilter {
            webhooks: vec![WebhookId(Uuid::nil())],
            states: vec![DeliveryState::Failed],
            ..DeliveryFilter::default()
        };
        assert_eq!(along(&filter, &[]), Along::Webhooks);
    }
}
