//! Whoever the server asks or sends to: a server of the test's own that answers as it is told.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// What stands for the body of the request in an answer.
pub const BODY: &str = "{body}";

/// Served until it is dropped.
pub struct Elsewhere {
    pub url: String,
    said: Arc<Said>,
    serving: JoinHandle<()>,
}

#[derive(Default)]
struct Said {
    answers: Mutex<BTreeMap<String, (u16, String)>>,
    /// Each request as its path with the query, and its `Authorization`.
    heard: Mutex<Vec<(String, String)>>,
}

impl Elsewhere {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let said = Arc::<Said>::default();
        let router = Router::new().fallback(answer).with_state(Arc::clone(&said));
        let serving = tokio::spawn(async move { axum::serve(listener, router).await.expect("served") });
        Self { url, said, serving }
    }

    /// What is answered from now on to requests whose path begins so; [`BODY`] stands for the request's own body.
    pub fn says(&self, path: &str, status: u16, body: impl ToString) {
        let mut answers = self.said.answers.lock().expect("not poisoned");
        answers.insert(path.to_owned(), (status, body.to_string()));
    }

    pub fn heard(&self) -> Vec<(String, String)> {
        self.said.heard.lock().expect("not poisoned").clone()
    }
}

impl Drop for Elsewhere {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn answer(State(said): State<Arc<Said>>, request: Request) -> (StatusCode, String) {
    let path = request.uri().path_and_query().map_or_else(String::new, ToString::to_string);
    let authorization = request.headers().get("authorization");
    let authorization = authorization
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
        .to_owned();
    let bytes = axum::body::to_bytes(request.into_body(), usize::MAX).await.expect("a body");
    let answers = said.answers.lock().expect("not poisoned");
    let known = answers.iter().find(|(beginning, _)| path.starts_with(beginning.as_str()));
    let (status, body) = known.map_or((404, String::new()), |(_, answer)| answer.clone());
    said.heard.lock().expect("not poisoned").push((path, authorization));
    let body = body.replace(BODY, &String::from_utf8_lossy(&bytes));
    (StatusCode::from_u16(status).expect("a status"), body)
}
