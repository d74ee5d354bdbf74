//! PostgreSQL over a network: what is sealed, and whom we believe to be the server.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::future::join;
use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use store::keys::RootKey;
use store::{Connections, Store};
use tempfile::NamedTempFile;
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio_postgres::config::Host;
use tokio_rustls::TlsAcceptor;

use crate::support::House;

/// What a client of PostgreSQL says first when it wants TLS: the length of its words, and a number.
const TLS_WANTED: [u8; 8] = [0, 0, 0, 8, 4, 210, 22, 47];

/// The door that a server with TLS has, before the test's PostgreSQL, which listens on a socket only.
struct Door {
    port: u16,
    sealed: Arc<AtomicUsize>,
    /// Its certificate, for the name `localhost`.
    authority: NamedTempFile,
}

impl Door {
    async fn open(house: &House, with_tls: bool) -> Self {
        let CertifiedKey { cert, signing_key } = generate_simple_self_signed(["localhost".into()]).expect("a key");
        let authority = NamedTempFile::new().expect("a file");
        std::fs::write(authority.path(), cert.pem()).expect("written");
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(signing_key.serialize_der()));
        let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .and_then(|config| config.with_no_client_auth().with_single_cert(vec![cert.der().clone()], key));
        let tls = with_tls.then(|| TlsAcceptor::from(Arc::new(config.expect("TLS"))));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let (socket, sealed) = (socket(house), Arc::<AtomicUsize>::default());
        let counted = sealed.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, tls.clone(), socket.clone(), counted.clone()));
            }
        });
        Self { port, sealed, authority }
    }

    /// Opens a store through the door, and says how many of its connections were sealed.
    async fn enter(&self, house: &House, host: &str, query: &str) -> Result<usize, String> {
        let name = &house.database.name;
        let user = config(house).get_user().expect("a user").to_owned();
        let url = format!("postgresql://{user}@{host}:{}/{name}?{query}", self.port);
        let root = RootKey::from_hex(&"07".repeat(32)).expect("a root key");
        let before = self.sealed.load(Ordering::SeqCst);
        let store = Store::open(&url, Connections { most: 5, runtimes: 1, beside: 0 }, &root, || Ok(vec![0; 32])).await;
        let store = store.map_err(|error| error.to_string())?;
        assert!(store.is_ready().await.expect("an answer"));
        Ok(self.sealed.load(Ordering::SeqCst) - before)
    }
}

async fn serve(mut stream: TcpStream, tls: Option<TlsAcceptor>, socket: String, sealed: Arc<AtomicUsize>) {
    let mut server = UnixStream::connect(socket).await.expect("PostgreSQL");
    let mut first = [0; 8];
    stream.read_exact(&mut first).await.expect("a first word");
    let wants_tls = first == TLS_WANTED;
    if let (true, Some(tls)) = (wants_tls, &tls) {
        stream.write_all(b"S").await.expect("answered");
        // A client that does not believe us goes away here.
        let Ok(mut stream) = tls.accept(stream).await else { return };
        sealed.fetch_add(1, Ordering::SeqCst);
        let _ = copy_bidirectional(&mut stream, &mut server).await;
        return;
    }
    if wants_tls {
        stream.write_all(b"N").await.expect("answered");
    } else {
        server.write_all(&first).await.expect("passed on");
    }
    let _ = copy_bidirectional(&mut stream, &mut server).await;
}

fn config(house: &House) -> tokio_postgres::Config {
    house.database.url.parse().expect("an address")
}

fn socket(house: &House) -> String {
    let config = config(house);
    let [Host::Unix(folder)] = config.get_hosts() else { panic!("the tests' PostgreSQL listens on a socket") };
    format!("{}/.s.PGSQL.{}", folder.display(), config.get_ports().first().unwrap_or(&5432))
}

#[tokio::test]
async fn a_connection_over_the_network_is_sealed_as_the_address_asks() {
    let house = House::new().await;
    let (sealed, open) = join(Door::open(&house, true), Door::open(&house, false)).await;
    let file = format!("sslmode=verify-full&sslrootcert={}", sealed.authority.path().display());
    for (host, query) in [("localhost", ""), ("127.0.0.1", "sslmode=require"), ("localhost", file.as_str())] {
        assert!(sealed.enter(&house, host, query).await.expect(query) > 0, "{query}");
    }
    assert_eq!(sealed.enter(&house, "localhost", "sslmode=disable").await, Ok(0));
    assert_eq!(open.enter(&house, "localhost", "").await, Ok(0), "a server without TLS");
    let refused = open.enter(&house, "localhost", "sslmode=require").await.expect_err("no TLS");
    assert!(refused.contains("TLS"), "{refused}");
    house.database.remove().await;
}

#[tokio::test]
async fn who_answers_in_the_place_of_the_server_is_not_believed() {
    let house = House::new().await;
    let (door, other) = join(Door::open(&house, true), Door::open(&house, true)).await;
    let by = |door: &Door| format!("sslmode=verify-full&sslrootcert={}", door.authority.path().display());
    let stranger = door.enter(&house, "localhost", &by(&other)).await.expect_err("another's certificate");
    assert!(stranger.contains("certificate"), "{stranger}");
    let misnamed = door.enter(&house, "127.0.0.1", &by(&door)).await.expect_err("another's name");
    assert!(misnamed.contains("certificate"), "{misnamed}");
    let unknown = door.enter(&house, "localhost", "sslmode=verify-full").await.expect_err("unknown to the system");
    assert!(unknown.contains("certificate"), "{unknown}");
    house.database.remove().await;
}
