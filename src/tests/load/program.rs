//! A program of an admin's, which configures destinations over the API.

use std::time::Duration;

use serde_json::{Value, json};

use crate::load::installation::Installation;

pub struct Program {
    client: reqwest::Client,
    base: String,
    token: String,
}

impl Program {
    /// Adds the admin and their token.
    pub fn add_to(installation: &Installation) -> Self {
        let email = "admin@hookproof.example";
        let user = ["user", "add", email, "--role", "admin", "--password-stdin"];
        installation.answer_of(&user, "a password that nobody uses");
        let answer = installation.answer_of(&["token", "add", "--user", email, "--name", "load"], "");
        let answer = String::from_utf8(answer).expect("`token add` prints text");
        let client = reqwest::Client::builder()
            .no_proxy()
            // A server that was killed leaves connections behind that lead nowhere.
            .pool_max_idle_per_host(0)
            .timeout(Duration::from_secs(30));
        Self {
            client: client.build().expect("a client"),
            base: format!("http://{}/api/v1", installation.sender.address),
            token: answer.lines().last().expect("`token add` prints the token last").to_owned(),
        }
    }

    /// A destination that takes everything and gets nothing yet; gives its id.
    pub async fn add_waiting_destination(&self, name: &str, url: &str, concurrency: u32) -> String {
        let destination = json!({ "name": name, "url": url, "concurrency": concurrency });
        let added = self.post("/destinations", &destination).await;
        let id = added["id"].as_str().expect("a destination has an id").to_owned();
        self.disable(&id).await;
        id
    }

    pub async fn enable(&self, destination: &str) {
        self.post(&format!("/destinations/{destination}/enable"), &json!({})).await;
    }

    pub async fn disable(&self, destination: &str) {
        self.post(&format!("/destinations/{destination}/disable"), &json!({})).await;
    }

    async fn post(&self, path: &str, body: &Value) -> Value {
        let request = self.client.post(format!("{}{path}", self.base)).bearer_auth(&self.token);
        let answer = request.json(body).send().await.expect("the server answers");
        let status = answer.status();
        let text = answer.text().await.expect("the answer is whole");
        assert!(status.is_success(), "POST {path}: {status} {text}");
        serde_json::from_str(&text).expect("the answer is JSON")
    }
}
