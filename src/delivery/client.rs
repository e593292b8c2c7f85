//! One HTTP attempt. Whatever the other side does, it ends in time, takes a bounded amount of memory, and comes back as an
//! [`Answer`].

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::{Body, Incoming};
use hyper::header::RETRY_AFTER;
use hyper::http::response::Parts;
use hyper::{HeaderMap, Method, Request, Response, StatusCode};
use hyper_util::client::legacy::Client as Pool;
use hyper_util::client::legacy::connect::{CaptureConnection, capture_connection};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use model::Failure;
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until, timeout_at};

use super::address::{AllowedNetworks, UrlProblem, check_url};
use super::connect::Connector;
use super::failure::failure_of;
use super::resolve::Resolve;
use super::retry_after::RetryAfter;
use super::timeouts::Timeouts;
use super::trust::Trust;
use super::wire::{Progress, Watched};

/// The longest answer in bytes. One that is longer is a failure: nobody answers a webhook with that.
pub const MAX_ANSWER: usize = 1024 * 1024;

/// How much of an answer is kept, in bytes.
pub const KEPT_OF_ANSWER: usize = 64 * 1024;

/// The longest head of an answer in bytes, all headers together.
const MAX_HEAD: usize = 64 * 1024;

/// How long a connection is kept that nothing is sent on. Shorter than the 5 s after which common servers close one, as a
/// request that crosses the closing would fail for nothing.
const KEEP_IDLE: Duration = Duration::from_secs(4);

/// How many such connections are kept for each host.
const MOST_IDLE: usize = 32;

/// Sends requests to addresses that strangers named.
#[derive(Clone)]
pub struct Client {
    pool: Pool<Connector, Full<Bytes>>,
    allowed: Arc<AllowedNetworks>,
    timeouts: Timeouts,
}

/// A request to be sent, ready but for the headers that are HTTP's own: host and length. Has no `Debug`, as headers may hold
/// secrets.
#[derive(Clone)]
pub struct Outgoing {
    pub method: Method,
    /// Checked when it is sent, as what is allowed may have changed since it was entered.
    pub url: String,
    pub headers: HeaderMap,
    pub body: Bytes,
}

/// What an attempt came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answer {
    /// `None` when no answer began.
    pub status: Option<u16>,
    /// `None` when the status is 2xx and the answer was whole.
    pub failure: Option<Failure>,
    pub retry_after: Option<RetryAfter>,
    /// Names in lower case. A value that is not UTF-8 has replacement characters.
    pub response_headers: Vec<(String, String)>,
    /// The beginning of the answer as text, at most [`KEPT_OF_ANSWER`].
    pub response_body: String,
    pub duration: Duration,
}

/// What an attempt came to whose answer is wanted for what it says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fetched {
    /// Its `response_body` is left empty.
    pub answer: Answer,
    /// As it came. Not whole when there is a failure.
    pub body: Bytes,
}

/// How much is read of an answer, in bytes.
#[derive(Clone, Copy)]
struct Lengths {
    /// What is longer is a failure.
    longest: usize,
    kept: usize,
}

impl Client {
    pub fn new(resolver: Arc<dyn Resolve>, allowed: AllowedNetworks, timeouts: Timeouts, trust: &Trust) -> Self {
        let connector = Connector::new(resolver, allowed.clone(), timeouts, trust);
        let pool = Pool::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(KEEP_IDLE)
            .pool_max_idle_per_host(MOST_IDLE)
            .http1_max_buf_size(MAX_HEAD)
            .build(connector);
        Self {
            pool,
            allowed: Arc::new(allowed),
            timeouts,
        }
    }

    /// How long an attempt takes at most.
    pub const fn longest(&self) -> Duration {
        self.timeouts.whole
    }

    /// Makes one attempt. Redirects are not followed.
    pub async fn send(&self, request: Outgoing) -> Answer {
        let lengths = Lengths {
            longest: MAX_ANSWER,
            kept: KEPT_OF_ANSWER,
        };
        let (mut answer, kept) = self.attempt(request, lengths).await;
        answer.response_body = text_of(&kept);
        answer
    }

    /// Makes one attempt and keeps the whole answer, which may have so many bytes. Redirects are not followed.
    pub async fn fetch(&self, request: Outgoing, longest: usize) -> Fetched {
        let lengths = Lengths { longest, kept: longest };
        let (answer, kept) = self.attempt(request, lengths).await;
        Fetched {
            answer,
            body: kept.into(),
        }
    }

    async fn attempt(&self, request: Outgoing, lengths: Lengths) -> (Answer, Vec<u8>) {
        let began = Instant::now();
        let (mut answer, mut kept) = (Answer::default(), Vec::new());
        let deadline = began + self.timeouts.whole;
        let exchange = self.exchange(request, deadline, lengths, &mut answer, &mut kept);
        answer.failure = exchange.await.err();
        answer.duration = began.elapsed();
        (answer, kept)
    }

    async fn exchange(
        &self,
        outgoing: Outgoing,
        deadline: Instant,
        lengths: Lengths,
        answer: &mut Answer,
        kept: &mut Vec<u8>,
    ) -> Result<(), Failure> {
        let url = check_url(&outgoing.url, &self.allowed).map_err(|problem| match problem {
            UrlProblem::Address(_) => Failure::AddressNotAllowed,
            _ => Failure::UrlNotAllowed,
        })?;
        let mut request = Request::new(Full::new(outgoing.body));
        *request.method_mut() = outgoing.method;
        *request.uri_mut() = url.uri().clone();
        *request.headers_mut() = outgoing.headers;

        let (head, body) = self.head_of_answer(request, deadline).await?.into_parts();
        answer.take_head(&head);
        let read = timeout_at(deadline, read_body(body, lengths, kept)).await;
        if let Some(failure) = failure_of_status(head.status) {
            // The body of an answer that says no is only kept to be shown.
            return Err(failure);
        }
        read.unwrap_or(Err(Failure::ResponseTimeout))
    }

    async fn head_of_answer(&self, mut request: Request<Full<Bytes>>, deadline: Instant) -> Result<Response<Incoming>, Failure> {
        let connection = capture_connection(&mut request);
        tokio::select! {
            answer = self.pool.request(request) => answer.map_err(|error| failure_of(&error)),
            failure = overdue(connection, &self.timeouts, deadline) => Err(failure),
        }
    }
}

impl Answer {
    fn take_head(&mut self, head: &Parts) {
        let text = |value: &[u8]| String::from_utf8_lossy(value).into_owned();
        self.status = Some(head.status.as_u16());
        self.response_headers = head
            .headers
            .iter()
            .map(|(name, value)| (name.as_str().to_owned(), text(value.as_bytes())))
            .collect();
        let retry_after = head.headers.get(RETRY_AFTER).and_then(|value| value.to_str().ok());
        self.retry_after = retry_after.and_then(RetryAfter::read);
    }
}

fn failure_of_status(status: StatusCode) -> Option<Failure> {
    if status.is_success() {
        None
    } else if status.is_redirection() {
        Some(Failure::Redirect)
    } else {
        Some(Failure::Status)
    }
}

/// Ends when the answer's head is late, with the failure that this is: the first byte has a limit of its own from when the
/// last of the request was sent, and everything has the deadline.
async fn overdue(connection: CaptureConnection, timeouts: &Timeouts, deadline: Instant) -> Failure {
    let mut progress = None;
    let first_byte_is_late = async {
        let progress = progress.insert(watched(connection, timeouts.connection).await);
        first_byte_is_late(progress, timeouts.first_byte).await;
    };
    if timeout_at(deadline, first_byte_is_late).await.is_ok() {
        return Failure::FirstByteTimeout;
    }
    match progress.map(|progress| *progress.borrow()) {
        Some(Progress::Answering) => Failure::ResponseTimeout,
        _ => Failure::FirstByteTimeout,
    }
}

/// The progress on the connection that the request was given, as soon as it has one. A connection that is older than `longest`
/// is not used again after this request.
async fn watched(mut connection: CaptureConnection, longest: Duration) -> watch::Receiver<Progress> {
    let mut extras = hyper::http::Extensions::new();
    if let Some(connected) = &*connection.wait_for_connection_metadata().await {
        connected.get_extras(&mut extras);
        if extras
            .get::<Watched>()
            .is_some_and(|watched| watched.since.elapsed() >= longest)
        {
            connected.poison();
        }
    }
    match extras.remove::<Watched>() {
        Some(watched) => watched.progress,
        // There is none when connecting failed, which the request itself tells.
        None => std::future::pending().await,
    }
}

async fn first_byte_is_late(progress: &mut watch::Receiver<Progress>, limit: Duration) {
    loop {
        let now = *progress.borrow_and_update();
        let is_late = async {
            match now {
                Progress::Sent(at) => sleep_until(at + limit).await,
                Progress::Idle | Progress::Answering => std::future::pending().await,
            }
        };
        tokio::select! {
            () = is_late => return,
            changed = progress.changed() => if changed.is_err() {
                // The connection is gone, which the request itself tells.
                return std::future::pending().await;
            },
        }
    }
}

/// Reads an answer to its end, so that the connection can be used again, and keeps its beginning.
async fn read_body(mut body: Incoming, lengths: Lengths, kept: &mut Vec<u8>) -> Result<(), Failure> {
    if body.size_hint().lower() > lengths.longest as u64 {
        return Err(Failure::ResponseTooLarge);
    }
    let mut length = 0;
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(|error| failure_of(&error))?.into_data() else {
            continue;
        };
        length += data.len();
        let room = lengths.kept - kept.len();
        kept.extend_from_slice(&data[..data.len().min(room)]);
        if length > lengths.longest {
            return Err(Failure::ResponseTooLarge);
        }
    }
    Ok(())
}

/// Bytes as text that can be stored anywhere and is no longer than what is kept: replacement characters take more room than
/// what they stand for, and PostgreSQL takes no NUL.
fn text_of(kept: &[u8]) -> String {
    let mut text = String::from_utf8_lossy(kept).replace('\0', "\u{fffd}");
    text.truncate(text.floor_char_boundary(KEPT_OF_ANSWER));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_kept_as_text_whatever_it_is() {
        let check = |kept: &[u8], expected: &str| assert_eq!(text_of(kept), expected);
        check(b"ok", "ok");
        check(b"a\0b", "a\u{fffd}b");
        check(b"caf\xe9", "caf\u{fffd}");
        check(&vec![0xff; KEPT_OF_ANSWER], &"\u{fffd}".repeat(KEPT_OF_ANSWER / 3));
    }
}
