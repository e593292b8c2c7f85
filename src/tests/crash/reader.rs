//! Someone who may read bodies, as a program.

use std::net::SocketAddr;

use uuid::Uuid;

use crate::load::connection::{Answer, Connection};
use crate::load::installation::Installation;

/// The token of a user who may read bodies.
#[derive(Clone)]
pub struct Reader(String);

impl Reader {
    pub fn add_to(installation: &Installation) -> Self {
        let email = "reader@hookproof.example";
        let user = ["user", "add", email, "--role", "operator", "--password-stdin"];
        installation.answer_of(&user, "a password that nobody uses");
        let answer = installation.answer_of(&["token", "add", "--user", email, "--name", "checks"], "");
        let answer = String::from_utf8(answer).expect("`token add` prints text");
        Self(answer.lines().last().expect("`token add` prints the token last").to_owned())
    }

    /// Asks for a webhook's body.
    pub async fn body<'a>(&self, connection: &'a mut Connection, address: SocketAddr, webhook: Uuid) -> Answer<'a> {
        let token = &self.0;
        let request =
            format!("GET /api/v1/webhooks/{webhook}/body HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {token}\r\n\r\n");
        connection.exchange(request.as_bytes()).await.expect("the server answers")
    }
}
