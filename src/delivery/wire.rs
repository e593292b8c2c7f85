//! A connection that tells how far the exchange on it is, as hyper does not: when the last of the request went out, and
//! whether an answer began.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use hyper_util::client::legacy::connect::{Connected, Connection};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::watch;
use tokio::time::Instant;

/// How far the exchange is that a connection is busy with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Progress {
    /// Nothing was sent yet.
    Idle,
    /// Something was sent, the last of it then, and nothing came back since.
    Sent(Instant),
    /// Something came back.
    Answering,
}

/// What is said of a connection to those that wait for an answer on it.
#[derive(Debug, Clone)]
pub(super) struct Watched {
    pub(super) progress: watch::Receiver<Progress>,
    /// When it was made.
    pub(super) since: Instant,
}

pub(super) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// A TCP connection, with TLS or without.
pub(super) struct Wire {
    stream: Box<dyn Stream>,
    progress: watch::Sender<Progress>,
    since: Instant,
}

impl Wire {
    pub(super) fn new(stream: impl Stream + 'static) -> Self {
        Self {
            stream: Box::new(stream),
            progress: watch::Sender::new(Progress::Idle),
            since: Instant::now(),
        }
    }

    fn wrote(&self, written: usize) -> usize {
        if written > 0 {
            self.progress.send_replace(Progress::Sent(Instant::now()));
        }
        written
    }
}

impl Connection for Wire {
    fn connected(&self) -> Connected {
        Connected::new().extra(Watched {
            progress: self.progress.subscribe(),
            since: self.since,
        })
    }
}

impl AsyncRead for Wire {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(context, buffer))?;
        if buffer.filled().len() > before {
            self.progress.send_if_modified(|progress| {
                let began = *progress != Progress::Answering;
                *progress = Progress::Answering;
                began
            });
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Wire {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = ready!(Pin::new(&mut self.stream).poll_write(context, bytes))?;
        Poll::Ready(Ok(self.wrote(written)))
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = ready!(Pin::new(&mut self.stream).poll_write_vectored(context, slices))?;
        Poll::Ready(Ok(self.wrote(written)))
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
