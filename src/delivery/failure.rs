//! What hyper's errors are in the words of a delivery.

use std::error::Error;
use std::io::{self, ErrorKind};

use model::Failure;

use super::connect::NotConnected;

/// Finds the failure that an error tells of, from the error itself down to its last cause.
pub(super) fn failure_of(error: &(dyn Error + 'static)) -> Failure {
    let causes = || std::iter::successors(Some(error), |&error| error.source());
    causes()
        .find_map(said_plainly)
        .or_else(|| causes().find_map(said_by_connection))
        .unwrap_or(Failure::ProtocolError)
}

fn said_plainly(error: &(dyn Error + 'static)) -> Option<Failure> {
    if let Some(NotConnected(failure)) = error.downcast_ref() {
        return Some(*failure);
    }
    let error: &hyper::Error = error.downcast_ref()?;
    if error.is_parse_too_large() {
        Some(Failure::ResponseTooLarge)
    } else if error.is_parse() {
        Some(Failure::ProtocolError)
    } else if error.is_incomplete_message() || error.is_closed() || error.is_canceled() {
        Some(Failure::ConnectionClosed)
    } else {
        None
    }
}

fn said_by_connection(error: &(dyn Error + 'static)) -> Option<Failure> {
    let error: &io::Error = error.downcast_ref()?;
    // An alert that comes after the handshake, such as one that asks for a certificate of ours.
    if error.get_ref().is_some_and(<dyn Error + Send + Sync>::is::<rustls::Error>) {
        return Some(Failure::TlsFailed);
    }
    match error.kind() {
        // What hyper could not make sense of in a body.
        ErrorKind::InvalidData | ErrorKind::InvalidInput | ErrorKind::Other => Some(Failure::ProtocolError),
        _ => Some(Failure::ConnectionClosed),
    }
}
