//! Looking names up. What comes back is judged before anything is connected to, and what was judged is what is connected
//! to: nobody looks the name up a second time.

use std::io;
use std::net::IpAddr;
use std::time::Duration;

use async_trait::async_trait;
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

/// The addresses of a name, every one of them allowed. One that is not spoils the others: whoever answers with a private
/// address beside a public one is trying which of them is taken.
pub(super) async fn addresses_of(
    name: &str,
    is_plain_http: bool,
    resolver: &dyn Resolve,
    allowed: &AllowedNetworks,
    limit: Duration,
) -> Result<Vec<IpAddr>, Failure> {
    let found = match timeout(limit, resolver.resolve(name)).await {
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
