use std::io;
use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A keep-alive HTTP/1.1 connection that sends prepared bytes and waits for the answer.
pub struct Connection {
    stream: TcpStream,
    received: Vec<u8>,
    filled: usize,
}

/// An answer whose body came with a `Content-Length`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answer<'a> {
    pub status: u16,
    pub body: &'a [u8],
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum ConnectionError {
    #[error("the connection broke: {0}")]
    Broken(#[from] io::Error),
    #[error("the server closed the connection before its answer was complete")]
    Closed,
    #[error("the answer is not HTTP/1.1: {0}")]
    NotHttp(#[from] httparse::Error),
    #[error("the answer does not say how long its body is")]
    NoLength,
}

/// Where the body of an answer lies in what was received.
struct Head {
    status: u16,
    body_from: usize,
    body_to: usize,
}

impl Connection {
    pub async fn open(address: SocketAddr) -> Result<Self, ConnectionError> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            received: vec![0; 4096],
            filled: 0,
        })
    }

    /// Sends a whole request and reads the whole answer.
    pub async fn exchange(&mut self, request: &[u8]) -> Result<Answer<'_>, ConnectionError> {
        self.stream.write_all(request).await?;
        self.filled = 0;
        let head = loop {
            self.receive().await?;
            if let Some(head) = read_head(&self.received[..self.filled])? {
                break head;
            }
        };
        while self.filled < head.body_to {
            self.receive().await?;
        }
        Ok(Answer {
            status: head.status,
            body: &self.received[head.body_from..head.body_to],
        })
    }

    pub async fn get(&mut self, path: &str) -> Result<Answer<'_>, ConnectionError> {
        let request = format!("GET {path} HTTP/1.1\r\nhost: {}\r\n\r\n", self.stream.peer_addr()?);
        self.exchange(request.as_bytes()).await
    }

    async fn receive(&mut self) -> Result<(), ConnectionError> {
        if self.filled == self.received.len() {
            self.received.resize(self.received.len() * 2, 0);
        }
        match self.stream.read(&mut self.received[self.filled..]).await? {
            0 => Err(ConnectionError::Closed),
            read => {
                self.filled += read;
                Ok(())
            }
        }
    }
}

/// Reads the head of an answer; `None` while it is not complete.
fn read_head(received: &[u8]) -> Result<Option<Head>, ConnectionError> {
    let mut headers = [httparse::EMPTY_HEADER; 32];
    let mut answer = httparse::Response::new(&mut headers);
    let httparse::Status::Complete(body_from) = answer.parse(received)? else {
        return Ok(None);
    };
    let length = answer
        .headers
        .iter()
        .find(|header| header.name.eq_ignore_ascii_case("content-length"))
        .and_then(|header| std::str::from_utf8(header.value).ok()?.parse::<usize>().ok())
        .ok_or(ConnectionError::NoLength)?;
    Ok(Some(Head {
        status: answer.code.unwrap_or_default(),
        body_from,
        body_to: body_from + length,
    }))
}
