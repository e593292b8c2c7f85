//! Looking names up. What comes back is judged before anything is connected to, and what was judged is what is connected
//! to: nobody looks the name up a second time.

use std::collections::HashMap;
use std::io::{self, ErrorKind};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use futures_util::FutureExt;
use futures_util::future::{BoxFuture, Shared};
use model::Failure;
use tokio::time::timeout;

use super::address::{AllowedNetworks, check_target};

/// Finds the addresses of a name.
#[async_trait]
pub trait Resolve: Send + Sync + 'static {
    async fn resolve(&self, name: &str) -> io::Result<Vec<IpAddr>>;
}

/// The resolver of the system that this runs on, with its hosts file and search domains: what it finds there is judged like
/// anything else.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemResolver;

#[async_trait]
impl Resolve for SystemResolver {
    async fn resolve(&self, name: &str) -> io::Result<Vec<IpAddr>> {
        let found = tokio::net::lookup_host((name, 0)).await?;
        Ok(found.map(|address| address.ip()).collect())
    }
}

/// Look-ups that are under way, one for each name, however many ask: a name whose servers do not answer holds a thread of the
/// system's resolver for much longer than an attempt waits, and all names share these threads.
pub(super) struct LookUps {
    resolver: Arc<dyn Resolve>,
    under_way: Arc<Mutex<HashMap<String, LookUp>>>,
}

type LookUp = Shared<BoxFuture<'static, Result<Vec<IpAddr>, ErrorKind>>>;

impl LookUps {
    pub(super) fn new(resolver: Arc<dyn Resolve>) -> Self {
        Self {
            resolver,
            under_way: Arc::default(),
        }
    }

    /// The addresses of a name, every one of them allowed. One that is not spoils the others: whoever answers with a private
    /// address beside a public one is trying which of them is taken.
    pub(super) async fn addresses_of(
        &self,
        name: &str,
        is_plain_http: bool,
        allowed: &AllowedNetworks,
        limit: Duration,
    ) -> Result<Vec<IpAddr>, Failure> {
        let found = match timeout(limit, self.look_up(name)).await {
            Ok(Ok(found)) if !found.is_empty() => found,
            Ok(_) => return Err(Failure::DnsFailed),
            Err(_) => return Err(Failure::DnsTimeout),
        };
        let is_allowed = |address: &IpAddr| check_target(*address, is_plain_http, allowed).is_ok();
        if found.iter().all(is_allowed) {
            Ok(found)
        } else {
            Err(Failure::AddressNotAllowed)
        }
    }

    /// Joins the look-up of that name, or begins it. It goes on when nobody waits for it any more.
    fn look_up(&self, name: &str) -> LookUp {
        let mut under_way = lock(&self.under_way);
        if let Some(look_up) = under_way.get(name) {
            return look_up.clone();
        }
        let (resolver, all) = (self.resolver.clone(), self.under_way.clone());
        let owned = name.to_owned();
        let task = tokio::spawn(async move {
            let found = resolver.resolve(&owned).await.map_err(|error| error.kind());
            lock(&all).remove(&owned);
            found
        });
        let look_up = async move { task.await.unwrap_or(Err(ErrorKind::Other)) }.boxed().shared();
        under_way.insert(name.to_owned(), look_up.clone());
        look_up
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use tokio::sync::Semaphore;

    use super::*;

    /// Answers when it is let, and counts how often it is asked.
    struct Slow {
        asked: AtomicUsize,
        let_go: Semaphore,
    }

    #[async_trait]
    impl Resolve for Slow {
        async fn resolve(&self, _: &str) -> io::Result<Vec<IpAddr>> {
            self.asked.fetch_add(1, Ordering::SeqCst);
            self.let_go.acquire().await.expect("never closed").forget();
            Ok(vec![IpAddr::from([8, 8, 8, 8])])
        }
    }

    #[tokio::test]
    async fn a_name_is_looked_up_once_at_a_time_however_many_ask() {
        let slow = Arc::new(Slow {
            asked: AtomicUsize::new(0),
            let_go: Semaphore::new(0),
        });
        let look_ups = LookUps::new(slow.clone());
        let allowed = AllowedNetworks::default();
        let ask = |name: &'static str| look_ups.addresses_of(name, false, &allowed, Duration::from_secs(20));

        for _ in 0..3 {
            let given_up = look_ups
                .addresses_of("dead.test", false, &allowed, Duration::from_millis(10))
                .await;
            assert_eq!(given_up, Err(Failure::DnsTimeout));
        }
        assert_eq!(slow.asked.load(Ordering::SeqCst), 1);
        slow.let_go.add_permits(1);
        assert!(ask("dead.test").await.is_ok());
        assert!(lock(&look_ups.under_way).is_empty());

        slow.let_go.add_permits(2);
        assert!(ask("dead.test").await.is_ok() && ask("other.test").await.is_ok());
        assert_eq!(slow.asked.load(Ordering::SeqCst), 3, "what was found is not kept");
    }
}
