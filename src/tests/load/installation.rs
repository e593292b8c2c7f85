use std::fs::{File, OpenOptions};
use std::io::Write;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;

use tokio::time::timeout;

use super::connection::Connection;
use super::database::Database;
use super::sender::{SECRET, Sender};

const START_LIMIT: Duration = Duration::from_secs(30);

/// A configured hookproof with one endpoint for Persona, started and killed at will.
pub struct Installation {
    pub sender: Sender,
    program: &'static str,
    database_url: String,
    folder: PathBuf,
    name: String,
}

/// A running server, killed when it is dropped.
pub struct Running(pub Child);

impl Installation {
    /// Adds the endpoint to an empty database. Key file and log go into `folder` under `name`.
    pub fn prepare(program: &'static str, database: &Database, folder: &Path, name: &str) -> Self {
        let mut installation = Self {
            sender: Sender {
                address: free_address(),
                token: String::new(),
            },
            program,
            database_url: database.url(),
            folder: folder.to_owned(),
            name: name.to_owned(),
        };
        let _ = std::fs::remove_file(installation.key_file());
        let _ = std::fs::remove_file(installation.log_file());
        installation.sender.token = installation.add_endpoint();
        installation
    }

    /// Starts the server and waits until it answers.
    pub async fn start(&self) -> Running {
        let log = self.open_log();
        let stderr = log.try_clone().expect("the log file can be opened twice");
        let child = self
            .command(&["serve"])
            .stdin(Stdio::null())
            .stdout(log)
            .stderr(stderr)
            .spawn()
            .expect("hookproof starts");
        let mut running = Running(child);
        timeout(START_LIMIT, self.until_ready(&mut running))
            .await
            .unwrap_or_else(|_| panic!("hookproof does not answer; see {}", self.log_file().display()));
        running
    }

    fn log_file(&self) -> PathBuf {
        self.folder.join(format!("{}.log", self.name))
    }

    fn key_file(&self) -> PathBuf {
        self.folder.join(format!("{}.key", self.name))
    }

    /// There is nothing to wait on in a process that is starting but the port that it opens, so this asks again and again.
    async fn until_ready(&self, running: &mut Running) {
        loop {
            if let Some(status) = running.0.try_wait().expect("a child can be waited for") {
                panic!("hookproof ended with {status}; see {}", self.log_file().display());
            }
            if let Ok(mut connection) = Connection::open(self.sender.address).await
                && connection.get("/readyz").await.is_ok_and(|answer| answer.status == 200)
            {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    fn add_endpoint(&self) -> String {
        let arguments = [
            "endpoint",
            "add",
            "--provider",
            "persona",
            "--name",
            "load",
            "--secret-stdin",
            "--json",
        ];
        let answer = self.answer_of(&arguments, SECRET);
        let endpoint: serde_json::Value = serde_json::from_slice(&answer).expect("`endpoint add --json` prints JSON");
        endpoint["token"].as_str().expect("an endpoint has a token").to_owned()
    }

    /// What a command prints that is given `input`.
    pub fn answer_of(&self, arguments: &[&str], input: &str) -> Vec<u8> {
        let mut child = self
            .command(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(self.open_log())
            .spawn()
            .expect("hookproof starts");
        let mut stdin = child.stdin.take().expect("stdin is piped");
        stdin.write_all(input.as_bytes()).expect("hookproof reads its input");
        drop(stdin);
        let output = child.wait_with_output().expect("a child can be waited for");
        assert!(
            output.status.success(),
            "`{}` failed; see {}",
            arguments.join(" "),
            self.log_file().display()
        );
        output.stdout
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(self.program);
        // What the caller's shell sets for its own hookproof is not this one's.
        for (variable, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("HOOKPROOF_")) {
            command.env_remove(variable);
        }
        command
            .args(arguments)
            .current_dir(&self.folder)
            .env("HOOKPROOF_DATABASE_URL", &self.database_url)
            .env("HOOKPROOF_KEY_FILE", self.key_file())
            .env("HOOKPROOF_ADDR", self.sender.address.to_string())
            // Its destinations are here.
            .env("HOOKPROOF_ALLOW_NETWORKS", "127.0.0.0/8")
            .env("HOOKPROOF_ALLOW_HTTP", "true");
        command
    }

    fn open_log(&self) -> File {
        OpenOptions::new()
            .create(true)
            .append(true)
            .open(self.log_file())
            .expect("the log file can be written")
    }
}

impl Running {
    /// `kill -9`, and waits until the process is gone.
    pub fn kill(mut self) {
        self.end();
    }

    fn end(&mut self) {
        // Killing fails only when it has ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.end();
    }
}

/// A free port of the loopback interface, below those that the kernel gives to outgoing connections: a client that asks
/// for a port on which nobody listens yet could otherwise be given that very port, and be connected to itself.
fn free_address() -> SocketAddr {
    /// Servers of one process must not be given the same port before they listen on it.
    static GIVEN: AtomicU16 = AtomicU16::new(0);
    let first = 20_000 + (std::process::id() % 5_000) as u16;
    loop {
        let address = SocketAddr::from(([127, 0, 0, 1], first + GIVEN.fetch_add(1, Ordering::Relaxed) % 5_000));
        if TcpListener::bind(address).is_ok() {
            return address;
        }
    }
}
