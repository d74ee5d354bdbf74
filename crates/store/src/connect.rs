//! The way to the database: in the clear over a local socket, by TLS over a network.
//!
//! `sslmode` and `sslrootcert` in the address mean what they mean to PostgreSQL's own programs. `prefer`, which is what
//! goes without saying, and `require` keep out who listens; `verify-full` also keeps out who answers in the server's place.

use std::error::Error as _;
use std::sync::Arc;

use diesel::{ConnectionError, ConnectionResult};
use diesel_async::AsyncPgConnection;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, aws_lc_rs, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode};
use tokio_postgres_rustls::MakeRustlsConnect;

/// Opens a connection to the server of an address.
pub(crate) async fn connect(address: &str) -> ConnectionResult<AsyncPgConnection> {
    let address = Address::read(address).map_err(ConnectionError::InvalidConnectionUrl)?;
    let tls = address.trust.tls().map_err(ConnectionError::BadConnection)?;
    let opened = address.config.connect(MakeRustlsConnect::new(tls)).await;
    let (client, connection) = opened.map_err(|error| ConnectionError::BadConnection(whole(&error)))?;
    AsyncPgConnection::try_from_client_and_connection(client, connection).await
}

/// What the library says, and why: the first line alone would only name the step that failed.
fn whole(error: &tokio_postgres::Error) -> String {
    match error.source() {
        Some(reason) => format!("{error}: {reason}"),
        None => error.to_string(),
    }
}

#[derive(Debug)]
struct Address {
    config: Config,
    trust: Trust,
}

/// Whose certificate is believed.
#[derive(Debug, PartialEq, Eq)]
enum Trust {
    /// Anybody's: nobody can listen, but a stranger could answer.
    Anybody,
    /// Whom the authorities of this system know by the name in the address.
    System,
    /// The same with the authorities of a file.
    File(String),
}

impl Address {
    /// Takes out what the library does not know.
    fn read(address: &str) -> Result<Self, String> {
        let (place, query) = address.split_once('?').unwrap_or((address, ""));
        let (mut rest, mut verified, mut file) = (Vec::new(), false, None);
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            match pair.split_once('=') {
                // Who wants the authority verified does not mind that the name is verified too.
                Some(("sslmode", "verify-ca" | "verify-full")) => {
                    verified = true;
                    rest.push("sslmode=require");
                }
                Some(("sslrootcert", path)) => file = Some(path),
                _ => rest.push(pair),
            }
        }
        let address = if rest.is_empty() { place.to_owned() } else { format!("{place}?{}", rest.join("&")) };
        let mut config: Config = address.parse().map_err(|error| whole(&error))?;
        let hosts = config.get_hosts();
        if !hosts.is_empty() && hosts.iter().all(|host| matches!(host, Host::Unix(_))) {
            // Servers offer no TLS there; asking would be a round trip for nothing.
            config.ssl_mode(SslMode::Disable);
        }
        let trust = match file {
            Some("system") => Trust::System,
            Some(path) => Trust::File(path.to_owned()),
            None if verified => Trust::System,
            None => Trust::Anybody,
        };
        Ok(Self { config, trust })
    }
}

impl Trust {
    fn tls(&self) -> Result<ClientConfig, String> {
        let provider = Arc::new(aws_lc_rs::default_provider());
        let config = ClientConfig::builder_with_provider(provider.clone()).with_safe_default_protocol_versions();
        let config = config.map_err(|error| error.to_string())?;
        let mut roots = RootCertStore::empty();
        match self {
            Trust::Anybody => {
                let verifier = Arc::new(Unverified(provider));
                return Ok(config.dangerous().with_custom_certificate_verifier(verifier).with_no_client_auth());
            }
            Trust::System => {
                roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
            }
            Trust::File(path) => {
                let unreadable = |error| format!("sslrootcert {path}: {error}");
                for certificate in CertificateDer::pem_file_iter(path).map_err(unreadable)? {
                    let added = roots.add(certificate.map_err(unreadable)?);
                    added.map_err(|error| format!("sslrootcert {path}: {error}"))?;
                }
            }
        }
        if roots.is_empty() {
            return Err("no certificate authority is known; name a file of them with sslrootcert".into());
        }
        Ok(config.with_root_certificates(roots).with_no_client_auth())
    }
}

/// Believes every certificate, but not that somebody has its key who has not.
#[derive(Debug)]
struct Unverified(Arc<CryptoProvider>);

impl ServerCertVerifier for Unverified {
    fn verify_server_cert(
        &self,
        _certificate: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _name: &ServerName<'_>,
        _ocsp: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, certificate, signature, &self.0.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, certificate, signature, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(address: &str) -> (SslMode, Trust) {
        let address = Address::read(address).expect(address);
        (address.config.get_ssl_mode(), address.trust)
    }

    #[test]
    fn the_address_says_how_far_the_server_is_trusted() {
        let host = "postgresql://zhiyin@db.example.com/zhiyin";
        assert_eq!(read(host), (SslMode::Prefer, Trust::Anybody));
        assert_eq!(read(&format!("{host}?sslmode=disable")), (SslMode::Disable, Trust::Anybody));
        assert_eq!(read(&format!("{host}?sslmode=require")), (SslMode::Require, Trust::Anybody));
        assert_eq!(read(&format!("{host}?sslmode=verify-full")), (SslMode::Require, Trust::System));
        let file = format!("{host}?connect_timeout=3&sslmode=verify-full&sslrootcert=/etc/ssl/db.pem");
        assert_eq!(read(&file), (SslMode::Require, Trust::File("/etc/ssl/db.pem".into())));
        assert_eq!(read("postgresql://zhiyin@/zhiyin?host=/run/postgresql").0, SslMode::Disable);
        let unnamed = "postgresql:///zhiyin?hostaddr=10.0.0.1&sslmode=require";
        assert_eq!(read(unnamed), (SslMode::Require, Trust::Anybody), "a host without a name is no socket");
        assert!(Address::read(&format!("{host}?sslmode=sometimes")).is_err());
    }

    #[test]
    fn without_an_authority_nothing_is_verified_and_so_nothing_is_opened() {
        assert!(Trust::File("/nowhere/db.pem".into()).tls().is_err());
    }
}
