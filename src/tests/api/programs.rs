//! Programs that call the API of a running server.

use std::ops::Deref;

use hookproof::operation::Actor;
use model::Role;
use reqwest::{Method, RequestBuilder, Response};
use serde_json::Value;

use crate::support::{Setup, TestApp};

/// A server and a token for each role.
pub struct Programs {
    pub app: TestApp,
    tokens: Vec<(Role, String)>,
}

impl Deref for Programs {
    type Target = TestApp;

    fn deref(&self) -> &TestApp {
        &self.app
    }
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub content_type: String,
    pub body: Value,
}

impl Programs {
    pub async fn start() -> Self {
        Self::start_with(Setup::default()).await
    }

    pub async fn start_with(setup: Setup) -> Self {
        let app = TestApp::start_with(setup).await;
        let mut tokens = Vec::new();
        for &role in Role::ALL {
            let (actor, email) = (Actor::command_line(), format!("{role}@example.com"));
            let password = "correct horse battery staple";
            let added = app.operations.add_user(&actor, &email, role, password).await;
            added.expect("added");
            let token = app.operations.add_token_for(&actor, &email, "program").await.expect("added");
            tokens.push((role, token.value.to_string()));
        }
        Self { app, tokens }
    }

    pub fn token(&self, role: Role) -> &str {
        let found = self.tokens.iter().find(|(of, _)| *of == role);
        &found.expect("each role has one").1
    }

    /// A call without a token.
    pub fn request(&self, method: &str, path: &str) -> RequestBuilder {
        let method = Method::from_bytes(method.as_bytes()).expect("a method");
        self.client.request(method, format!("http://{}{path}", self.addr))
    }

    pub fn request_as(&self, role: Role, method: &str, path: &str) -> RequestBuilder {
        self.request(method, path).bearer_auth(self.token(role))
    }

    pub async fn get(&self, path: &str) -> Answer {
        answer(self.request_as(Role::Admin, "GET", path)).await
    }

    /// A call of an admin with a JSON body.
    pub async fn send(&self, method: &str, path: &str, body: &Value) -> Answer {
        answer(self.request_as(Role::Admin, method, path).json(body)).await
    }
}

pub async fn answer(request: RequestBuilder) -> Answer {
    read(request.send().await.expect("an answer")).await
}

pub async fn read(response: Response) -> Answer {
    let status = response.status().as_u16();
    let content_type = header(&response, "content-type");
    let body = response.bytes().await.expect("a body");
    let body = if body.is_empty() {
        Value::Null
    } else {
        serde_json::from_slice(&body).expect("JSON")
    };
    Answer {
        status,
        content_type,
        body,
    }
}

pub fn header(response: &Response, name: &str) -> String {
    let value = response.headers().get(name);
    value
        .map(|value| value.to_str().expect("text").to_owned())
        .unwrap_or_default()
}

/// The answer with everything that is made at random replaced by what it is.
pub fn redacted(mut answer: Value) -> Value {
    redact(&mut answer);
    answer
}

fn redact(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(redact),
        Value::Object(members) => {
            for (name, member) in members {
                match member {
                    Value::String(text) if name == "token" => "[token]".clone_into(text),
                    Value::String(text) if name == "url" => "[url]".clone_into(text),
                    Value::String(text) if text.starts_with("127.0.0.1:") => "[address]".clone_into(text),
                    Value::String(text) if text.starts_with("older.") => "[cursor]".clone_into(text),
                    member => redact(member),
                }
            }
        }
        Value::String(text) if uuid::Uuid::try_parse(text).is_ok() => "[id]".clone_into(text),
        _ => {}
    }
}
