//! The same by program: over the API, and by commands.

use std::process::{Command, Stdio};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::steps::{ADMIN, ENDPOINT, IN_BASE64, LAST_ENDPOINT, Steps};
use crate::witness::Kind;

const SECRET: &str = "wbhsec_by_program_61d2";
const HEADER_VALUE: &str = "header-by-program-c08e";
const API_KEY: &str = "key-by-program-77ab41";
/// A secret of digits, sent as a number where text is expected.
const NUMBER: u64 = 982_451_653_121;

impl Steps {
    /// Calls with the admin's token.
    pub async fn call(&mut self, method: &str, path: &str, body: Option<&Value>, status: u16, shows: &[Kind]) -> Value {
        let method = method.parse().expect("a method");
        let url = format!("http://{}/api/v1{path}", self.app.addr);
        let mut request = self.app.client.request(method, url).bearer_auth(&self.token);
        if let Some(body) = body {
            request = request.json(body);
        }
        let request = request.build().expect("a request");
        let place = format!("{} /api/v1{path}", request.method());
        let answer = self.app.client.execute(request).await.expect("an answer");
        let (answered, body) = self.witness.hears(&place, answer, shows).await;
        assert_eq!(answered, status, "{place}: {body}");
        serde_json::from_str(&body).unwrap_or(Value::Null)
    }

    pub async fn call_the_api(&mut self) {
        for (kind, value) in [
            ("endpoint secret", SECRET),
            ("static header", HEADER_VALUE),
            ("API credential", API_KEY),
        ] {
            self.witness.knows(kind, value);
        }
        self.witness.knows("endpoint secret of digits", NUMBER.to_string());

        let header = json!({"name": "X-Peleza", "value": HEADER_VALUE});
        let new = |header: &Value| json!({"provider": "peleza", "name": "By program", "static_header": header});
        let added = self.call("POST", "/endpoints", Some(&new(&header)), 201, &[]).await;
        self.call(
            "POST",
            "/endpoints",
            Some(&new(&json!({"name": "x y", "value": HEADER_VALUE}))),
            422,
            &[],
        )
        .await;
        for wrong in [
            json!(HEADER_VALUE),
            json!({"name": "x", "value": NUMBER}),
            json!({"name": "x", "value": {"is": HEADER_VALUE}}),
            json!([HEADER_VALUE]),
        ] {
            self.call("POST", "/endpoints", Some(&new(&wrong)), 422, &[]).await;
        }
        let wrong = json!({"provider": "peleza", "name": "x", "environment": SECRET, "digest_mode": SECRET});
        self.call("POST", "/endpoints", Some(&wrong), 422, &[]).await;

        let persona = self.endpoint(ENDPOINT).await;
        let (secrets, credentials) = (
            format!("/endpoints/{persona}/secrets"),
            format!("/endpoints/{persona}/credentials"),
        );
        self.call("POST", &secrets, Some(&json!({"value": SECRET})), 201, &[]).await;
        for wrong in [
            json!({"value": NUMBER}),
            json!({"value": [SECRET]}),
            json!({"value": SECRET, "expires_at": SECRET}),
            json!({"value": SECRET, "not_before": NUMBER}),
            json!(SECRET),
        ] {
            self.call("POST", &secrets, Some(&wrong), 422, &[]).await;
        }
        self.call("PUT", &credentials, Some(&json!({"api_key": API_KEY})), 204, &[])
            .await;
        for wrong in [json!({"api_key": NUMBER}), json!({"api_secret": API_KEY}), json!([API_KEY])] {
            self.call("PUT", &credentials, Some(&wrong), 422, &[]).await;
        }
        let id = added["id"].as_str().expect("an id").to_owned();
        let change = json!({"static_header": {"name": "X-Other"}});
        self.call("PATCH", &format!("/endpoints/{id}"), Some(&change), 200, &[]).await;

        self.call_on_destinations().await;
        for path in [
            "/endpoints",
            &format!("/endpoints/{persona}"),
            &format!("/endpoints/{id}"),
            &secrets,
            "/webhooks",
            "/stats",
            "/audit?limit=200",
            "/openapi.json",
        ] {
            self.call("GET", path, None, 200, &[]).await;
        }
        let token = std::mem::replace(&mut self.token, format!("hp_{SECRET}"));
        self.call("GET", "/endpoints", None, 401, &[]).await;
        self.token = token;
    }

    /// Runs the binary on the same database. What it was answered, with what it logged.
    pub async fn run(&mut self, arguments: &[&str], input: &str, shows: &[Kind]) -> String {
        let folder = self.app.folder.path().to_owned();
        let owned: Vec<_> = arguments.iter().map(|&argument| argument.to_owned()).collect();
        let input = input.to_owned();
        let run = move || {
            let mut command = Command::new(env!("CARGO_BIN_EXE_hookproof"));
            command.args(owned).env_clear().env("HOOKPROOF_LOG", "trace");
            command.env(
                "HOOKPROOF_DATABASE_URL",
                format!("sqlite://{}", folder.join("test.db").display()),
            );
            command.env("HOOKPROOF_KEY_FILE", folder.join("test.key"));
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
            let mut child = command.spawn().expect("started");
            std::io::Write::write_all(&mut child.stdin.take().expect("piped"), input.as_bytes()).expect("read");
            child.wait_with_output().expect("ended")
        };
        let output = tokio::task::spawn_blocking(run).await.expect("no panic");
        let place = arguments.join(" ");
        self.witness.sees(&place, output.stdout.clone(), shows);
        self.witness.sees(&format!("the log of {place}"), output.stderr.clone(), &[]);
        assert!(
            output.status.success(),
            "{place}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8(output.stdout).expect("text")
    }

    pub async fn run_commands(&mut self) {
        let secret = "wbhsec_by_command_0c5e";
        self.witness.knows("endpoint secret", secret);
        let add = [
            "endpoint",
            "add",
            "--provider",
            "persona",
            "--secret-stdin",
            "--json",
            "--name",
        ];
        self.run(&[&add[..], &["By command"]].concat(), secret, &[]).await;
        let tokens = ["token", "add", "--user", ADMIN, "--name", "by command"];
        let token = self.run(&tokens, "", &["API token"]).await;
        self.witness.knows("API token", token.lines().last().expect("a token"));

        // The server must find the new key by itself, and say so in its log.
        self.run(&["key", "rotate"], "", &[]).await;
        let key = std::fs::read_to_string(self.app.folder.path().join("test.key")).expect("read");
        self.witness
            .knows("sealing key", STANDARD.decode(key.trim()).expect("base64"));
        self.run(&[&add[..], &[LAST_ENDPOINT]].concat(), secret, &[]).await;
        self.run(&[&add[..], &[&STANDARD.encode(IN_BASE64)]].concat(), secret, &[])
            .await;
        self.app.directory.refresh().await.expect("read again");

        self.add_a_destination_by_command().await;
        self.run(&["endpoint", "list", "--json"], "", &[]).await;
        self.run(&["user", "list", "--json"], "", &[]).await;
        self.run(&["audit", "verify"], "", &[]).await;
    }
}
