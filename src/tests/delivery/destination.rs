//! A destination that does as it is told: it listens on a port of its own and answers by a script.

use std::collections::VecDeque;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rustls::ServerConfig;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

/// Does as its script says until it is dropped.
pub struct Destination {
    pub address: SocketAddr,
    shared: Arc<Shared>,
    listening: JoinHandle<()>,
}

/// What is done on every connection, again and again until it ends.
#[derive(Debug, Clone)]
pub enum Script {
    /// Answers each request with these bytes.
    Answer(Vec<u8>),
    /// The same, and closes the connection after it.
    AnswerAndClose(Vec<u8>),
    /// The same, and resets the connection after it.
    AnswerAndReset(Vec<u8>),
    /// The same, and says nothing more until the other side closes.
    AnswerAndHang(Vec<u8>),
    /// Answers so many bytes at a time, with a pause after each.
    Trickle { answer: Vec<u8>, size: usize, pause: Duration },
    /// Answers with the first, and goes on with the second for ever.
    Endless { head: Vec<u8>, again: Vec<u8> },
    /// Takes the connection and never reads from it: no request, no TLS.
    Deaf,
    /// Speaks before it was spoken to, and closes.
    Blurt(Vec<u8>),
}

/// A request as it came.
#[derive(Debug, Clone)]
pub struct Received {
    /// The request line.
    pub line: String,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

#[derive(Default)]
struct Shared {
    /// One for each request; the last again and again.
    scripts: Mutex<VecDeque<Script>>,
    received: Mutex<Vec<Received>>,
    connections: AtomicUsize,
    /// How many requests were received.
    count: watch::Sender<usize>,
    given_up: watch::Sender<usize>,
}

impl Script {
    /// A whole answer of that status, with a length and these header lines.
    pub fn status(status: u16, lines: &[&str], body: &str) -> Self {
        let first = format!("HTTP/1.1 {status} X");
        let length = format!("content-length: {}", body.len());
        let head: Vec<_> = [first.as_str()]
            .into_iter()
            .chain(lines.iter().copied())
            .chain([length.as_str()])
            .collect();
        Self::Answer(format!("{}\r\n\r\n{body}", head.join("\r\n")).into_bytes())
    }
}

impl Received {
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(found, _)| found == name);
        found.map(|(_, value)| value.as_str())
    }
}

impl Destination {
    /// On 127.0.0.1, over plain http.
    pub async fn start(script: Script) -> Self {
        Self::start_on((Ipv4Addr::LOCALHOST, 0).into(), script, None).await
    }

    /// On 127.0.0.1, over https with the certificate that the configuration has.
    pub async fn start_tls(script: Script, config: ServerConfig) -> Self {
        Self::start_on((Ipv4Addr::LOCALHOST, 0).into(), script, Some(Arc::new(config).into())).await
    }

    pub async fn start_on(address: SocketAddr, script: Script, tls: Option<TlsAcceptor>) -> Self {
        let listener = TcpListener::bind(address).await.expect("the port is free");
        let address = listener.local_addr().expect("it listens");
        let shared = Arc::new(Shared::default());
        let destination = Self {
            address,
            shared: shared.clone(),
            listening: tokio::spawn(listen(listener, shared, tls)),
        };
        destination.follow(script);
        destination
    }

    /// Changes what the next requests are answered with.
    pub fn follow(&self, script: Script) {
        self.follow_in_turn([script]);
    }

    /// The same, for one request after another; the last for all that come after it.
    pub fn follow_in_turn(&self, scripts: impl IntoIterator<Item = Script>) {
        *self.shared.scripts.lock().expect("not poisoned") = scripts.into_iter().collect();
    }

    pub fn http_url(&self) -> String {
        format!("http://{}/webhooks?of=tests", self.address)
    }

    /// The URL under a name that leads to it.
    pub fn https_url(&self, name: &str) -> String {
        format!("https://{name}:{}/webhooks", self.address.port())
    }

    pub fn received(&self) -> Vec<Received> {
        self.shared.received.lock().expect("not poisoned").clone()
    }

    /// Waits until so many requests came.
    pub async fn until_received(&self, requests: usize) {
        let mut received = self.shared.count.subscribe();
        received.wait_for(|count| *count >= requests).await.expect("it listens");
    }

    /// How many connections were made to it so far.
    pub fn connections(&self) -> usize {
        self.shared.connections.load(Ordering::SeqCst)
    }

    /// Waits until the other side closed so many of the connections on which this one hangs.
    pub async fn was_given_up(&self, times: usize) {
        let mut given_up = self.shared.given_up.subscribe();
        let reached = given_up.wait_for(|given_up| *given_up >= times);
        let reached = tokio::time::timeout(Duration::from_secs(20), reached).await;
        reached.expect("it closes in time").expect("the sender stays");
    }
}

impl Drop for Destination {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

async fn listen(listener: TcpListener, shared: Arc<Shared>, tls: Option<TlsAcceptor>) {
    // Dropped with the listener, and with them all connections.
    let mut open = tokio::task::JoinSet::new();
    loop {
        let (stream, _) = listener.accept().await.expect("the listener stays");
        shared.connections.fetch_add(1, Ordering::SeqCst);
        open.spawn(serve(stream, shared.clone(), tls.clone()));
    }
}

/// Whatever the other side does is no concern of the script's, so errors only end the connection.
async fn serve(stream: TcpStream, shared: Arc<Shared>, tls: Option<TlsAcceptor>) -> io::Result<()> {
    match shared.script() {
        Script::Deaf => return std::future::pending().await,
        Script::AnswerAndReset(_) => stream.set_zero_linger()?,
        _ => {}
    }
    match tls {
        Some(tls) => perform(tls.accept(stream).await?, &shared).await,
        None => perform(stream, &shared).await,
    }
}

async fn perform(mut stream: impl AsyncRead + AsyncWrite + Unpin, shared: &Shared) -> io::Result<()> {
    if let Script::Blurt(bytes) = shared.script() {
        stream.write_all(&bytes).await?;
        return stream.shutdown().await;
    }
    let mut unread = Vec::new();
    while let Some(request) = read_request(&mut stream, &mut unread).await? {
        shared.received.lock().expect("not poisoned").push(request);
        shared.count.send_modify(|count| *count += 1);
        match shared.take_script() {
            Script::Answer(bytes) => stream.write_all(&bytes).await?,
            Script::AnswerAndClose(bytes) => {
                stream.write_all(&bytes).await?;
                return stream.shutdown().await;
            }
            Script::AnswerAndReset(bytes) => {
                stream.write_all(&bytes).await?;
                return stream.flush().await;
            }
            Script::AnswerAndHang(bytes) => {
                stream.write_all(&bytes).await?;
                stream.flush().await?;
                while stream.read_buf(&mut unread).await.is_ok_and(|read| read > 0) {}
                shared.given_up.send_modify(|given_up| *given_up += 1);
                return Ok(());
            }
            Script::Trickle { answer, size, pause } => {
                for bytes in answer.chunks(size) {
                    stream.write_all(bytes).await?;
                    stream.flush().await?;
                    tokio::time::sleep(pause).await;
                }
            }
            Script::Endless { head, again } => {
                stream.write_all(&head).await?;
                loop {
                    stream.write_all(&again).await?;
                }
            }
            Script::Deaf | Script::Blurt(_) => return Ok(()),
        }
        stream.flush().await?;
    }
    Ok(())
}

impl Shared {
    fn script(&self) -> Script {
        let scripts = self.scripts.lock().expect("not poisoned");
        scripts.front().cloned().expect("set at the start")
    }

    /// The script of a request that came.
    fn take_script(&self) -> Script {
        let mut scripts = self.scripts.lock().expect("not poisoned");
        let script = scripts.front().cloned().expect("set at the start");
        if scripts.len() > 1 {
            scripts.pop_front();
        }
        script
    }
}

/// `None` when the other side closes instead.
async fn read_request(stream: &mut (impl AsyncRead + Unpin), unread: &mut Vec<u8>) -> io::Result<Option<Received>> {
    loop {
        if let Some((request, length)) = parse(unread) {
            unread.drain(..length);
            return Ok(Some(request));
        }
        if stream.read_buf(unread).await? == 0 {
            return Ok(None);
        }
    }
}

/// The request that stands at the beginning, and its length; `None` while it is not whole.
fn parse(bytes: &[u8]) -> Option<(Received, usize)> {
    let mut headers = [httparse::EMPTY_HEADER; 64];
    let mut parsed = httparse::Request::new(&mut headers);
    let httparse::Status::Complete(head) = parsed.parse(bytes).expect("the client writes HTTP") else {
        return None;
    };
    let text = |value: &[u8]| String::from_utf8_lossy(value).into_owned();
    let headers: Vec<_> = parsed
        .headers
        .iter()
        .map(|header| (header.name.to_ascii_lowercase(), text(header.value)))
        .collect();
    let length = headers.iter().find(|(name, _)| name == "content-length");
    let end = head + length.map_or(0, |(_, length)| length.parse().expect("a length"));
    let received = Received {
        line: format!("{} {}", parsed.method.unwrap_or_default(), parsed.path.unwrap_or_default()),
        body: bytes.get(head..end)?.to_vec(),
        headers,
    };
    Some((received, end))
}
