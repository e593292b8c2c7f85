//! Destinations: what their requests are signed with, and the values of their headers.

use axum::Router;
use axum::routing::post;
use hookproof::delivery::AllowedNetworks;
use hookproof::operation::Actor;
use model::{DeliveryFilter, DestinationId, PageRequest};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::steps::Steps;
use crate::support::Setup;

/// No secret: what must be found.
pub const DESTINATION: &str = "Sink of the leak test";

const SECRET: &str = "destination secret";
const HEADER: &str = "destination header";
const VALUE: &str = "Bearer of-a-destination-41c7";
const OTHER_VALUE: &str = "Bearer of-a-destination-9e02";
const BY_PROGRAM: &str = "key-of-a-destination-by-program-5b";
/// Digits, sent as a number where text is expected.
const NUMBER: u64 = 618_033_988_749;

/// Lets requests go to [`sink`].
pub fn setup() -> Setup {
    Setup {
        allowed: AllowedNetworks {
            networks: vec!["127.0.0.1/32".parse().expect("a network")],
            http: true,
        },
        ..Setup::default()
    }
}

/// An address that takes whatever is posted, until the test ends.
async fn sink() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let addr = listener.local_addr().expect("an address");
    let router = Router::new().route("/", post(async || "taken"));
    tokio::spawn(async move { axum::serve(listener, router).await });
    format!("http://{addr}/")
}

impl Steps {
    /// In the console, by forms.
    pub async fn configure_destinations(&mut self) {
        for value in [VALUE, OTHER_VALUE, BY_PROGRAM] {
            self.witness.knows(HEADER, value);
        }
        self.witness.knows(HEADER, NUMBER.to_string());
        let (sink, headers) = (sink().await, format!("Authorization: {VALUE}"));
        let settings = |name, headers| [("name", name), ("url", &*sink), ("headers", headers)];
        self.post("destinations/add", &settings(DESTINATION, &headers), 200).await;
        let id = self.destination(DESTINATION).await.to_string();
        self.shown_signing_secret(&id).await;
        self.get(&format!("/destinations/{id}"), &[]).await;

        let with_line_without_name = format!("{VALUE}\n{headers}");
        let reserved = format!("webhook-id: {VALUE}");
        for wrong in [VALUE, &*with_line_without_name, &*reserved] {
            self.post("destinations/add", &settings("x", wrong), 422).await;
        }
        self.post("destinations/add", &settings("", &headers), 422).await;
        let other = format!("Authorization: {OTHER_VALUE}");
        let change = [("id", &*id), ("name", DESTINATION), ("url", &*sink), ("headers", &*other)];
        self.post("destinations/change", &change, 200).await;
        let no_url = [change[0], change[1], ("url", "nowhere"), change[3]];
        self.post("destinations/change", &no_url, 422).await;
        self.post("destinations/rotate", &[("id", &id)], 200).await;
        self.shown_signing_secret(&id).await;
        self.post("destinations/test", &[("id", &id)], 200).await;
        self.app.directory.refresh().await.expect("read again");
    }

    /// Learns the secret that the page shows this once.
    async fn shown_signing_secret(&mut self, id: &str) {
        let page = self.get(&format!("/destinations/{id}"), &[SECRET]).await;
        let rest = page.split("whsec_").nth(1).expect("it is shown");
        let is_of_secret = |character: &char| character.is_ascii_alphanumeric() || "+/=".contains(*character);
        let secret: String = rest.chars().take_while(is_of_secret).collect();
        self.knows_signing_secret(&format!("whsec_{secret}"));
    }

    /// With what it is the text of: whoever has the key itself can sign as well.
    fn knows_signing_secret(&mut self, secret: &str) {
        assert_eq!(secret.len(), 50, "as long as a signing secret");
        self.witness.knows(SECRET, secret);
        self.witness.knows(SECRET, &secret["whsec_".len()..]);
    }

    pub async fn call_on_destinations(&mut self) {
        let url = sink().await;
        let new = |headers: Value| json!({"name": "By program", "url": url, "headers": headers});
        let headers = json!({"X-Key": BY_PROGRAM});
        let added = self.call("POST", "/destinations", Some(&new(headers)), 201, &[SECRET]).await;
        self.knows_signing_secret(added["secret"].as_str().expect("it is shown"));
        for wrong in [
            json!(BY_PROGRAM),
            json!([BY_PROGRAM]),
            json!({"X-Key": NUMBER}),
            json!({"X-Key": [BY_PROGRAM]}),
            json!({"X Key": BY_PROGRAM}),
            json!({"Host": BY_PROGRAM}),
            json!({"X-Key": format!("{BY_PROGRAM}\n")}),
        ] {
            self.call("POST", "/destinations", Some(&new(wrong)), 422, &[]).await;
        }
        let path = format!("/destinations/{}", added["id"].as_str().expect("an id"));
        let change = json!({"headers": {"X-Key": null, "X-Other": BY_PROGRAM}});
        self.call("PATCH", &path, Some(&change), 200, &[]).await;
        let wrong = json!({"headers": {"X-Key": NUMBER}});
        self.call("PATCH", &path, Some(&wrong), 422, &[]).await;
        let rotated = self.call("POST", &format!("{path}/rotate"), None, 200, &[SECRET]).await;
        self.knows_signing_secret(rotated["secret"].as_str().expect("it is shown"));
        self.call("POST", &format!("{path}/test"), None, 200, &[]).await;
        self.call("POST", &format!("{path}/disable"), None, 200, &[]).await;
        for path in ["/destinations", &path, "/deliveries"] {
            self.call("GET", path, None, 200, &[]).await;
        }
    }

    pub async fn add_a_destination_by_command(&mut self) {
        let add = ["destination", "add", "--name", "By command", "--url", "https://example.com/"];
        let said = self.run(&add, "", &[SECRET]).await;
        self.knows_signing_secret(said.lines().last().expect("a secret"));
        let said = self.run(&[&add[..], &["--json"]].concat(), "", &[SECRET]).await;
        let added: Value = serde_json::from_str(&said).expect("JSON");
        self.knows_signing_secret(added["secret"].as_str().expect("it is shown"));
        self.run(&["destination", "list", "--json"], "", &[]).await;
    }

    pub async fn destination(&self, name: &str) -> DestinationId {
        let all = self.app.operations.destinations(&Actor::command_line()).await.expect("read");
        all.iter()
            .find(|destination| destination.name == name)
            .expect("it was added")
            .id
    }

    /// The pages on what is forwarded.
    pub async fn forwarding_pages(&self) -> Vec<String> {
        let (all, page) = (DeliveryFilter::default(), PageRequest::default());
        let deliveries = self.app.store.deliveries(&all, page).await.expect("read").items;
        let delivery = deliveries.first().expect("something is forwarded").id;
        let destination = self.destination(DESTINATION).await;
        vec![
            "/".to_owned(),
            "/deliveries".to_owned(),
            format!("/deliveries/{delivery}"),
            "/destinations".to_owned(),
            "/destinations/new".to_owned(),
            format!("/destinations/{destination}"),
            "/webhooks/bulk?action=resend".to_owned(),
        ]
    }
}
