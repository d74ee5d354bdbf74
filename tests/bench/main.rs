//! How fast is it? The release server with everything on, measured over HTTP beside pgbench running the same statements
//! on the same rows in the same minutes. See the README for the method.

mod http;
mod import;
mod machine;
mod operations;
mod paint;
mod reference;
mod report;
mod sales;

use std::collections::HashMap;
use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use api::application;
use api::auth::passwords;
use api::cluster::{Cluster, Options, Tenure, Tuning};
use api::config::Config;
use api::database;
use clap::Parser;
use domain::platform::User;
use http::{Connection, Measured};
use machine::Machine;
use operations::Operation;
use reference::Log;
use report::Line;
use serde_json::json;
use store::platform::{credentials, roles, user_roles, users};
use store::{Store, records};
use tests::population::{self, Population};
use tokio_postgres::NoTls;

/// What this key seals is made up.
const ROOT_KEY: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
const USERNAME: &str = "bench";
const PASSWORD: &str = "not-a-secret-of-anybody-27";

/// The cluster is tuned as for a machine of 8 GiB, which leaves room for the rest of a shared one.
const MEMORY: u64 = 8 << 30;

#[derive(Parser)]
struct Arguments {
    /// The release executable to measure.
    #[arg(long)]
    server: PathBuf,
    /// Where the database lies.
    #[arg(long)]
    folder: PathBuf,
    #[arg(long, default_value_t = 1_000_000)]
    customers: u64,
    /// One second an operation, few different requests, and the README stays as it is.
    #[arg(long)]
    quick: bool,
    /// The Node that opens the client in a browser; without it first paint is not measured.
    #[arg(long)]
    node: Option<PathBuf>,
    /// Leave the database for the next run, which then needs no load.
    #[arg(long)]
    keep: bool,
}

#[tokio::main]
async fn main() -> Result<()> {
    let arguments = Arguments::parse();
    fs::create_dir_all(&arguments.folder)?;
    let outcome = Bench::prepare(&arguments).await?.run().await;
    if !arguments.keep {
        fs::remove_dir_all(&arguments.folder)?;
    }
    outcome
}

struct Bench<'a> {
    arguments: &'a Arguments,
    population: Population,
    config: Config,
    cluster: Cluster,
    note: String,
}

impl<'a> Bench<'a> {
    /// A database with its population.
    async fn prepare(arguments: &'a Arguments) -> Result<Self> {
        let settings = HashMap::from([
            ("ZHIYIN_ROOT_KEY".to_owned(), ROOT_KEY.to_owned()),
            ("ZHIYIN_DATA_DIR".to_owned(), arguments.folder.display().to_string()),
        ]);
        let config = Config { path: Config::load(None)?.path, ..Config::read(None, &settings, false)? };
        let tuning = Tuning { memory: MEMORY, connections: 60, durable: true };
        let search = database::search(&config);
        let options = Options { data_dir: arguments.folder.clone(), search, tuning, tenure: Tenure::Owner };
        let cluster = tokio::task::spawn_blocking(move || Cluster::start(&options)).await??;
        application::migrate(&cluster.url()).await?;
        let store = application::open_store(&config, &cluster.url()).await?;
        let population = Population { customers: arguments.customers };
        let mut bench = Self { arguments, population, config, cluster, note: String::new() };
        if users::by_username(&mut store.system("bench").begin().await?, USERNAME).await?.is_none() {
            bench.load(&store).await?;
            sales::load(&store, population).await?;
            add_administrator(&store).await?;
        }
        Ok(bench)
    }

    async fn load(&mut self, store: &Store) -> Result<()> {
        let (customers, contacts) = (self.population.customers, self.population.contacts());
        println!("loading {customers} customers and {contacts} contacts");
        let started = Instant::now();
        population::load(self.population, store, &self.cluster.url(), 3).await?;
        let seconds = started.elapsed().as_secs_f64();
        let rate = (customers + contacts) as f64 / seconds;
        self.note = format!(
            "Loading {customers} customers and {contacts} contacts, made, sealed, copied, indexed and analysed, took {seconds:.0} s: \
             {rate:.0} records a second."
        );
        println!("{}", self.note);
        Ok(())
    }

    async fn run(&self) -> Result<()> {
        let scripts = self.reference_scripts().await?;
        let server = Server::start(self).await?;
        let token = server.sign_in().await?;
        let machine = Machine { server: server.child.id(), postmaster: machine::postmaster(&self.cluster_folder())? };
        let (idle, started_in) = (machine.resident(), server.started_in);
        let mut connection = Connection::open(&server.address).await?;
        let operations = operations::all(self.population, &mut connection, &token).await?;
        let mut lines = Vec::new();
        for operation in &operations {
            let files = &scripts[operation.name];
            lines.push(self.measure(operation, files, &server, &machine).await?);
            println!("{}", report::table(&lines[lines.len() - 1..]).lines().last().unwrap_or_default());
        }
        let mut sentences = vec![self.crowd(&operations, &server).await?];
        let resident = machine.resident();
        if let Some(node) = &self.arguments.node {
            sentences.push(paint::measure(node, &format!("http://{}/sign-in", server.address))?);
        }
        drop(server);
        let rows = if self.arguments.quick { 20_000 } else { 1_000_000 };
        sentences.push(self.import(rows).await?);
        let figures = self.figures(&lines, started_in, idle, resident, &sentences)?;
        println!("\n{figures}");
        if !self.arguments.quick {
            report::write(&Path::new(env!("CARGO_MANIFEST_DIR")).join("bench/README.md"), &figures)?;
        }
        Ok(())
    }

    /// What the server sends to the database for each operation, as scripts for pgbench.
    async fn reference_scripts(&self) -> Result<HashMap<&'static str, Vec<PathBuf>>> {
        let owner = self.superuser("zhiyin").await?;
        let verbose = ["log_statement = 'all'", "log_parameter_max_length = -1", "log_error_verbosity = 'default'"];
        for setting in verbose {
            owner.batch_execute(&format!("alter role zhiyin set {setting}")).await?;
        }
        let mut scripts = HashMap::new();
        {
            let server = Server::start(self).await?;
            let token = server.sign_in().await?;
            let mut connection = Connection::open(&server.address).await?;
            let mut log = Log::new(self.arguments.folder.join("postgres.log"));
            let most = if self.arguments.quick { 12 } else { 60 };
            for operation in operations::all(self.population, &mut connection, &token).await? {
                let folder = self.arguments.folder.join("scripts");
                let files = reference::scripts(&operation, &mut connection, &token, &mut log, &folder, most).await?;
                scripts.insert(operation.name, files);
            }
        }
        owner.batch_execute("alter role zhiyin reset all").await?;
        Ok(scripts)
    }

    async fn measure(
        &self,
        operation: &Operation,
        scripts: &[PathBuf],
        server: &Server,
        machine: &Machine,
    ) -> Result<Line> {
        let seconds = if self.arguments.quick { 1 } else { 5 };
        let token = server.sign_in().await?;
        let statements = fs::read_to_string(&scripts[0])?.lines().filter(|line| line.ends_with(';')).count();
        let many_reference = self.pgbench(operation, scripts, 16, seconds).await?;
        let drive = async |connections: usize, seconds: u64| {
            http::measure(
                &server.address,
                operation.requests.scripts(connections, &token),
                Duration::from_secs(seconds),
            )
            .await
        };
        drive(16, 1).await?;
        machine.boost();
        let (before, started) = (machine.spent(), Instant::now());
        let own_before = own_processor_time();
        let many = drive(16, seconds).await?;
        let (spent, wall) = (machine.spent() - before, started.elapsed().as_secs_f64());
        let own = own_processor_time() - own_before;
        let one_reference = self.pgbench(operation, scripts, 1, seconds.min(3)).await?;
        let one: Measured = drive(1, seconds.min(3)).await?;
        let each = 1e6 / many.requests.max(1) as f64;
        Ok(Line {
            name: operation.name,
            goal: operation.goal,
            many_reference,
            one,
            one_reference,
            server_cpu: spent.server * each,
            postgres_cpu: spent.postgres * each,
            others: ((spent.all - spent.server - spent.postgres - own) / wall).max(0.0),
            statements,
            many,
        })
    }

    async fn pgbench(
        &self,
        operation: &Operation,
        scripts: &[PathBuf],
        connections: usize,
        seconds: u64,
    ) -> Result<f64> {
        let program = database::search(&self.config).find(None)?.folder.join("pgbench");
        let (url, scripts, prepared) = (self.cluster.url(), scripts.to_vec(), operation.prepared);
        let run = move || reference::pgbench(&program, &url, &scripts, prepared, connections, seconds);
        tokio::task::spawn_blocking(run).await?
    }

    /// A thousand people at once.
    async fn crowd(&self, operations: &[Operation], server: &Server) -> Result<String> {
        let mut sentences = Vec::new();
        let token = server.sign_in().await?;
        let time = Duration::from_secs(if self.arguments.quick { 1 } else { 5 });
        for operation in operations.iter().take(2) {
            let crowd = http::measure(&server.address, operation.requests.scripts(1000, &token), time).await?;
            let Measured { per_second, p50, p99, failures, .. } = crowd;
            let name = operation.name;
            sentences.push(format!("{name} {per_second:.0}/s, p50 {p50:.0} ms, p99 {p99:.0} ms, {failures}"));
        }
        Ok(format!("At 1000 connections: {}.", sentences.join("; ")))
    }

    /// An import into a database of its own, which is gone afterwards.
    async fn import(&self, rows: u64) -> Result<String> {
        const DATABASE: &str = "bench_import";
        let owner = self.superuser("zhiyin").await?;
        owner.batch_execute(&format!("drop database if exists {DATABASE}")).await?;
        owner.batch_execute(&format!("create database {DATABASE} owner zhiyin")).await?;
        let url = self.cluster.url_of(DATABASE);
        application::migrate(&url).await?;
        let mut command = self.command();
        let rate = import::measure(command.env("DATABASE_URL", &url), &self.arguments.folder, self.population, rows)?;
        let copied = import::reference(&self.superuser(DATABASE).await?).await?;
        owner.batch_execute(&format!("drop database {DATABASE} with (force)")).await?;
        Ok(import::sentence(rows, rate, copied))
    }

    fn figures(&self, lines: &[Line], start: Duration, idle: u64, busy: u64, sentences: &[String]) -> Result<String> {
        let size = |path: &Path| fs::metadata(path).map(|found| found.len() as f64 / 1e6);
        let failed: usize = lines.iter().map(|line| line.many.failures.count()).sum();
        Ok(format!(
            "{} customers, {} contacts. {}. {}\n\n{}\n{}\n\nStart to first answer {} ms; memory {idle} MiB idle, {busy} MiB \
             after the run; executable {:.1} MB; client {}; {failed} failed requests.\n",
            self.population.customers,
            self.population.contacts(),
            machine::describe(),
            self.note,
            report::table(lines),
            sentences.join("\n\n"),
            start.as_millis(),
            size(&self.arguments.server)?,
            client_size()?,
        ))
    }

    /// The executable, set up for this database.
    fn command(&self) -> Command {
        let mut command = Command::new(&self.arguments.server);
        command.env("DATABASE_URL", self.cluster.url()).env("ZHIYIN_ROOT_KEY", ROOT_KEY);
        command.env("ZHIYIN_DATA_DIR", &self.arguments.folder);
        command
    }

    fn cluster_folder(&self) -> PathBuf {
        self.arguments.folder.join("postgres")
    }

    async fn superuser(&self, database: &str) -> Result<tokio_postgres::Client> {
        let url = self.cluster.url_of(database).replacen("zhiyin@", "postgres@", 1);
        let (client, connection) = tokio_postgres::connect(&url, NoTls).await?;
        tokio::spawn(connection);
        Ok(client)
    }
}

/// Somebody who may do everything, with a password.
async fn add_administrator(store: &Store) -> Result<()> {
    let hash = passwords::hash_now(PASSWORD).context("no hash")?;
    let draft = json!({"username": USERNAME, "name": "测量"});
    let draft = draft.as_object().cloned().unwrap_or_default();
    let db = store.system("bench");
    let made = db.write(async |tx| {
        let role = roles::by_name(tx, "administrator").await?;
        let user = records::create::<User>(tx, &draft).await?.stamp().id;
        user_roles::add(tx, user, role.as_slice()).await?;
        credentials::set(tx, user, &hash, false).await
    });
    Ok(made.await?)
}

/// The server in a process of its own, as in production.
struct Server {
    child: Child,
    address: String,
    started_in: Duration,
}

impl Server {
    /// Starts it and waits for its first answer.
    async fn start(bench: &Bench<'_>) -> Result<Self> {
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?.to_string();
        let started = Instant::now();
        let child = bench
            .command()
            .arg("serve")
            .env("ZHIYIN_LISTEN", &address)
            .env("ZHIYIN_METRICS_LISTEN", "127.0.0.1:0")
            .env("ZHIYIN_REQUESTS_PER_MINUTE", "1000000000")
            .stdout(Stdio::null())
            .stderr(fs::File::create(bench.arguments.folder.join("server.log"))?)
            .spawn()
            .with_context(|| format!("cannot start {}", bench.arguments.server.display()))?;
        let mut server = Self { child, address, started_in: Duration::ZERO };
        while started.elapsed() < Duration::from_secs(60) {
            let request = http::request("GET", "/readyz", "", "", "");
            if let Ok(mut connection) = Connection::open(&server.address).await
                && connection.send(&request).await.is_ok_and(|answer| answer.status == 200)
            {
                server.started_in = started.elapsed();
                return Ok(server);
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        bail!("the server does not start; see server.log in {}", bench.arguments.folder.display())
    }

    /// A token of ten minutes.
    async fn sign_in(&self) -> Result<String> {
        let body = json!({"username": USERNAME, "password": PASSWORD}).to_string();
        let request = http::request("POST", "/api/v1/auth/login", "", "content-type: application/json\r\n", &body);
        let answer = Connection::open(&self.address).await?.send(&request).await?;
        ensure!(answer.status == 200, "sign-in: {}", String::from_utf8_lossy(&answer.body));
        Ok(answer.json()?["access_token"].as_str().context("no token")?.to_owned())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Processor seconds of this process, the load generator.
fn own_processor_time() -> f64 {
    Machine { server: std::process::id(), postmaster: 0 }.spent().server
}

/// The client as a browser fetches it: brotli, by its kinds.
fn client_size() -> Result<String> {
    let dist = Path::new(env!("CARGO_MANIFEST_DIR")).join("../frontend/dist/assets");
    let Ok(entries) = fs::read_dir(&dist) else { return Ok("not built".to_owned()) };
    let (mut wasm, mut rest) = (0, 0);
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        match name.strip_suffix(".br") {
            Some(plain) if plain.ends_with(".wasm") => wasm += entry.metadata()?.len(),
            Some(_) => rest += entry.metadata()?.len(),
            None => {}
        }
    }
    Ok(format!("{} kB of WASM and {} kB of the rest, compressed", wasm / 1000, rest / 1000))
}
