use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::Router;
use axum::http::StatusCode;
use axum::routing::post;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::CommandError;
use crate::destinations::{AddDestination, DestinationChange};
use crate::operation::{Actor, Operations};
use crate::server;

/// What the destination is called.
const NAME: &str = "Demo service";

/// One request of so many is answered with 503, so that the log has something that is tried again.
const UNAVAILABLE: u64 = 40;

const MAX_CONNECTIONS: usize = 256;

/// A stand-in for a service of the user's own, which webhooks are forwarded to.
pub struct DemoService {
    listener: TcpListener,
    addr: SocketAddr,
}

impl DemoService {
    /// Listens where the APIs do, which is allowed, on the port after theirs where that is free, so that a demo that is started again
    /// has the same.
    pub async fn listen_near(apis: SocketAddr) -> Result<Self, CommandError> {
        let here = |port| SocketAddr::new(apis.ip(), port);
        let listener = match TcpListener::bind(here(apis.port().saturating_add(1))).await {
            Ok(listener) => listener,
            Err(_) => TcpListener::bind(here(0)).await?,
        };
        let addr = listener.local_addr()?;
        Ok(Self { listener, addr })
    }

    /// Makes the destination, or tells that of an earlier run where the service is by now.
    pub async fn register(&self, operations: &Operations) -> Result<(), CommandError> {
        let actor = Actor::command_line();
        let url = format!("http://{}/webhooks", self.addr);
        let known = operations.destinations(&actor).await?;
        let Some(earlier) = known.into_iter().find(|destination| destination.name == NAME) else {
            operations.add_destination(&actor, AddDestination::plain(NAME, &url)).await?;
            return Ok(());
        };
        let change = DestinationChange {
            url: Some(url),
            ..DestinationChange::default()
        };
        operations.change_destination(&actor, earlier.id, change).await?;
        Ok(())
    }

    /// Answers until it is aborted.
    pub fn serve(self) -> JoinHandle<()> {
        let requests = Arc::new(AtomicU64::new(0));
        let answer = move || {
            let number = requests.fetch_add(1, Ordering::Relaxed);
            let is_away = number % UNAVAILABLE == UNAVAILABLE - 1;
            async move {
                if is_away {
                    StatusCode::SERVICE_UNAVAILABLE
                } else {
                    StatusCode::NO_CONTENT
                }
            }
        };
        let router = Router::new().route("/webhooks", post(answer));
        let forever = std::future::pending();
        tokio::spawn(server::serve(self.listener, router, MAX_CONNECTIONS, forever))
    }
}
