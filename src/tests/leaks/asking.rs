//! Asking providers: with credentials and tokens that no record, log, export or page may hold.

use axum::Router;
use axum::extract::Request;
use axum::http::StatusCode;
use hookproof::records::Worker;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::steps::{ENDPOINT, Steps};

const KEY: &str = "key-at-the-provider-3f9d02";
const SECRET: &str = "secret-at-the-provider-b1e7";
const TOKEN: &str = "token-of-the-provider-86ac5d";

/// No secret: what must be found.
pub const RECORDED: &str = "what the provider answered";
const SUBJECT: &str = "user-1042";

/// An API that lets nobody in who does not have the right key, and tells those who have not what it was given.
async fn provider() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let addr = listener.local_addr().expect("an address");
    tokio::spawn(async move { axum::serve(listener, Router::new().fallback(answer)).await });
    format!("http://{addr}")
}

async fn answer(request: Request) -> (StatusCode, String) {
    let path = request.uri().path().to_owned();
    let given = format!("{:?}", request.headers());
    let body = match path.as_str() {
        "/token" => json!({"access_token": TOKEN, "expires_in": 300}),
        "/verifications/ver_1" if given.contains(TOKEN) => json!({"id": "ver_1", "note": RECORDED}),
        "/inquiries/inq_1" if given.contains(KEY) => {
            let attributes = json!({"status": "approved", "reference-id": SUBJECT, "note": RECORDED});
            json!({"data": {"type": "inquiry", "id": "inq_1", "attributes": attributes}})
        }
        "/events" if given.contains(KEY) => json!({"data": [], "links": {"next": null}}),
        _ => return (StatusCode::UNAUTHORIZED, given),
    };
    (StatusCode::OK, body.to_string())
}

impl Steps {
    /// As programs do it, and by a command.
    pub async fn ask_providers(&mut self) {
        for (kind, value) in [
            ("API credential", KEY),
            ("API credential", SECRET),
            ("provider's token", TOKEN),
        ] {
            self.witness.knows(kind, value);
        }
        let url = provider().await;
        let (persona, case_keeper) = (self.endpoint(ENDPOINT).await, self.endpoint("Case Keeper").await);
        let told = json!({"key": "verification.created", "data": {"id": "ver_1", "ref": "verification.created"}});
        let all = self
            .app
            .operations
            .endpoints(&hookproof::operation::Actor::command_line())
            .await;
        let of_case_keeper = all.expect("read").into_iter().find(|endpoint| endpoint.id == case_keeper);
        let hook = of_case_keeper.expect("it was added").url;
        let answer = self.app.post(&hook, &[], told.to_string()).await;
        self.witness.hears("POST /hooks", answer, &[]).await;

        let worker = Worker::start(self.app.operations.clone());
        let wrong = json!({"api_key": SECRET, "base_url": url});
        let right = json!({"api_key": KEY, "base_url": url});
        let oauth =
            json!({"client_id": "our-client", "client_secret": SECRET, "base_url": url, "token_url": format!("{url}/token")});
        for (endpoint, credentials, status) in [(persona, &wrong, 502), (persona, &right, 200), (case_keeper, &oauth, 200)] {
            let path = format!("/endpoints/{endpoint}/credentials");
            self.call("PUT", &path, Some(credentials), 204, &[]).await;
            let log = self
                .call("GET", &format!("/webhooks?endpoint={endpoint}"), None, 200, &[])
                .await;
            let askable = log["items"]
                .as_array()
                .expect("a list")
                .iter()
                .find(|row| !row["event_type"].is_null());
            let webhook = askable.expect("one tells something")["id"]
                .as_str()
                .expect("an id")
                .to_owned();
            let fetched = self
                .call("POST", &format!("/webhooks/{webhook}/refetch"), None, status, &[])
                .await;
            self.call("GET", &format!("/webhooks/{webhook}"), None, 200, &[]).await;
            if let Some(record) = fetched["record"]["id"].as_str() {
                self.call("GET", &format!("/records/{record}"), None, 200, &[]).await;
                self.call("GET", &format!("/records/{record}/body"), None, 200, &[]).await;
            }
        }
        self.reconcile(&format!("/endpoints/{persona}/reconcile")).await;
        worker.stop().await;
        self.call("GET", &format!("/subjects/{SUBJECT}"), None, 200, &[]).await;
        self.call("GET", &format!("/subjects/{SUBJECT}/export"), None, 200, &[]).await;
        self.run(&["export", "--subject", SUBJECT], "", &[]).await;
    }

    async fn reconcile(&mut self, path: &str) {
        self.call("POST", path, None, 202, &[]).await;
        loop {
            let progress: Value = self.call("GET", path, None, 200, &[]).await;
            if progress["state"] != "running" {
                assert_eq!(progress["state"], "done", "{progress}");
                break;
            }
            tokio::task::yield_now().await;
        }
    }
}
