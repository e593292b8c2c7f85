use model::{Role, WebhookId};
use reqwest::Response;
use serde_json::Value;

use crate::programs::{Programs, answer, header};
use crate::support::{persona_event, receipt};

/// A stream that is being read.
struct Stream {
    response: Response,
    read: String,
}

impl Stream {
    async fn open(programs: &Programs, last_seen: Option<WebhookId>) -> Self {
        let mut request = programs.request_as(Role::Viewer, "GET", "/api/v1/events");
        if let Some(id) = last_seen {
            request = request.header("last-event-id", id.to_string());
        }
        let response = request.send().await.expect("an answer");
        assert_eq!(response.status(), 200);
        assert_eq!(header(&response, "content-type"), "text/event-stream");
        let read = String::new();
        Self { response, read }
    }

    /// The id and the data of the next event; `None` at the end.
    async fn next(&mut self) -> Option<(String, Value)> {
        loop {
            if let Some((event, rest)) = self.read.split_once("\n\n") {
                let field = |name: &str| event.lines().find_map(|line| line.strip_prefix(name).map(str::to_owned));
                assert_eq!(field("event: ").as_deref(), Some("webhook"), "{event}");
                let data = serde_json::from_str(&field("data: ").expect("data")).expect("JSON");
                let event = (field("id: ").expect("an id"), data);
                let rest = rest.to_owned();
                self.read = rest;
                return Some(event);
            }
            let chunk = self.response.chunk().await.expect("read")?;
            self.read.push_str(std::str::from_utf8(&chunk).expect("text"));
        }
    }
}

#[tokio::test]
async fn what_is_stored_is_told_and_after_a_break_what_was_missed() {
    let programs = Programs::start().await;
    let endpoint = programs.persona().await;
    let post = async |name: &str| receipt(programs.post_signed(&endpoint, &persona_event(name)).await).await;
    post("evt_before").await;

    let mut stream = Stream::open(&programs, None).await;
    let first = post("evt_1").await;
    let (id, data) = stream.next().await.expect("an event");
    assert_eq!(id, first.to_string());
    assert_eq!(
        (&data["verdict"], &data["event_type"]),
        (&"verified".into(), &"inquiry.approved".into())
    );
    let list = programs.get("/api/v1/webhooks?limit=1").await.body;
    assert_eq!(data, list["items"][0]);
    drop(stream);

    let (second, third) = (post("evt_2").await, post("evt_3").await);
    let mut stream = Stream::open(&programs, Some(first)).await;
    for expected in [second, third] {
        assert_eq!(stream.next().await.expect("an event").0, expected.to_string());
    }
    drop(stream);
    let request = programs
        .request_as(Role::Viewer, "GET", "/api/v1/events")
        .header("last-event-id", "first");
    assert_eq!(answer(request).await.status, 400);
    programs.app.end().await;
}

#[tokio::test]
async fn one_user_cannot_take_all_connections_with_streams() {
    let programs = Programs::start().await;
    let mut streams = Vec::new();
    for _ in 0..4 {
        streams.push(Stream::open(&programs, None).await);
    }
    let refused = answer(programs.request_as(Role::Viewer, "GET", "/api/v1/events")).await;
    assert_eq!(refused.status, 429);
    programs.app.end().await;
}

#[tokio::test]
async fn a_stream_ends_when_the_server_does() {
    let programs = Programs::start().await;
    let mut stream = Stream::open(&programs, None).await;
    programs.app.end().await;
    assert!(stream.next().await.is_none());
}
