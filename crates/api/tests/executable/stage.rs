//! The built executable on a data folder of its own.

use std::fs::{self, File, Permissions};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;
use tokio_postgres::NoTls;

/// A data folder with servers on it, all of which end with the test.
pub struct Stage {
    folder: TempDir,
    pub port: u16,
    pub settings: Vec<(&'static str, String)>,
    running: Vec<Child>,
}

impl Stage {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).expect("open to postgres");
        Self { folder, port: free_port(), settings: Vec::new(), running: Vec::new() }
    }

    pub fn zhiyin(&self, command: &str) -> Command {
        let mut zhiyin = Command::new(env!("CARGO_BIN_EXE_zhiyin"));
        zhiyin.arg(command).stdout(Stdio::null()).stderr(Stdio::piped());
        zhiyin.env("ZHIYIN_DATA_DIR", self.folder.path()).env_remove("DATABASE_URL");
        zhiyin.env("ZHIYIN_LISTEN", format!("127.0.0.1:{}", self.port)).env("ZHIYIN_METRICS_LISTEN", "");
        zhiyin.envs(self.settings.iter().map(|(name, value)| (*name, value)));
        zhiyin
    }

    /// What a command prints.
    pub fn printed(&self, arguments: &[&str]) -> String {
        let mut command = self.zhiyin(arguments[0]);
        let outcome = command.args(&arguments[1..]).stdout(Stdio::piped()).output().expect("run");
        assert!(outcome.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&outcome.stderr));
        String::from_utf8(outcome.stdout).expect("text")
    }

    /// What a command that fails says about it.
    pub fn refused(&self, arguments: &[&str]) -> String {
        let outcome = self.zhiyin(arguments[0]).args(&arguments[1..]).output().expect("run");
        assert!(!outcome.status.success(), "{arguments:?} succeeds");
        String::from_utf8(outcome.stderr).expect("text")
    }

    /// Starts a server, whose log goes into the data folder, and waits until it says that it is ready.
    pub fn serve(&mut self) {
        let log = File::options().create(true).append(true).open(self.folder().join("server.log"));
        let child = self.zhiyin("serve").stderr(log.expect("a log")).spawn().expect("started");
        self.running.push(child);
        let limit = Instant::now() + Duration::from_secs(60);
        while !self.is_ready() {
            assert!(Instant::now() < limit, "the server did not become ready");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    pub fn is_ready(&self) -> bool {
        self.get(self.port, "/readyz").is_some_and(|answer| answer.starts_with("HTTP/1.1 200"))
    }

    /// The whole answer to a request without a body, if the server answers at all.
    pub fn get(&self, port: u16, path: &str) -> Option<String> {
        self.send(port, &format!("GET {path} HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n"))
    }

    /// The whole answer to a request that ends its connection.
    pub fn send(&self, port: u16, request: &str) -> Option<String> {
        let mut connection = TcpStream::connect(("127.0.0.1", port)).ok()?;
        let mut answer = String::new();
        connection.write_all(request.as_bytes()).ok()?;
        connection.read_to_string(&mut answer).ok()?;
        Some(answer)
    }

    /// Status and JSON of the answer to a request with a body.
    pub fn post(&self, path: &str, headers: &str, body: &str) -> (u16, Value) {
        self.ask("POST", path, headers, body)
    }

    /// The same without one.
    pub fn read(&self, path: &str, headers: &str) -> (u16, Value) {
        self.ask("GET", path, headers, "")
    }

    /// The same with any method.
    pub fn ask(&self, method: &str, path: &str, headers: &str, body: &str) -> (u16, Value) {
        let head = format!("{method} {path} HTTP/1.1\r\nHost: test\r\nConnection: close\r\n{headers}");
        let answer = self.send(self.port, &format!("{head}Content-Length: {}\r\n\r\n{body}", body.len()));
        let answer = answer.expect("an answer");
        let status = answer.split(' ').nth(1).and_then(|word| word.parse().ok()).expect("a status");
        let (_, body) = answer.split_once("\r\n\r\n").expect("a body");
        (status, serde_json::from_str(body).unwrap_or(Value::Null))
    }

    pub fn kill(&mut self) {
        let mut child = self.running.pop().expect("a running server");
        child.kill().expect("killed");
        child.wait().expect("ended");
    }

    /// Tells the server to end, as a service manager does.
    pub fn signal_end(&self) {
        let child = self.running.last().expect("a running server");
        let pid = rustix::process::Pid::from_child(child);
        rustix::process::kill_process(pid, rustix::process::Signal::TERM).expect("told to end");
    }

    pub fn terminate(&mut self) {
        self.signal_end();
        self.await_end();
    }

    pub fn await_end(&mut self) {
        let mut child = self.running.pop().expect("a running server");
        assert!(child.wait().expect("ended").success(), "an orderly end is a success");
    }

    /// The process number of PostgreSQL, if it runs.
    pub fn postmaster(&self) -> Option<String> {
        let record = fs::read_to_string(self.cluster().join("postmaster.pid")).ok()?;
        Some(record.lines().next()?.to_owned())
    }

    /// A token of the first administrator, who is made with it.
    pub fn administrator(&self) -> String {
        let link = self.printed(&["user", "setup-link"]);
        let secret = link.trim().rsplit(['=', '/', '#']).next().expect("the link's secret");
        let body = json!({"token": secret, "name": "李伟", "username": "liwei", "password": "four plain words here"});
        let (status, answer) = self.post("/api/v1/setup", "Content-Type: application/json\r\n", &body.to_string());
        assert_eq!(status, 200, "{answer}");
        answer["access_token"].as_str().expect("a token").to_owned()
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub fn cluster(&self) -> PathBuf {
        self.folder().join("postgres")
    }

    pub fn sql(&self, statements: &str) -> Vec<String> {
        let url = format!("postgresql://zhiyin@/zhiyin?host={}/run", self.folder.path().display());
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        runtime.block_on(async {
            let (client, connection) = tokio_postgres::connect(&url, NoTls).await.expect("connected");
            tokio::spawn(connection);
            let messages = client.simple_query(statements).await.expect("run");
            let rows = messages.iter().filter_map(|message| match message {
                tokio_postgres::SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
                _ => None,
            });
            rows.collect()
        })
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        while !self.running.is_empty() {
            self.kill();
        }
        if let Some(pid) = self.postmaster().and_then(|pid| pid.parse().ok()).and_then(rustix::process::Pid::from_raw) {
            let _ = rustix::process::kill_process(pid, rustix::process::Signal::QUIT);
        }
    }
}

/// The operation that a command names in its last words.
pub fn undoing(printed: &str) -> &str {
    let words = printed.split("zhiyin undo ").nth(1).expect("how to undo it");
    words.split(')').next().expect("an id")
}

/// A port that nobody used a moment ago.
pub fn free_port() -> u16 {
    let free = TcpListener::bind("127.0.0.1:0").expect("a free port");
    free.local_addr().expect("its number").port()
}
