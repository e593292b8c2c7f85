use std::future::Future;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use leptos::prelude::LeptosOptions;
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::{CommandError, answer, operations};
use crate::audit;
use crate::config::{AddressSettings, ForwardingSettings, ServerSettings, StorageSettings};
use crate::delivery::{Forwarding, Worker};
use crate::ingest::{Directory, Door, Limits, Writer};
use crate::operation::{Actor, Operations};
use crate::records::{self, Refetching};
use crate::router::{Services, router};
use crate::server;

#[derive(Debug, Args)]
pub struct Serve {
    #[command(flatten)]
    pub storage: StorageSettings,
    #[command(flatten)]
    pub address: AddressSettings,
    #[command(flatten)]
    pub server: ServerSettings,
    #[command(flatten)]
    pub forwarding: ForwardingSettings,
}

impl Serve {
    pub async fn run(self) -> Result<(), CommandError> {
        self.run_until(Arc::default(), asked_to_end()).await
    }

    /// Serves until `shutdown` is ready, then lets open requests finish and commits what is waiting. Notifies `ready` once
    /// connections are taken.
    pub async fn run_until(self, ready: Arc<Notify>, shutdown: impl Future<Output = ()>) -> Result<(), CommandError> {
        let addr = self.address.addr;
        let mut operations = operations(&self.storage, self.address.public_url()).await?;
        operations.forwarding = Forwarding::of_system(self.forwarding.allowed());
        // Providers' APIs are under the same rules for addresses as destinations.
        operations.refetching = Refetching::new(operations.forwarding.client.clone(), Arc::clone(&operations.clock));
        let store = Arc::clone(&operations.store);
        let directory = Directory::load(Arc::clone(&store), Arc::clone(&operations.vault)).await?;
        let directory = Arc::new(directory);
        operations.directory = Some(Arc::clone(&directory));
        let listener = TcpListener::bind(addr)
            .await
            .map_err(|source| CommandError::Listen { addr, source })?;

        audit::log_head(store.as_ref()).await;
        let set_up = operations.offer_set_up(&Actor::command_line()).await?;
        let swept = tokio::spawn(operations.clone().sweep_sessions());
        let emptied = tokio::spawn(operations.clone().sweep_archived());
        let scrubbed = tokio::spawn(operations.clone().sweep_erased());
        let resending = tokio::spawn(operations.clone().keep_resending());
        let (writer, mut writing) = Writer::start(Arc::clone(&store), operations.bells());
        let worker = Worker::start(
            Arc::clone(&store),
            Arc::clone(&operations.clock),
            Arc::clone(&operations.ids),
            Arc::clone(&directory),
            operations.forwarding.clone(),
        );
        let asking = records::Worker::start(operations.clone());
        let ending = CancellationToken::new();
        let stop_forwarding = ending.clone();
        let reverifications = Arc::clone(&operations.reverifications);
        let reconciliations = Arc::clone(&operations.reconciliations);
        let services = self.services(operations, Arc::clone(&directory), writer, ending.clone());
        let used_secrets = Arc::clone(&services.door.used_secrets);
        answer(format_args!("Hookproof is ready: open http://{addr}"));
        if let Some(link) = set_up {
            answer(format_args!("Make the first admin: open {}", link.url.as_str()));
        }
        ready.notify_one();
        let fresh = tokio::spawn(async move { directory.keep_fresh().await });
        let flushing = {
            let (used_secrets, store) = (Arc::clone(&used_secrets), Arc::clone(&store));
            tokio::spawn(async move { used_secrets.keep_flushing(store.as_ref()).await })
        };
        let (worker_broke_off, asking_broke_off) = (worker.broke_off(), asking.broke_off());
        let (mut writer_ended, mut worker_ended, mut asking_ended) = (false, false, false);
        let ended = async {
            tokio::select! {
                () = shutdown => {}
                // Without the writer nothing can be stored: better to end, and be started again, than to refuse for ever.
                _ = &mut writing => writer_ended = true,
                // Without the worker nothing would go on to anybody, and nobody would notice.
                () = worker_broke_off => worker_ended = true,
                // Without this one nothing would be confirmed.
                () = asking_broke_off => asking_ended = true,
            }
            ending.cancel();
        };
        let serving = server::serve(listener, router(services), self.server.max_connections as usize, ended);
        let forwarding = async {
            stop_forwarding.cancelled().await;
            tokio::join!(worker.stop(), asking.stop());
        };
        tokio::join!(serving, forwarding);
        fresh.abort();
        swept.abort();
        emptied.abort();
        scrubbed.abort();
        resending.abort();
        flushing.abort();
        reverifications.cancel_all();
        reconciliations.cancel_all();

        // The last handle to the writer went with the router, so its task ends when the queue is empty.
        if writer_ended || writing.await.is_err() {
            return Err(CommandError::WriterFailed);
        }
        if worker_ended {
            return Err(CommandError::WorkerFailed);
        }
        if asking_ended {
            return Err(CommandError::AskingFailed);
        }
        if let Err(error) = used_secrets.flush(store.as_ref()).await {
            tracing::warn!(%error, "when secrets were last used is not stored");
        }
        audit::log_head(store.as_ref()).await;
        store.close().await;
        Ok(())
    }

    fn services(&self, operations: Operations, directory: Arc<Directory>, writer: Writer, ending: CancellationToken) -> Services {
        Services {
            door: Door {
                directory,
                writer,
                clock: Arc::clone(&operations.clock),
                ids: Arc::clone(&operations.ids),
                limits: Limits {
                    max_body: self.server.max_body as usize,
                    ..Limits::default()
                },
                trusted_proxies: self.server.trusted_proxies.0.clone().into(),
                used_secrets: Arc::default(),
            },
            operations,
            site: site(self.address.addr, self.server.site_root.clone()),
            ending,
        }
    }
}

/// Where the built site is: the folder that was named, or `site` beside the executable.
fn site(addr: SocketAddr, root: Option<PathBuf>) -> LeptosOptions {
    let root = root.unwrap_or_else(|| {
        let executable = std::env::current_exe().unwrap_or_default();
        executable.parent().map(|folder| folder.join("site")).unwrap_or_default()
    });
    let is_built = root.join("pkg").is_dir();
    if !is_built {
        tracing::warn!(folder = %root.display(), "the site is not built, so pages have no style: run `make build`");
    }
    LeptosOptions::builder()
        .output_name("hookproof")
        .site_root(root.to_string_lossy().into_owned())
        .site_pkg_dir("pkg")
        .site_addr(addr)
        .hash_files(is_built)
        .build()
}

/// Ready when the terminal or the service manager asks the process to end.
pub async fn asked_to_end() {
    let interrupt = tokio::signal::ctrl_c();
    let Ok(mut terminate) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) else {
        let _ = interrupt.await;
        return;
    };
    tokio::select! {
        _ = interrupt => {}
        _ = terminate.recv() => {}
    }
}
