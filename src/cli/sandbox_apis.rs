use std::net::SocketAddr;
use std::sync::Arc;

use ipnet::IpNet;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::CommandError;
use crate::clock::{Clock, SystemClock};
use crate::config::ForwardingSettings;
use crate::endpoints::{EndpointView, NewCredentials};
use crate::operation::{Actor, Operations};
use crate::providers::sandbox::api::{self, Apis};
use crate::server;

/// The stand-ins of the providers' APIs, on an address of their own.
pub struct SandboxApis {
    pub apis: Arc<Apis>,
    /// Where they answer.
    pub base: String,
    listener: TcpListener,
}

impl SandboxApis {
    /// How many connections are served at once.
    const MAX_CONNECTIONS: usize = 256;

    /// Takes the address, or another port where that one is taken. The credentials are as with [`SandboxApis::listen`].
    pub async fn listen_near(operations: &Operations, addr: SocketAddr) -> Result<Self, CommandError> {
        match Self::listen(operations, addr).await {
            Err(_) => Self::listen(operations, SocketAddr::new(addr.ip(), 0)).await,
            listening => listening,
        }
    }

    /// Takes the address. The credentials are derived from the key that seals secrets, so every run has the same ones.
    pub async fn listen(operations: &Operations, addr: SocketAddr) -> Result<Self, CommandError> {
        let in_use = |error| CommandError::Usage(format!("cannot listen on {addr}: {error} (--api-addr)"));
        let listener = TcpListener::bind(addr).await.map_err(in_use)?;
        let base = format!("http://{}", listener.local_addr()?);
        let seed = operations.vault.key().derive("sandbox APIs");
        let apis = Arc::new(Apis::new(&base, *seed));
        Ok(Self { apis, base, listener })
    }

    /// Tells each endpoint whose provider has an API how it is asked here, unless an earlier run did.
    pub async fn register(&self, operations: &Operations, endpoints: &[EndpointView]) -> Result<(), CommandError> {
        let actor = Actor::command_line();
        for endpoint in endpoints {
            let Some(access) = self.apis.access(&endpoint.provider) else {
                continue;
            };
            let known = operations.credentials(&actor, endpoint.id).await?;
            if known.is_some_and(|known| known.base_url.as_ref() == Some(&access.base_url)) {
                continue;
            }
            let fields = access.credentials.into_iter();
            let credentials = NewCredentials {
                fields: fields.map(|(name, value)| (name.to_owned(), value.into())).collect(),
                base_url: Some(access.base_url),
                token_url: access.token_url,
            };
            operations.set_credentials(&actor, endpoint.id, credentials).await?;
        }
        Ok(())
    }

    /// Lets the server ask here, which is on this machine and without TLS.
    pub fn allow(&self, forwarding: &mut ForwardingSettings) -> Result<(), CommandError> {
        let here = IpNet::from(self.listener.local_addr()?.ip());
        forwarding.allow_networks.0.push(here);
        forwarding.allow_http = true;
        Ok(())
    }

    /// Answers until it is aborted.
    pub fn serve(self) -> JoinHandle<()> {
        let router = api::router(self.apis, || SystemClock.now());
        let forever = std::future::pending();
        tokio::spawn(server::serve(self.listener, router, Self::MAX_CONNECTIONS, forever))
    }
}
