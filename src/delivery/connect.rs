//! The way to a destination, phase by phase: name, addresses, TCP, TLS. Each has its own limit and its own failure. What the
//! environment says of proxies is not looked at: a proxy would connect to addresses that nobody has checked.

use std::future::Future;
use std::io::ErrorKind;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use hyper::Uri;
use hyper_util::rt::TokioIo;
use model::Failure;
use rustls::pki_types::ServerName;
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout, timeout_at};
use tokio_rustls::TlsConnector;
use tower::Service;

use super::address::{AllowedNetworks, check_target};
use super::resolve::{LookUps, Resolve};
use super::timeouts::Timeouts;
use super::trust::Trust;
use super::wire::Wire;

/// Makes connections for the pool. A connection stays with the address that it was made to, for as long as it lives.
#[derive(Clone)]
pub(super) struct Connector(Arc<Ways>);

struct Ways {
    look_ups: LookUps,
    allowed: AllowedNetworks,
    timeouts: Timeouts,
    tls: TlsConnector,
}

/// A failure on its way through hyper, which wants an error.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct NotConnected(pub(super) Failure);

impl Connector {
    pub(super) fn new(resolver: Arc<dyn Resolve>, allowed: AllowedNetworks, timeouts: Timeouts, trust: &Trust) -> Self {
        let tls = trust.connector();
        Self(Arc::new(Ways {
            look_ups: LookUps::new(resolver),
            allowed,
            timeouts,
            tls,
        }))
    }
}

impl Service<Uri> for Connector {
    type Response = TokioIo<Wire>;
    type Error = NotConnected;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, NotConnected>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), NotConnected>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let ways = self.0.clone();
        Box::pin(async move { ways.connect(&uri).await.map(TokioIo::new).map_err(NotConnected) })
    }
}

impl Ways {
    async fn connect(&self, uri: &Uri) -> Result<Wire, Failure> {
        let host = uri.host().ok_or(Failure::UrlNotAllowed)?;
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let is_plain = uri.scheme_str() == Some("http");
        let port = uri.port_u16().unwrap_or(if is_plain { 80 } else { 443 });

        let addresses = self.addresses(host, is_plain).await?;
        let tcp = connect_to_first(&addresses, port, Instant::now() + self.timeouts.connect).await?;
        // Requests are written whole, so nothing is gained by waiting for more to send.
        tcp.set_nodelay(true).map_err(|_| Failure::ConnectFailed)?;
        if is_plain {
            return Ok(Wire::new(tcp));
        }
        let name = ServerName::try_from(host.to_owned()).map_err(|_| Failure::UrlNotAllowed)?;
        match timeout(self.timeouts.tls, self.tls.connect(name, tcp)).await {
            Ok(Ok(tls)) => Ok(Wire::new(tls)),
            Ok(Err(_)) => Err(Failure::TlsFailed),
            Err(_) => Err(Failure::TlsTimeout),
        }
    }

    async fn addresses(&self, host: &str, is_plain: bool) -> Result<Vec<IpAddr>, Failure> {
        let Ok(address) = host.parse() else {
            let look_ups = &self.look_ups;
            return look_ups.addresses_of(host, is_plain, &self.allowed, self.timeouts.dns).await;
        };
        check_target(address, is_plain, &self.allowed).map_err(|_| Failure::AddressNotAllowed)?;
        Ok(vec![address])
    }
}

/// Tries the addresses one after another. Each gets an equal part of the time that is left, so that one that does not
/// answer leaves some to the others. The failure is the last one's.
async fn connect_to_first(addresses: &[IpAddr], port: u16, deadline: Instant) -> Result<TcpStream, Failure> {
    let mut failure = Failure::ConnectFailed;
    let mut left = u32::try_from(addresses.len()).unwrap_or(u32::MAX);
    for address in addresses {
        let now = Instant::now();
        let share = deadline.saturating_duration_since(now) / left.max(1);
        left = left.saturating_sub(1);
        failure = match timeout_at(now + share, TcpStream::connect(SocketAddr::new(*address, port))).await {
            Ok(Ok(stream)) => return Ok(stream),
            Ok(Err(error)) if error.kind() == ErrorKind::ConnectionRefused => Failure::ConnectRefused,
            Ok(Err(error)) if error.kind() == ErrorKind::TimedOut => Failure::ConnectTimeout,
            Ok(Err(_)) => Failure::ConnectFailed,
            Err(_) => Failure::ConnectTimeout,
        };
    }
    Err(failure)
}
