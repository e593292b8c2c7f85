//! The command line: a file a command.

mod audit;
mod demo;
mod demo_service;
mod destination;
mod endpoint;
mod export;
mod key;
mod migrate;
mod reconcile;
mod sandbox;
mod sandbox_apis;
mod serve;
mod token;
mod user;

use std::process::ExitCode;
use std::sync::Arc;

use clap::{Parser, Subcommand};

use crate::accounts::{Passwords, RotateError, UnlockError, unlock};
use crate::audit::VerifyError;
use crate::clock::SystemClock;
use crate::config::StorageSettings;
use crate::ingest::DirectoryError;
use crate::operation::{OperationError, Operations};
use crate::store::{self, StoreError};
use url::Url;

/// Console and gateway for the webhooks of identity-verification providers.
#[derive(Debug, Parser)]
#[command(name = "hookproof", version)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,

    /// What is logged: `error`, `warn`, `info`, `debug`, or rules such as `hookproof=debug,sqlx=warn`
    #[arg(long, env = "HOOKPROOF_LOG", default_value = "info", global = true)]
    pub log: String,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Take webhooks and serve the console
    Serve(serve::Serve),
    /// Bring the database to this version's form
    Migrate(migrate::Migrate),
    /// Add and list endpoints, and give them secrets
    #[command(subcommand)]
    Endpoint(endpoint::EndpointCommand),
    /// Add and list the addresses that webhooks are forwarded to
    #[command(subcommand)]
    Destination(destination::DestinationCommand),
    /// Print everything that is kept of a person as JSON
    Export(export::Export),
    /// Compare what a provider lists with what came, and store what never did
    Reconcile(reconcile::Reconcile),
    /// Change the key that seals secrets
    #[command(subcommand)]
    Key(key::KeyCommand),
    /// Check the audit log
    #[command(subcommand)]
    Audit(audit::AuditCommand),
    /// Add and list users, and help those who cannot get in
    #[command(subcommand)]
    User(user::UserCommand),
    /// Make tokens for programs
    #[command(subcommand)]
    Token(token::TokenCommand),
    /// Post signed webhooks of every provider to a running server, as the providers would
    Sandbox(sandbox::Sandbox),
    /// Serve with a week of made-up history and the sandbox posting: a log that is alive
    Demo(demo::Demo),
}

/// Why a command ended without doing what it was asked. Each is one line that names what to change.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    #[error("{0} (HOOKPROOF_DATABASE_URL)")]
    Store(#[from] StoreError),
    #[error(transparent)]
    Unlock(#[from] UnlockError),
    #[error(transparent)]
    Directory(#[from] DirectoryError),
    #[error(transparent)]
    Rotate(#[from] RotateError),
    #[error(transparent)]
    Verify(#[from] VerifyError),
    #[error(transparent)]
    Operation(#[from] OperationError),
    #[error("cannot listen on {addr}: {source} (HOOKPROOF_ADDR)")]
    Listen {
        addr: std::net::SocketAddr,
        source: std::io::Error,
    },
    #[error("the log's rules cannot be read: {0} (HOOKPROOF_LOG)")]
    Log(#[from] tracing_subscriber::filter::ParseError),
    #[error("the server ended because webhooks could not be stored any more: the log says why")]
    WriterFailed,
    #[error("the server ended because webhooks could not be forwarded any more: the log says why")]
    WorkerFailed,
    #[error("the server ended because providers' APIs could not be asked any more: the log says why")]
    AskingFailed,
    #[error("{0}")]
    Io(#[from] std::io::Error),
    #[error("{url} does not answer: {reason}")]
    NoAnswer { url: String, reason: String },
    #[error("{0}")]
    Usage(String),
}

/// Runs the command; an error becomes one line on standard error and exit code 1.
pub async fn run(cli: Cli) -> ExitCode {
    let ended = match cli.command {
        Command::Serve(serve) => serve.run().await,
        Command::Migrate(migrate) => migrate.run().await,
        Command::Endpoint(endpoint) => endpoint.run().await,
        Command::Destination(destination) => destination.run().await,
        Command::Export(export) => export.run().await,
        Command::Reconcile(reconcile) => reconcile.run().await,
        Command::Key(key) => key.run().await,
        Command::Audit(audit) => audit.run().await,
        Command::User(user) => user.run().await,
        Command::Token(token) => token.run().await,
        Command::Sandbox(sandbox) => sandbox.run().await,
        Command::Demo(demo) => demo.run().await,
    };
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(&error);
            ExitCode::FAILURE
        }
    }
}

/// Opens the database and the vault, for commands that do what the console does.
async fn operations(storage: &StorageSettings, public_url: Url) -> Result<Operations, CommandError> {
    let store = store::open(&storage.database_url).await?;
    store.migrate().await?;
    let vault = unlock(store.as_ref(), storage.key_source()?).await?;
    let (passwords, clock) = (Passwords::default(), Arc::new(SystemClock));
    Ok(Operations::new(store, vault, passwords, clock, public_url))
}

/// What is never logged.
const QUIET: &str = "tower_sessions=off,tower_sessions_core=off";

/// Sends the log to standard error.
pub fn start_log(rules: &str) -> Result<(), CommandError> {
    // A cookie that has expired is no event; what goes wrong with a session is logged where it is kept.
    let filter = tracing_subscriber::EnvFilter::try_new(format!("{rules},{QUIET}"))?;
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
    Ok(())
}

#[expect(
    clippy::print_stderr,
    reason = "a command that fails says so on standard error, whatever is logged"
)]
pub fn complain(error: &CommandError) {
    eprintln!("error: {error}");
}

/// Prints what a command was asked for.
#[expect(clippy::print_stdout, reason = "standard output is where a command answers")]
fn answer(text: impl std::fmt::Display) {
    println!("{text}");
}
