use model::{AuditAction, DestinationId, Role, Subscription};
use secrecy::SecretString;

use super::change::settings;
use super::headers::Headers;
use super::{Condition, DEFAULT_CONCURRENCY, DestinationView, DestinationWithSecret, HeaderChange, target};
use crate::delivery::schedule;
use crate::operation::{Actor, Errors, OperationError, Operations};
use crate::store::change::Change;
use crate::store::delivery::Destination;

/// What an admin says of a new destination.
#[derive(Debug)]
pub struct AddDestination {
    pub name: String,
    pub url: String,
    pub subscription: Subscription,
    /// Names and values of headers that are added to each request.
    pub headers: Vec<(String, SecretString)>,
    pub concurrency: u32,
    pub rate_limit: Option<u32>,
    pub ordered: bool,
    pub schedule: Vec<u32>,
}

impl AddDestination {
    /// A destination of all webhooks with nothing special about it.
    pub fn plain(name: &str, url: &str) -> Self {
        Self {
            name: name.to_owned(),
            url: url.to_owned(),
            subscription: Subscription::default(),
            headers: Vec::new(),
            concurrency: DEFAULT_CONCURRENCY,
            rate_limit: None,
            ordered: false,
            schedule: schedule::DEFAULT.to_vec(),
        }
    }
}

impl Operations {
    /// Adds a destination and makes the secret that its requests are signed with, which is shown this once. It gets what
    /// arrives from now on. For admins.
    pub async fn add_destination(&self, actor: &Actor, new: AddDestination) -> Result<DestinationWithSecret, OperationError> {
        actor.require(Role::Admin)?;
        let now = self.clock.now();
        let key = self.sealing_key().await?;
        let id = DestinationId(self.ids.next(now));
        let mut errors = Errors::default();
        let given = |(name, value)| HeaderChange {
            name,
            value: Some(value),
        };
        let given: Vec<_> = new.headers.into_iter().map(given).collect();
        let headers = Headers::default().changed(&given, &mut errors);
        let destination = Destination {
            id,
            name: new.name,
            url: new.url,
            subscription: new.subscription,
            header_names: headers.names(),
            sealed_headers: headers.seal(&key, id),
            concurrency: new.concurrency,
            rate_limit: new.rate_limit,
            ordered: new.ordered,
            schedule: new.schedule,
            disabled: None,
            created_at: now,
            archived_at: None,
        };
        self.check_settings(&destination, &mut errors).await?;
        errors.none_or_invalid()?;
        let (secret, value) = self.make_secret(&key, id, now);
        let entry = self.entry(
            actor,
            AuditAction::DestinationAdded,
            Some(target(&destination)),
            settings(&destination),
        );
        let change = Change::AddDestination(destination.clone(), secret.clone());
        self.change_and_tell(&change, &entry).await?;
        Ok(DestinationWithSecret {
            destination: DestinationView::new(destination, vec![secret], Condition::default()),
            secret: value,
        })
    }
}
