//! What people do with the product, with secrets that are known here.

use std::os::unix::fs::PermissionsExt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hookproof::accounts::digest;
use hookproof::accounts::secrets::Purpose;
use hookproof::clock::Clock;
use hookproof::operation::Actor;
use model::EndpointId;
use reqwest::header::{ACCEPT, REFERER};

use crate::forwarding;
use crate::support::browser::Browser;
use crate::support::{PERSONA_SECRET, TestApp, authenticator, persona_event, persona_signature};
use crate::witness::{Kind, Witness};

pub const ADMIN: &str = "ada@example.com";
/// No secret: what must be found.
pub const ENDPOINT: &str = "Persona of the leak test";
pub const LAST_ENDPOINT: &str = "Added at the end";
/// The same, and kept as the name of an endpoint in base64.
pub const IN_BASE64: &str = "no secret, but written in base64";

const PASSWORD: &str = "orbit velvet 7 cactus";
const NEXT_PASSWORD: &str = "lantern-quartz-41-meadow";
const WRONG_PASSWORD: &str = "orbit-velvet-8-cactus";
const HEADER_VALUE: &str = "peleza-header-5d1f0a77c2";
const OTHER_HEADER_VALUE: &str = "peleza-header-0b9e6631fd";
const API_KEY: &str = "persona_production_4e77a1c09b";
const CLIENT_SECRET: &str = "case-keeper-client-secret-93b1";
const MISPLACED: &str = "secret-in-the-wrong-place-7712";
/// The key with which [`TestApp`] seals.
const SEALING_KEY: [u8; 32] = [7; 32];

pub struct Steps {
    pub app: TestApp,
    pub witness: Witness,
    pub browser: Browser,
    /// Ada's token for programs.
    pub token: String,
    totp: Vec<u8>,
    recovery_codes: Vec<String>,
}

impl Steps {
    pub async fn start() -> Self {
        let app = TestApp::start_with(forwarding::setup()).await;
        let key_file = app.folder.path().join("test.key");
        std::fs::write(&key_file, STANDARD.encode(SEALING_KEY)).expect("written");
        std::fs::set_permissions(&key_file, std::fs::Permissions::from_mode(0o600)).expect("changed");
        let mut witness = Witness::default();
        witness.knows("sealing key", SEALING_KEY);
        for (kind, value) in [
            ("password", PASSWORD),
            ("password", NEXT_PASSWORD),
            ("wrong password", WRONG_PASSWORD),
            ("endpoint secret", PERSONA_SECRET),
            ("static header", HEADER_VALUE),
            ("static header", OTHER_HEADER_VALUE),
            ("API credential", API_KEY),
            ("API credential", CLIENT_SECRET),
            ("misplaced secret", MISPLACED),
        ] {
            witness.knows(kind, value);
        }
        Self {
            browser: app.browser(),
            app,
            witness,
            token: String::new(),
            totp: Vec::new(),
            recovery_codes: Vec::new(),
        }
    }

    pub async fn get(&mut self, path: &str, shows: &[Kind]) -> String {
        let answer = self.browser.get(path).await;
        self.witness.hears(&format!("GET {path}"), answer, shows).await.1
    }

    /// Posts a form as a script of the page does, and then as a browser without scripts, whose errors travel in an address.
    pub async fn post(&mut self, function: &str, form: &[(&str, &str)], status: u16) {
        let answer = self.browser.post(function, form).await;
        let (answered, body) = self.witness.hears(&format!("POST {function}"), answer, &[]).await;
        assert_eq!(answered, status, "{function}: {body}");
        if status != 200 {
            let request = self.browser.form(function, form).header("sec-fetch-site", "same-origin");
            let request = request
                .header(ACCEPT, "text/html")
                .header(REFERER, format!("{}/webhooks", self.browser.base));
            let answer = self.browser.send(request).await;
            self.witness
                .hears(&format!("POST {function} without a script"), answer, &[])
                .await;
        }
    }

    pub async fn set_up_the_first_admin(&mut self) {
        let link = self
            .app
            .operations
            .offer_set_up(&Actor::command_line())
            .await
            .expect("offered");
        let token = self.knows_link(&link.expect("there is no user yet").url);
        self.get(&format!("/link/{token}"), &["link"]).await;
        let form = |repeat| {
            [
                ("token", &*token),
                ("email", ADMIN),
                ("password", PASSWORD),
                ("repeat", repeat),
            ]
        };
        self.post("link/use", &form(WRONG_PASSWORD), 422).await;
        self.post("link/use", &form(PASSWORD), 200).await;
        self.post("link/use", &form(PASSWORD), 404).await;
    }

    fn knows_link(&mut self, url: &str) -> String {
        let token = url.rsplit('/').next().expect("a token").to_owned();
        self.witness.knows("link", &token);
        token
    }

    pub async fn sign_in_wrongly(&mut self) {
        let browser = std::mem::replace(&mut self.browser, self.app.browser());
        self.post("sign_in", &[("email", ADMIN), ("password", WRONG_PASSWORD)], 401)
            .await;
        self.post(
            "sign_in",
            &[("email", "nobody@example.com"), ("password", WRONG_PASSWORD)],
            401,
        )
        .await;
        self.post("sign_in", &[("e-mail", ADMIN), ("password", WRONG_PASSWORD)], 400)
            .await;
        self.get(&format!("/link/{MISPLACED}"), &["misplaced secret"]).await;
        self.browser = browser;
        let form = [("current", WRONG_PASSWORD), ("new", NEXT_PASSWORD), ("repeat", NEXT_PASSWORD)];
        self.post("account/password", &form, 422).await;
    }

    pub async fn configure_endpoints(&mut self) {
        let persona = [("provider", "persona"), ("name", ENDPOINT), ("secret", PERSONA_SECRET)];
        self.post("endpoints/add", &persona, 200).await;
        self.post("endpoints/add", &[persona[0], ("name", ""), persona[2]], 422).await;
        let id = self.endpoint(ENDPOINT).await.to_string();
        let with_space = format!("{MISPLACED} {MISPLACED}");
        self.post("endpoints/secrets/add", &[("id", &id), ("value", &with_space)], 422)
            .await;
        self.post(
            "endpoints/secrets/add",
            &[("id", &id), ("value", PERSONA_SECRET), ("expires_at", "soon")],
            422,
        )
        .await;
        self.post("endpoints/credentials", &[("id", &id), ("api_key", API_KEY)], 200)
            .await;
        self.post(
            "endpoints/credentials",
            &[("id", &id), ("api_key", API_KEY), ("base_url", "ftp://x")],
            422,
        )
        .await;
        // A public key may be shown; a secret in its place is refused.
        let pleenk = [("provider", "pleenk"), ("name", "Pleenk"), ("secret", MISPLACED)];
        self.post("endpoints/add", &pleenk, 422).await;

        let peleza = [
            ("provider", "peleza"),
            ("name", "Peleza"),
            ("static_header_name", "X-Peleza"),
            ("static_header_value", HEADER_VALUE),
        ];
        self.post("endpoints/add", &peleza, 200).await;
        let wrong_name = [peleza[0], peleza[1], ("static_header_name", "x y"), peleza[3]];
        self.post("endpoints/add", &wrong_name, 422).await;
        let id = self.endpoint("Peleza").await.to_string();
        let other = [
            ("id", &*id),
            peleza[1],
            peleza[2],
            ("static_header_value", OTHER_HEADER_VALUE),
        ];
        self.post("endpoints/change", &other, 200).await;

        self.post("endpoints/add", &[("provider", "case_keeper"), ("name", "Case Keeper")], 200)
            .await;
        let id = self.endpoint("Case Keeper").await.to_string();
        let half = [("id", &*id), ("client_secret", CLIENT_SECRET)];
        self.post("endpoints/credentials", &half, 422).await;
    }

    pub async fn endpoint(&self, name: &str) -> EndpointId {
        let all = self.app.operations.endpoints(&Actor::command_line()).await.expect("read");
        all.iter().find(|endpoint| endpoint.name == name).expect("it was added").id
    }

    pub async fn post_webhooks(&mut self) {
        self.app.directory.refresh().await.expect("read again");
        let all = self.app.operations.endpoints(&Actor::command_line()).await.expect("read");
        for endpoint in all {
            let body = persona_event(&endpoint.id.to_string());
            let signature = persona_signature(self.app.clock.now().as_seconds(), body.as_bytes());
            for (header, value) in [
                ("persona-signature", &*signature),
                ("persona-signature", "t=1,v1=00"),
                ("x-peleza", OTHER_HEADER_VALUE),
                ("x-peleza", HEADER_VALUE),
            ] {
                if header == "x-peleza" && endpoint.name != "Peleza" {
                    continue;
                }
                let answer = self.app.post(&endpoint.url, &[(header, value)], body.clone()).await;
                self.witness.hears("POST /hooks", answer, &[]).await;
            }
        }
    }

    pub async fn turn_the_second_factor_on(&mut self) {
        self.post("account/second_factor/begin", &[("password", WRONG_PASSWORD)], 422)
            .await;
        self.post("account/second_factor/begin", &[("password", PASSWORD)], 200).await;
        self.totp = self.pending_secret().await;
        let page = self.get("/account", &["TOTP secret"]).await;
        let url = page.split("otpauth://").nth(1).expect("it is shown");
        let base32 = url.split("secret=").nth(1).expect("it is shown");
        let base32: String = base32.chars().take_while(char::is_ascii_alphanumeric).collect();
        let groups: Vec<_> = base32.as_bytes().chunks(4).map(String::from_utf8_lossy).collect();
        for form in [self.totp.clone(), base32.clone().into_bytes(), groups.join(" ").into_bytes()] {
            self.witness.knows("TOTP secret", form);
        }
        self.post("account/second_factor/confirm", &[("code", MISPLACED)], 422).await;
        let code = authenticator::code(&self.totp, self.app.clock.now());
        self.post("account/second_factor/confirm", &[("code", &code)], 200).await;

        let page = self.get("/account", &["recovery code"]).await;
        let words = page.split(|character: char| !character.is_ascii_alphanumeric() && character != '-');
        let user = self.app.store.user_by_email(ADMIN).await.expect("read").expect("there");
        let kept = user.second_factor.expect("on").recovery_codes;
        let codes = words.filter(|word| kept.contains(&digest(word.replace('-', ""))));
        self.recovery_codes = codes.map(str::to_owned).collect();
        self.recovery_codes.sort();
        self.recovery_codes.dedup();
        assert_eq!(self.recovery_codes.len(), 10);
        for code in &self.recovery_codes {
            self.witness.knows("recovery code", code);
            self.witness.knows("recovery code", code.replace('-', ""));
        }
        self.get("/account", &[]).await;
    }

    /// What the page shows to an authenticator, taken from where it is kept.
    async fn pending_secret(&self) -> Vec<u8> {
        let id = self.browser.cookie("hookproof").expect("a cookie");
        let session = self.app.store.session(digest(id), self.app.clock.now()).await.expect("read");
        let session = session.expect("there");
        let data: serde_json::Value = serde_json::from_str(&session.data).expect("JSON");
        let sealed = data["second_factor"].as_str().expect("text");
        let sealed = STANDARD.decode(sealed).expect("base64");
        let (key, user) = (self.app.operations.vault.key(), session.user.expect("signed in"));
        key.open(user.0, Purpose::Totp, &sealed).expect("opened").to_vec()
    }

    pub async fn sign_in_with_the_second_factor(&mut self) {
        // Codes that were tried are forgotten by then.
        self.app.clock.advance_seconds(60 * 60);
        let right = [("email", ADMIN), ("password", PASSWORD)];
        self.browser = self.app.browser();
        self.post("sign_in", &right, 200).await;
        self.post("sign_in/second_factor", &[("code", MISPLACED)], 401).await;
        let recovery = self.recovery_codes[3].clone();
        self.post("sign_in/second_factor", &[("code", &recovery)], 200).await;
        self.post("sign_out", &[], 200).await;

        self.app.clock.advance_seconds(60 * 60);
        self.browser = self.app.browser();
        self.post("sign_in", &right, 200).await;
        self.post("sign_in/second_factor", &[("code", &recovery)], 401).await;
        let code = authenticator::code(&self.totp, self.app.clock.now());
        self.post("sign_in/second_factor", &[("code", &code)], 200).await;
    }

    pub async fn make_a_token_and_links(&mut self) {
        self.post("account/tokens/add", &[("name", "reports"), ("password", PASSWORD)], 200)
            .await;
        let page = self.get("/account", &["API token"]).await;
        let token = page.split("hp_").nth(1).expect("it is shown");
        let is_of_token = |character: &char| character.is_ascii_alphanumeric() || "-_".contains(*character);
        self.token = format!("hp_{}", token.chars().take_while(is_of_token).collect::<String>());
        assert_eq!(self.token.len(), 46, "as long as a token");
        self.witness.knows("API token", &self.token);

        self.post("users/invite", &[("email", "bob@example.com"), ("role", "viewer")], 200)
            .await;
        let invitation = self.shown_link().await;
        self.post("users/invite", &[("email", "bob@example.com"), ("role", "viewer")], 409)
            .await;
        let bob = self
            .app
            .store
            .user_by_email("bob@example.com")
            .await
            .expect("read")
            .expect("there");
        self.post("users/reset_link", &[("id", &bob.id.to_string())], 200).await;
        let reset = self.shown_link().await;

        let ada = std::mem::replace(&mut self.browser, self.app.browser());
        for token in [invitation, reset] {
            self.get(&format!("/link/{token}"), &["link"]).await;
            let form = [("token", &*token), ("password", NEXT_PASSWORD), ("repeat", NEXT_PASSWORD)];
            let status = self.browser.post("link/use", &form).await;
            self.witness.hears("POST link/use", status, &[]).await;
        }
        self.browser = ada;
    }

    async fn shown_link(&mut self) -> String {
        let page = self.get("/users", &["link"]).await;
        let is_of_token = |character: &char| character.is_ascii_alphanumeric() || "-_".contains(*character);
        let tokens = page
            .split("/link/")
            .skip(1)
            .map(|link| link.chars().take_while(is_of_token).collect());
        let token: String = tokens.max_by_key(String::len).unwrap_or_default();
        assert!(token.len() >= 22, "it is shown: {page}");
        self.knows_link(&token)
    }

    pub async fn look_at_every_page(&mut self) {
        let endpoint = self.endpoint(ENDPOINT).await;
        let webhooks = self.app.log().await;
        let pages = ["/webhooks", "/endpoints", "/endpoints/new", "/users", "/audit", "/account"];
        let mut pages: Vec<_> = pages.map(str::to_owned).to_vec();
        pages.push(format!("/endpoints/{endpoint}"));
        pages.push(format!("/endpoints/{}", self.endpoint("Peleza").await));
        pages.extend(self.forwarding_pages().await);
        for webhook in webhooks {
            pages.push(format!("/webhooks/{}", webhook.id));
            pages.push(format!("/webhooks/{}/body", webhook.id));
        }
        for page in pages {
            let answer = self.browser.get(&page).await;
            let (status, _) = self.witness.hears(&format!("GET {page}"), answer, &[]).await;
            assert_eq!(status, 200, "{page}");
        }
    }

    /// The database as it lies on the disk. The key file is the one place where the key may be.
    pub fn read_the_files(&mut self, when: &str) {
        for file in std::fs::read_dir(self.app.folder.path()).expect("listed") {
            let file = file.expect("a file");
            let name = file.file_name().to_string_lossy().into_owned();
            if name.starts_with("test.db") {
                let bytes = std::fs::read(file.path()).expect("read");
                self.witness.sees(&format!("{name} {when}"), bytes, &[]);
            }
        }
    }

    /// Every call fails then, and says so.
    pub async fn go_on_without_a_database(&mut self) {
        self.app.store.close().await;
        let form = [("provider", "persona"), ("name", "x"), ("secret", PERSONA_SECRET)];
        self.post("endpoints/add", &form, 503).await;
        self.post("sign_in", &[("email", ADMIN), ("password", PASSWORD)], 503).await;
        self.post(
            "link/use",
            &[("token", MISPLACED), ("password", PASSWORD), ("repeat", PASSWORD)],
            503,
        )
        .await;
        self.call(
            "POST",
            "/endpoints",
            Some(&serde_json::json!({"provider": "persona", "name": MISPLACED})),
            503,
            &[],
        )
        .await;
    }
}
