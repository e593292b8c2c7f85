//! What the crash test and the ingest bench share: a running server, a database of its own, and signed webhooks to load it
//! with.
//!
//! The cast: an [`Installation`](installation::Installation) is a configured hookproof, which is started as a process of
//! its own and can be killed; its [`Database`](database::Database) lives for one run; a [`Sender`](sender::Sender) makes
//! signed requests of Persona; a [`Connection`](connection::Connection) sends prepared bytes and reads answers with as
//! little work as possible, since it shares the machine with what it loads.

pub mod connection;
pub mod database;
pub mod installation;
pub mod numbers;
pub mod sender;
