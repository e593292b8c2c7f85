//! The vectors: signed requests with the verdict and the events that are expected of them.
//!
//! They were made independently of this project. `HOOKPROOF_VECTORS` names a folder with others of the same form.

use std::path::PathBuf;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use model::{DigestMode, Event, ProviderKey, Timestamp, Verdict};
use serde::Deserialize;

/// One request, the endpoint that it comes to, and what is expected.
#[derive(Debug, Deserialize)]
pub struct Case {
    pub name: String,
    pub endpoint: Endpoint,
    pub received_at: Timestamp,
    pub request: Sent,
    pub expect: Expected,
}

/// What the endpoint is set up with, in the words of the calls that set it up.
#[derive(Debug, Deserialize)]
pub struct Endpoint {
    pub provider: ProviderKey,
    #[serde(default)]
    pub secrets: Vec<String>,
    #[serde(default)]
    pub public_keys: Vec<String>,
    pub digest_mode: Option<DigestMode>,
    pub static_header: Option<NamedValue>,
}

#[derive(Debug, Deserialize)]
pub struct NamedValue {
    pub name: String,
    pub value: String,
}

#[derive(Debug, Deserialize)]
pub struct Sent {
    pub headers: Vec<(String, String)>,
    pub body_base64: String,
}

#[derive(Debug, Deserialize)]
pub struct Expected {
    pub verdict: Verdict,
    pub events: Vec<Event>,
    /// The case that tells of the same event and is stored first at the same endpoint.
    pub duplicate_of: Option<String>,
}

/// All cases, by file name and then in the order of the file.
pub fn load() -> Vec<Case> {
    let folder = std::env::var_os("HOOKPROOF_VECTORS").map_or_else(
        || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/src/tests/vectors")),
        PathBuf::from,
    );
    let mut files: Vec<_> = std::fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("{} cannot be read: {error}", folder.display()))
        .map(|entry| entry.expect("an entry of the folder").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .collect();
    files.sort();
    files
        .iter()
        .flat_map(|file| {
            let text = std::fs::read(file).expect("a file that can be read");
            serde_json::from_slice::<Vec<Case>>(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
        })
        .collect()
}

impl Case {
    pub fn body(&self) -> Vec<u8> {
        BASE64_STANDARD.decode(&self.request.body_base64).expect("a body in base64")
    }
}
