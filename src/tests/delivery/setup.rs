//! Clients as these tests want them.

use std::io;
use std::net::IpAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use hookproof::delivery::{AllowedNetworks, Client, Outgoing, Resolve, Timeouts, Trust};
use hyper::{HeaderMap, Method};

/// Long enough for a busy machine; tests of slowness make one of them short.
pub fn patient() -> Timeouts {
    let long = Duration::from_secs(20);
    Timeouts {
        dns: long,
        connect: long,
        tls: long,
        first_byte: long,
        whole: Duration::from_secs(40),
        connection: long,
    }
}

/// Long enough to be seen, and short enough to be waited for.
pub const SHORT: Duration = Duration::from_millis(60);

pub fn allowing(networks: &[&str]) -> AllowedNetworks {
    AllowedNetworks {
        networks: networks.iter().map(|network| network.parse().expect("a network")).collect(),
        http: true,
    }
}

/// A client that may reach this machine over plain http, and trusts nobody.
pub fn local_client(timeouts: Timeouts) -> Client {
    let names = Arc::new(Names::default());
    Client::new(names, allowing(&["127.0.0.0/8"]), timeouts, &Trust::only([]))
}

pub fn post(url: &str) -> Outgoing {
    Outgoing {
        method: Method::POST,
        url: url.to_owned(),
        headers: HeaderMap::new(),
        body: Bytes::from_static(b"{}"),
    }
}

/// Answers to look-ups, one after another; the last one again and again. Without any, no name has an address.
#[derive(Default)]
pub struct Names {
    answers: Mutex<Vec<Vec<IpAddr>>>,
    asked: Mutex<Vec<String>>,
}

impl Names {
    pub fn answering(answers: &[&[&str]]) -> Arc<Self> {
        let address = |address: &&str| address.parse().expect("an address");
        let answers = answers.iter().map(|answer| answer.iter().map(address).collect()).collect();
        Arc::new(Self {
            answers: Mutex::new(answers),
            asked: Mutex::default(),
        })
    }

    /// The names that were asked for.
    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().expect("not poisoned").clone()
    }
}

#[async_trait]
impl Resolve for Names {
    async fn resolve(&self, name: &str) -> io::Result<Vec<IpAddr>> {
        self.asked.lock().expect("not poisoned").push(name.to_owned());
        let mut answers = self.answers.lock().expect("not poisoned");
        match answers.as_slice() {
            [] => Err(io::Error::other("no such name")),
            [last] => Ok(last.clone()),
            [_, ..] => Ok(answers.remove(0)),
        }
    }
}
