//! Whose certificates are believed.

use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::{ClientConfig, RootCertStore};
use tokio_rustls::TlsConnector;

/// The authorities whose certificates are believed.
///
/// They are those of the system's own store, so that an authority which an admin adds there for a company's network counts
/// here too. They are read once and judged by rustls itself, not by the system's verifier: that one may fetch what a
/// certificate points to, from an address that nobody has checked.
#[derive(Debug, Clone)]
pub struct Trust(Arc<RootCertStore>);

/// The system has no certificates, so that no destination could be told from an impostor.
#[derive(Debug, thiserror::Error)]
#[error("the system has no certificates to check others with (Debian: install ca-certificates){reason}")]
pub struct NoCertificates {
    reason: String,
}

impl Trust {
    /// What the system trusts. `SSL_CERT_FILE` and `SSL_CERT_DIR` name other places, as for many programs.
    pub fn of_system() -> Result<Self, NoCertificates> {
        let found = rustls_native_certs::load_native_certs();
        let mut roots = RootCertStore::empty();
        // A store holds certificates that cannot be read here now and then; the others are not worse for it.
        roots.add_parsable_certificates(found.certs);
        if roots.is_empty() {
            let reason = found.errors.first().map(|error| format!(": {error}")).unwrap_or_default();
            return Err(NoCertificates { reason });
        }
        Ok(Self(Arc::new(roots)))
    }

    /// Only these authorities. Those that cannot be read are left out.
    pub fn only(authorities: impl IntoIterator<Item = CertificateDer<'static>>) -> Self {
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(authorities);
        Self(Arc::new(roots))
    }

    pub(super) fn connector(&self) -> TlsConnector {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("the provider has ciphers for TLS 1.2 and 1.3")
            .with_root_certificates(self.0.clone())
            .with_no_client_auth();
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        TlsConnector::from(Arc::new(config))
    }
}
