//! A browser as far as the tests need one: it keeps cookies, follows nothing by itself, and says of its requests what
//! browsers say.

use std::collections::BTreeMap;
use std::sync::Mutex;

use app::view::ConsoleError;
use hookproof::operation::Actor;
use model::{Role, UserId};
use reqwest::{Client, Method, RequestBuilder, Response, redirect};

use super::TestApp;

/// The password of everyone whom [`TestApp::add_user`] adds.
pub const PASSWORD: &str = "correct horse battery staple";

pub struct Browser {
    client: Client,
    pub base: String,
    cookies: Mutex<BTreeMap<String, String>>,
}

impl TestApp {
    pub fn browser(&self) -> Browser {
        let client = Client::builder().no_proxy().redirect(redirect::Policy::none());
        Browser {
            client: client.user_agent("Test/1.0").build().expect("a client"),
            base: format!("http://{}", self.addr),
            cookies: Mutex::default(),
        }
    }

    /// Adds a user who signs in with [`PASSWORD`].
    pub async fn add_user(&self, email: &str, role: Role) -> UserId {
        let added = self.operations.add_user(&Actor::command_line(), email, role, PASSWORD).await;
        added.expect("added")
    }

    /// A browser in which such a user, who is added if need be, is signed in.
    pub async fn signed_in(&self, email: &str, role: Role) -> Browser {
        if self.store.user_by_email(email).await.expect("read").is_none() {
            self.add_user(email, role).await;
        }
        let browser = self.browser();
        let response = browser.sign_in(email, PASSWORD).await;
        assert_eq!(response.status(), 200, "{:?}", response.text().await);
        browser
    }
}

impl Browser {
    pub async fn get(&self, path: &str) -> Response {
        self.send(self.request(Method::GET, path)).await
    }

    /// Posts a form to a server function as a script of the page does: an error comes back as it is.
    pub async fn post(&self, function: &str, form: &[(&str, &str)]) -> Response {
        self.send(self.form(function, form).header("sec-fetch-site", "same-origin"))
            .await
    }

    /// A form on its way, without what browsers say of its origin.
    pub fn form(&self, function: &str, form: &[(&str, &str)]) -> RequestBuilder {
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(form)
            .finish();
        self.request(Method::POST, &format!("/console/{function}"))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(body)
    }

    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let cookies = self.cookies.lock().expect("not poisoned");
        let cookies: Vec<_> = cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = self.client.request(method, format!("{}{path}", self.base));
        if cookies.is_empty() {
            request
        } else {
            request.header("cookie", cookies.join("; "))
        }
    }

    pub async fn send(&self, request: RequestBuilder) -> Response {
        let response = request.send().await.expect("an answer");
        for cookie in response.headers().get_all("set-cookie") {
            let cookie = cookie.to_str().expect("text");
            let (name, rest) = cookie.split_once('=').expect("a pair");
            let value = rest.split(';').next().expect("a value").to_owned();
            let mut cookies = self.cookies.lock().expect("not poisoned");
            if rest.contains("Max-Age=0") {
                cookies.remove(name);
            } else {
                cookies.insert(name.to_owned(), value);
            }
        }
        response
    }

    pub async fn sign_in(&self, email: &str, password: &str) -> Response {
        self.post("sign_in", &[("email", email), ("password", password)]).await
    }

    pub fn cookie(&self, name: &str) -> Option<String> {
        self.cookies.lock().expect("not poisoned").get(name).cloned()
    }

    pub fn set_cookie(&self, name: &str, value: &str) {
        let mut cookies = self.cookies.lock().expect("not poisoned");
        cookies.insert(name.to_owned(), value.to_owned());
    }

    /// Whether the log can be looked at: 200, or a redirect to the sign-in page.
    pub async fn is_in(&self) -> bool {
        match self.get("/webhooks").await.status().as_u16() {
            200 => true,
            303 => false,
            other => panic!("{other}"),
        }
    }
}

/// The error in the answer of a server function.
pub async fn error(response: Response) -> ConsoleError {
    let text = response.text().await.expect("text");
    serde_json::from_str(&text).unwrap_or_else(|_| panic!("no error: {text}"))
}
