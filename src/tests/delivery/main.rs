//! One attempt at a destination, over real sockets: what it gets, and what every way of not answering comes to.

mod answers;
mod authority;
mod connections;
mod destination;
mod failures;
mod hostile;
mod names;
mod setup;
