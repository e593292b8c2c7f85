//! Certificates for names that exist in these tests only.

use hookproof::delivery::Trust;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};

/// Signs certificates, and may be trusted.
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    certificate: CertificateDer<'static>,
}

impl Authority {
    pub fn new() -> Self {
        let key = KeyPair::generate().expect("a key");
        let mut params = CertificateParams::new([]).expect("no names");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let certificate = params.self_signed(&key).expect("signed").der().clone();
        let issuer = Issuer::new(params, key);
        Self { issuer, certificate }
    }

    pub fn trust(&self) -> Trust {
        Trust::only([self.certificate.clone()])
    }

    /// A server with a certificate for that name.
    pub fn server(&self, name: &str) -> ServerConfig {
        self.server_with(CertificateParams::new([name.to_owned()]).expect("a name"))
    }

    /// A server whose certificate ended long ago.
    pub fn late_server(&self, name: &str) -> ServerConfig {
        let mut params = CertificateParams::new([name.to_owned()]).expect("a name");
        params.not_before = date_time_ymd(2020, 1, 1);
        params.not_after = date_time_ymd(2020, 2, 1);
        self.server_with(params)
    }

    fn server_with(&self, params: CertificateParams) -> ServerConfig {
        let key = KeyPair::generate().expect("a key");
        let certificate = params.signed_by(&key, &self.issuer).expect("signed");
        server(certificate.der().clone(), &key)
    }
}

/// A server that nobody but itself vouches for.
pub fn self_signed_server(name: &str) -> ServerConfig {
    let made = rcgen::generate_simple_self_signed([name.to_owned()]).expect("signed");
    server(made.cert.der().clone(), &made.signing_key)
}

fn server(certificate: CertificateDer<'static>, key: &KeyPair) -> ServerConfig {
    let key = PrivatePkcs8KeyDer::from(key.serialize_der());
    ServerConfig::builder_with_provider(rustls::crypto::ring::default_provider().into())
        .with_safe_default_protocol_versions()
        .expect("the provider has ciphers")
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key.into())
        .expect("the key is the certificate's")
}
