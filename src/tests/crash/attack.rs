//! One round: load, and `kill -9` in the middle of it.

use std::cell::{Cell, RefCell};
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;

use hookproof::clock::{Clock, SystemClock};
use serde::Deserialize;
use tokio::sync::Notify;
use tokio::task::{JoinSet, LocalSet};
use tokio::time::{sleep, timeout};
use uuid::Uuid;

use crate::bodies::body;
use crate::load::connection::Connection;
use crate::load::installation::{Installation, Running};
use crate::load::sender::Sender;

pub const CONNECTIONS: usize = 24;

/// How long the first answer may take, and how long connections to a dead server may take to break.
const LIMIT: Duration = Duration::from_secs(20);

/// A webhook that the server has promised to keep.
#[derive(Debug, Clone, Copy)]
pub struct Answered {
    pub id: Uuid,
    /// What its body is made from.
    pub number: u64,
}

/// What the connections of a round share.
struct Round {
    sender: Sender,
    /// The number of the next body.
    next: Cell<u64>,
    answered: RefCell<Vec<Answered>>,
    first_answer: Notify,
}

/// Loads the server and kills it `kill_after` its first answer. Gives what was answered with 200 and the number of the
/// next body that was never sent.
pub async fn load_and_kill(
    installation: &Installation,
    server: Running,
    first_number: u64,
    kill_after: Duration,
) -> (Vec<Answered>, u64) {
    let round = Rc::new(Round {
        sender: installation.sender.clone(),
        next: Cell::new(first_number),
        answered: RefCell::default(),
        first_answer: Notify::new(),
    });
    let mut connections = JoinSet::new();
    let local = LocalSet::new();
    for _ in 0..CONNECTIONS {
        connections.spawn_local_on(post_until_broken(Rc::clone(&round)), &local);
    }
    let kill = async {
        timeout(LIMIT, round.first_answer.notified())
            .await
            .expect("the server answers");
        sleep(kill_after).await;
        server.kill();
        while let Some(ended) = timeout(LIMIT, connections.join_next())
            .await
            .expect("connections to a dead server break")
        {
            ended.expect("the server answers as it should");
        }
    };
    local.run_until(kill).await;
    let answered = round.answered.take();
    (answered, round.next.get())
}

async fn post_until_broken(round: Rc<Round>) {
    let address: SocketAddr = round.sender.address;
    let mut connection = Connection::open(address).await.expect("the server accepts connections");
    loop {
        let number = round.next.get();
        round.next.set(number + 1);
        let request = round.sender.request(SystemClock.now().as_seconds(), &body(number));
        let Ok(answer) = connection.exchange(&request).await else {
            return;
        };
        assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(answer.body));
        let Accepted { id } = serde_json::from_slice(answer.body).expect("the answer carries the webhook's id");
        round.answered.borrow_mut().push(Answered { id, number });
        round.first_answer.notify_one();
    }
}

#[derive(Deserialize)]
struct Accepted {
    id: Uuid,
}
