//! Every vector, posted to an endpoint of its own, gets the verdict, the events and the original that it expects.

mod support;
#[path = "support/vectors.rs"]
mod vectors;

use hookproof::endpoints::{AddEndpoint, EndpointView, NewSecret, NewStaticHeader};
use model::WebhookId;
use secrecy::SecretString;
use support::{TestApp, new_endpoint, receipt};
use vectors::Case;

#[tokio::test]
async fn every_case_gets_its_verdict_its_events_and_its_original() {
    let cases = vectors::load();
    assert!(!cases.is_empty(), "there are no cases");
    let app = TestApp::start().await;
    let mut failures = Vec::new();
    for case in &cases {
        if let Err(failure) = check(&app, case, &cases).await {
            failures.push(format!("{}: {failure}", case.name));
        }
    }
    app.end().await;
    assert!(
        failures.is_empty(),
        "{} of {} cases fail:\n{}",
        failures.len(),
        cases.len(),
        failures.join("\n")
    );
}

async fn check(app: &TestApp, case: &Case, cases: &[Case]) -> Result<(), String> {
    let endpoint = set_up(app, case).await;
    let original = match &case.expect.duplicate_of {
        None => None,
        Some(name) => {
            let original = cases
                .iter()
                .find(|case| case.name == *name)
                .ok_or_else(|| format!("there is no case {name}"))?;
            Some(post(app, &endpoint, original).await)
        }
    };
    let id = post(app, &endpoint, case).await;
    let webhook = app.webhook(id).await;
    let body = app.store.body(id).await.expect("read").expect("there");
    expect("the verdict", &webhook.row.verdict, &case.expect.verdict)
        .map_err(|failure| format!("{failure} ({:?})", webhook.evidence))?;
    expect("what it says", &webhook.events, &case.expect.events)?;
    expect("what it repeats", &webhook.row.duplicate_of, &original)?;
    expect("the body", &body, &case.body())
}

async fn set_up(app: &TestApp, case: &Case) -> EndpointView {
    let static_header = case.endpoint.static_header.as_ref();
    let new = AddEndpoint {
        digest_mode: case.endpoint.digest_mode,
        static_header: static_header.map(|header| NewStaticHeader {
            name: header.name.clone(),
            value: SecretString::from(header.value.clone()),
        }),
        ..new_endpoint(case.endpoint.provider.as_str(), None)
    };
    let endpoint = app.add_endpoint(new).await;
    for (place, value) in case.endpoint.secrets.iter().chain(&case.endpoint.public_keys).enumerate() {
        let value = SecretString::from(value.clone());
        let secret = NewSecret {
            value,
            label: format!("secret {place}"),
            not_before: None,
            expires_at: None,
        };
        app.add_secret(&endpoint, secret).await;
    }
    app.directory.refresh().await.expect("refreshed");
    endpoint
}

async fn post(app: &TestApp, endpoint: &EndpointView, case: &Case) -> WebhookId {
    app.clock.set(case.received_at);
    let headers: Vec<_> = case
        .request
        .headers
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    receipt(app.post(&endpoint.url, &headers, case.body()).await).await
}

fn expect<T: PartialEq + std::fmt::Debug>(what: &str, got: &T, expected: &T) -> Result<(), String> {
    if got == expected {
        Ok(())
    } else {
        Err(format!("{what} is {got:?}, expected {expected:?}"))
    }
}
