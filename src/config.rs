//! Every setting, as an environment variable `HOOKPROOF_*`, a flag and a default. The README has them as a table.

use std::ffi::OsString;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use ipnet::IpNet;
use url::Url;
use zeroize::Zeroizing;

use crate::accounts::UnlockError;
use crate::accounts::secrets::SealingKey;
use crate::accounts::vault::KeySource;
use crate::delivery::AllowedNetworks;

/// The longest body in bytes, unless it is set.
pub const DEFAULT_MAX_BODY: u32 = 1024 * 1024;

/// The most that the longest body can be set to: half of what may wait to be stored.
const MOST_MAX_BODY: i64 = 32 * 1024 * 1024;

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

    /// The file with the key that seals secrets; made with mode 0600 when it is not there. Where the environment has
    /// `HOOKPROOF_KEY`, 32 bytes in base64, that is the key instead
    #[arg(long, env = "HOOKPROOF_KEY_FILE", default_value = "data/hookproof.key")]
    pub key_file: PathBuf,
}

impl StorageSettings {
    /// The key in the environment, otherwise the key file. There is no flag for the key itself: everyone on a machine can
    /// read the arguments of a process.
    pub fn key_source(&self) -> Result<KeySource, UnlockError> {
        let given = |variable| std::env::var_os(variable).filter(|value| !value.is_empty());
        key_source(given("HOOKPROOF_KEY"), given("HOOKPROOF_NEXT_KEY"), &self.key_file)
    }
}

fn key_source(key: Option<OsString>, next: Option<OsString>, file: &Path) -> Result<KeySource, UnlockError> {
    let read = |text: OsString, variable| {
        let text = text.into_string().map(Zeroizing::new).ok();
        let key = text.and_then(|text| SealingKey::from_base64(text.trim()));
        key.map(Arc::new).ok_or(UnlockError::Malformed { variable })
    };
    match key {
        None => Ok(KeySource::File(file.to_owned())),
        Some(key) => Ok(KeySource::Environment {
            key: read(key, "HOOKPROOF_KEY")?,
            next: next.map(|next| read(next, "HOOKPROOF_NEXT_KEY")).transpose()?,
        }),
    }
}

/// Where the server is reached: needed wherever an endpoint's address is shown.
#[derive(Debug, Clone, Args)]
pub struct AddressSettings {
    /// The address to listen on
    #[arg(long, env = "HOOKPROOF_ADDR", default_value = "127.0.0.1:3000")]
    pub addr: SocketAddr,

    /// How providers reach the server, such as `https://hooks.example.com`; the listening address by default
    #[arg(long, env = "HOOKPROOF_PUBLIC_URL", value_parser = public_url)]
    pub public_url: Option<PublicUrl>,
}

impl AddressSettings {
    pub fn public_url(&self) -> Url {
        let listening = || Url::parse(&format!("http://{}", self.addr)).expect("an address makes a URL");
        self.public_url.clone().and_then(|url| url.0).unwrap_or_else(listening)
    }
}

/// A URL, or nothing: compose files set a variable that is left empty.
#[derive(Debug, Clone)]
pub struct PublicUrl(Option<Url>);

/// Networks, or none.
#[derive(Debug, Clone)]
pub struct Networks(pub Vec<IpNet>);

/// What may be sent to: needed wherever a destination's address is checked or requests are sent.
#[derive(Debug, Clone, Args)]
pub struct ForwardingSettings {
    /// Private networks that destinations may be in, such as `10.0.0.0/8`, separated by commas
    #[arg(long, env = "HOOKPROOF_ALLOW_NETWORKS", default_value = "", hide_default_value = true, value_parser = networks)]
    pub allow_networks: Networks,

    /// Send by plain http too, to addresses in those networks only
    #[arg(long, env = "HOOKPROOF_ALLOW_HTTP", value_parser = switch)]
    pub allow_http: bool,
}

impl ForwardingSettings {
    pub fn allowed(&self) -> AllowedNetworks {
        AllowedNetworks {
            networks: self.allow_networks.0.clone(),
            http: self.allow_http,
        }
    }
}

/// What only the server needs.
#[derive(Debug, Clone, Args)]
pub struct ServerSettings {
    /// Networks whose `Forwarded` and `X-Forwarded-For` headers are believed, such as `10.0.0.0/8`, separated by commas
    #[arg(long, env = "HOOKPROOF_TRUSTED_PROXIES", default_value = "", hide_default_value = true, value_parser = networks)]
    pub trusted_proxies: Networks,

    /// The longest body in bytes, at most 32 MiB
    #[arg(long, env = "HOOKPROOF_MAX_BODY", default_value_t = DEFAULT_MAX_BODY, value_parser = clap::value_parser!(u32).range(1..=MOST_MAX_BODY))]
    pub max_body: u32,

    /// How many connections are served at once; more wait
    #[arg(long, env = "HOOKPROOF_MAX_CONNECTIONS", default_value_t = 1024, value_parser = clap::value_parser!(u32).range(1..))]
    pub max_connections: u32,

    /// The folder with the built site; `site` beside the executable by default
    #[arg(long, env = "HOOKPROOF_SITE_ROOT")]
    pub site_root: Option<PathBuf>,
}

fn public_url(text: &str) -> Result<PublicUrl, String> {
    if text.trim().is_empty() {
        return Ok(PublicUrl(None));
    }
    let url = Url::parse(text.trim()).map_err(|error| error.to_string())?;
    match url.scheme() {
        "http" | "https" if url.has_host() && url.query().is_none() && url.fragment().is_none() => Ok(PublicUrl(Some(url))),
        _ => Err("expected something like https://hooks.example.com".to_owned()),
    }
}

/// `true` or `false`; a variable that is left empty is `false`.
fn switch(text: &str) -> Result<bool, String> {
    match text.trim() {
        "true" => Ok(true),
        "false" | "" => Ok(false),
        text => Err(format!("expected true or false and not `{text}`")),
    }
}

/// Networks separated by commas; a bare address is a network of one.
fn networks(text: &str) -> Result<Networks, String> {
    let network = |text: &str| {
        let address = || text.parse::<IpAddr>().map(IpNet::from);
        text.parse::<IpNet>()
            .or_else(|_| address())
            .map_err(|_| format!("`{text}` is not a network such as 10.0.0.0/8"))
    };
    text.split(',')
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .map(network)
        .collect::<Result<_, _>>()
        .map(Networks)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[&str]) {
        let read: Vec<_> = networks(text).expect("networks").0.iter().map(ToString::to_string).collect();
        assert_eq!(read, expected, "{text:?}");
    }

    #[test]
    fn a_key_in_the_environment_wins_over_the_file_and_is_never_repeated() {
        let file = Path::new("data/hookproof.key");
        let source = |key: Option<&str>, next: Option<&str>| key_source(key.map(Into::into), next.map(Into::into), file);
        let key = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";
        assert!(matches!(source(None, Some(key)), Ok(KeySource::File(path)) if path == file));
        assert!(matches!(
            source(Some(key), None),
            Ok(KeySource::Environment { next: None, .. })
        ));
        let given = source(Some(key), Some(key)).expect("keys");
        assert!(!format!("{given:?}{given}").contains("AQEB"));
        for (wrong, named) in [
            (source(Some("AQEB"), None), "HOOKPROOF_KEY does not hold 32 bytes in base64"),
            (
                source(Some(key), Some("AQEB")),
                "HOOKPROOF_NEXT_KEY does not hold 32 bytes in base64",
            ),
        ] {
            assert_eq!(wrong.expect_err("refused").to_string(), named);
        }
    }

    #[test]
    fn a_switch_is_on_only_when_it_says_so() {
        assert_eq!(switch("true"), Ok(true));
        assert_eq!(switch("false"), Ok(false));
        assert_eq!(switch(""), Ok(false));
        assert!(switch("flase").is_err_and(|error| error.contains("`flase`")));
    }

    #[test]
    fn networks_are_read_as_people_write_them() {
        check("", &[]);
        check("10.0.0.0/8, 192.168.0.0/16,", &["10.0.0.0/8", "192.168.0.0/16"]);
        check("10.0.0.1,::1", &["10.0.0.1/32", "::1/128"]);
        assert!(networks("10.0.0.0/8,everywhere").is_err_and(|error| error.contains("`everywhere`")));
    }
}
