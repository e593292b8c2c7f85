use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use model::UserId;

use crate::operation::{Actor, OperationError};

/// How many streams a user may have open at once. Each keeps one of the server's connections, which providers need too.
const MOST_STREAMS: usize = 4;

/// How long a program is asked to wait when it has too many.
const RETRY_AFTER_SECONDS: u64 = 60;

/// How many streams each user has open.
#[derive(Debug, Clone, Default)]
pub struct Streams(Arc<Mutex<HashMap<UserId, usize>>>);

/// The right to one stream, given back when it ends.
#[derive(Debug)]
pub struct Place {
    streams: Streams,
    user: UserId,
}

impl Streams {
    /// A place for one more stream, or `Throttled`.
    pub fn place(&self, actor: &Actor) -> Result<Place, OperationError> {
        let user = actor.user.ok_or(OperationError::NotSignedIn)?;
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let streams = open.entry(user).or_default();
        if *streams >= MOST_STREAMS {
            return Err(OperationError::Throttled {
                seconds: RETRY_AFTER_SECONDS,
            });
        }
        *streams += 1;
        let streams = self.clone();
        Ok(Place { streams, user })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.streams.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(streams) = open.get_mut(&self.user) {
            *streams -= 1;
            if *streams == 0 {
                open.remove(&self.user);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use model::Role;
    use uuid::Uuid;

    use super::*;

    fn user(number: u128) -> Actor {
        Actor {
            user: Some(UserId(Uuid::from_u128(number))),
            role: Some(Role::Viewer),
            ..Actor::nobody(Ipv4Addr::LOCALHOST.into())
        }
    }

    #[test]
    fn a_user_has_four_places_and_gets_them_back() {
        let streams = Streams::default();
        let mut places: Vec<_> = (0..4).map(|_| streams.place(&user(1)).expect("a place")).collect();
        let refused = streams.place(&user(1));
        assert!(matches!(refused, Err(OperationError::Throttled { .. })), "{refused:?}");
        assert!(streams.place(&user(2)).is_ok(), "others have their own");

        places.pop();
        assert!(streams.place(&user(1)).is_ok());
        drop(places);
        assert!(
            streams.0.lock().expect("not poisoned").is_empty(),
            "nothing is kept of those who left"
        );
    }
}
