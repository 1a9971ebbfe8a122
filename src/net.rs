//! The one HTTP client: pooled connections, no automatic redirects, and TLS that costs nothing until
//! an https host is spoken to.
//!
//! It knows no model and no Hub; both are handed the client it makes.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, Error, SignatureScheme};

/// Whether the machine's proxy settings apply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proxying {
    /// `HTTP_PROXY`, `HTTPS_PROXY`, `NO_PROXY` and their lower-case forms are followed.
    System,
    /// Connections are direct, as to a server this process itself started.
    Direct,
}

/// Builds the HTTP client. A connection that takes longer than `connect_timeout` to be made fails.
///
/// Redirects are never followed by it: whoever sends a credential decides where it goes.
pub fn client(
    proxying: Proxying,
    connect_timeout: Duration,
) -> Result<reqwest::Client, reqwest::Error> {
    let builder = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(connect_timeout)
        .tcp_nodelay(true)
        .user_agent(concat!("agentcard/", env!("CARGO_PKG_VERSION"), "; rust"));
    let builder = match tls_config() {
        Ok(config) => builder.tls_backend_preconfigured(config),
        // The provider and its default protocol versions always agree; were that ever to change,
        // the client's own defaults serve.
        Err(_) => builder,
    };
    match proxying {
        Proxying::System => builder,
        Proxying::Direct => builder.no_proxy(),
    }
    .build()
}

fn tls_config() -> Result<ClientConfig, Error> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let verifier =
        Arc::new(LazyVerifier { provider: Arc::clone(&provider), roots: OnceLock::new() });
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

/// The platform's certificate verifier, made at the first handshake.
///
/// Loading the system's roots takes about 2 ms, more than a whole exchange with a local server.
#[derive(Debug)]
struct LazyVerifier {
    provider: Arc<CryptoProvider>,
    roots: OnceLock<Result<rustls_platform_verifier::Verifier, Error>>,
}

impl LazyVerifier {
    fn platform(&self) -> Result<&rustls_platform_verifier::Verifier, Error> {
        self.roots
            .get_or_init(|| rustls_platform_verifier::Verifier::new(Arc::clone(&self.provider)))
            .as_ref()
            .map_err(Clone::clone)
    }
}

impl ServerCertVerifier for LazyVerifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        self.platform()?.verify_server_cert(
            end_entity,
            intermediates,
            server_name,
            ocsp_response,
            now,
        )
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
