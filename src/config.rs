//! Every setting, as an environment variable `HOOKPROOF_*`, a flag and a default. The README has them as a table.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;
use ipnet::IpNet;
use url::Url;

use crate::ingest::Limits;

/// What is kept where: needed by every command.
#[derive(Debug, Clone, Args)]
pub struct StorageSettings {
    /// Where webhooks are kept: `sqlite://FILE` or `postgres://…`
    #[arg(
        long,
        env = "HOOKPROOF_DATABASE_URL",
        default_value = "sqlite://data/hookproof.db",
        hide_env_values = true
    )]
    pub database_url: String,

    /// The file with the key that seals secrets; made with mode 0600 when it is not there
    #[arg(long, env = "HOOKPROOF_KEY_FILE", default_value = "data/hookproof.key")]
    pub key_file: PathBuf,
}

/// Where the server is reached: needed wherever an endpoint's address is shown.
#[derive(Debug, Clone, Args)]
pub struct AddressSettings {
    /// The address to listen on: a loopback address, until there are accounts
    #[arg(long, env = "HOOKPROOF_ADDR", default_value = "127.0.0.1:3000")]
    pub addr: SocketAddr,

    /// How providers reach the server, such as `https://hooks.example.com`; the listening address by default
    #[arg(long, env = "HOOKPROOF_PUBLIC_URL", value_parser = public_url)]
    pub public_url: Option<Url>,
}

impl AddressSettings {
    pub fn public_url(&self) -> Url {
        let listening = || Url::parse(&format!("http://{}", self.addr)).expect("an address makes a URL");
        self.public_url.clone().unwrap_or_else(listening)
    }
}

/// What only the server needs.
#[derive(Debug, Clone, Args)]
pub struct ServerSettings {
    /// Networks whose `Forwarded` and `X-Forwarded-For` headers are believed, such as `10.0.0.0/8`
    #[arg(long, env = "HOOKPROOF_TRUSTED_PROXIES", value_delimiter = ',')]
    pub trusted_proxies: Vec<IpNet>,

    /// The longest body in bytes
    #[arg(long, env = "HOOKPROOF_MAX_BODY", default_value_t = Limits::DEFAULT_MAX_BODY)]
    pub max_body: usize,

    /// How many connections are served at once; more wait
    #[arg(long, env = "HOOKPROOF_MAX_CONNECTIONS", default_value_t = 1024, value_parser = clap::value_parser!(u32).range(1..))]
    pub max_connections: u32,

    /// The folder with the built site; `site` beside the executable by default
    #[arg(long, env = "HOOKPROOF_SITE_ROOT")]
    pub site_root: Option<PathBuf>,
}

fn public_url(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|error| error.to_string())?;
    match url.scheme() {
        "http" | "https" if url.has_host() && url.query().is_none() && url.fragment().is_none() => Ok(url),
        _ => Err("expected something like https://hooks.example.com".to_owned()),
    }
}
