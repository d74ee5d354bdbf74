//! Connections that know who asks.

use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use diesel::QueryResult;
use diesel::connection::TransactionDepthChange;
use diesel::sql_types::{Text, Timestamptz};
use diesel_async::{AnsiTransactionManager, AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection, TransactionManager};
use domain::catalogue::Catalogue;
use domain::error::Code;
use domain::permission::Permission;
use domain::platform::CustomField;
use domain::resource::{Definition, Resource};
use domain::viewer::{Rows, Viewer};
use futures_util::future::join;
use tokio::sync::watch;
use uuid::Uuid;

use crate::catalogue;
use crate::connect::connect;
use crate::error::{Error, Result, is_lost};
use crate::health::{self, Health};
use crate::keys::{self, KeyRing};
use crate::platform::on_behalf;
use crate::pools::{Connections, Pooled, Pools};
use crate::reason;
use crate::search::frequencies::{Frequencies, Held};
use crate::search::waiting::Waiting;
use crate::sql::{Bind, Sql};
use crate::turns::{Turn, Turns};

/// The database and its keys, shared by all who work in this process.
#[derive(Clone)]
pub struct Store {
    url: Arc<str>,
    pools: Arc<Pools>,
    keys: Arc<keys::Held>,
    catalogue: Arc<catalogue::Held>,
    frequencies: Arc<Held>,
    waiting: Arc<Waiting>,
    turns: Turns,
    health: Arc<Health>,
}

impl Store {
    pub async fn open(
        url: &str,
        connections: Connections,
        root: &keys::RootKey,
        new_signing_key: impl Fn() -> Result<Vec<u8>>,
    ) -> Result<Self> {
        let pools = Pools::open(url, connections).await?;
        let mut connection = pools.get().await?;
        let keys = keys::open(root, &mut connection, new_signing_key).await?;
        let catalogue = catalogue::Held::open(&connection).await?;
        drop(connection);
        Ok(Self {
            url: url.into(),
            pools: Arc::new(pools),
            keys: Arc::new(keys),
            catalogue: Arc::new(catalogue),
            frequencies: Arc::default(),
            waiting: Arc::default(),
            turns: Turns::default(),
            health: Arc::default(),
        })
    }

    /// The keys as they are now; another time they may be others.
    pub fn keys(&self) -> Arc<KeyRing> {
        self.keys.ring()
    }

    /// Tells when the keys change.
    pub fn key_changes(&self) -> watch::Receiver<Arc<KeyRing>> {
        self.keys.changes()
    }

    pub(crate) fn held_keys(&self) -> &keys::Held {
        &self.keys
    }

    /// The resources and their fields as they are now; another time there may be more.
    pub fn catalogue(&self) -> &'static Catalogue {
        self.catalogue.current()
    }

    /// What administrators said of the fields that they made and that are in use.
    pub fn declared_fields(&self) -> Vec<CustomField> {
        self.catalogue.declared()
    }

    pub(crate) fn held_catalogue(&self) -> &catalogue::Held {
        &self.catalogue
    }

    /// How the database does, as far as this process knows.
    pub fn health(&self) -> &Health {
        &self.health
    }

    pub(crate) fn pools(&self) -> &Pools {
        &self.pools
    }

    /// What the token index has yet to take in.
    pub(crate) fn waiting(&self) -> &Waiting {
        &self.waiting
    }

    /// A connection for work that no person asked for. The reason stands in the change log.
    pub fn system(&self, reason: &'static str) -> Db {
        let trace = Trace { reason: Some(reason.to_owned()), ..Trace::default() };
        self.connecting(Caller::System, trace)
    }

    /// A connection for a viewer who holds a permission; refused otherwise.
    pub fn authorize(&self, viewer: Arc<Viewer>, permission: Permission, trace: Trace) -> Result<Db> {
        viewer.rows(permission)?;
        Ok(self.connecting(Caller::Viewer(viewer), trace))
    }

    /// A connection for what concerns nobody but the viewer; other rows stay out of reach as they would otherwise.
    pub fn own(&self, viewer: Arc<Viewer>, trace: Trace) -> Db {
        self.connecting(Caller::Viewer(viewer), trace)
    }

    /// A connection for work in the background, with the rights of who asked for it.
    pub fn background(&self, viewer: Arc<Viewer>, trace: Trace) -> Db {
        self.connecting(Caller::Background(viewer), trace)
    }

    fn connecting(&self, caller: Caller, trace: Trace) -> Db {
        Db { store: self.clone(), catalogue: self.catalogue(), caller, trace }
    }

    /// A connection beside the pools, for who keeps it; [`Connections`] counts it.
    pub(crate) async fn own_connection(&self) -> Result<AsyncPgConnection> {
        connect(&self.url).await.map_err(|error| Error::NoConnection(error.to_string()))
    }

    async fn connection(&self) -> Result<Pooled> {
        self.pools.get().await
    }
}

#[derive(Clone, Debug)]
enum Caller {
    Viewer(Arc<Viewer>),
    /// Somebody who asked for work that is not waited for.
    Background(Arc<Viewer>),
    System,
}

/// What the change log keeps of a request besides its actor.
#[derive(Clone, Debug, Default)]
pub struct Trace {
    pub request_id: String,
    pub operation_id: Option<Uuid>,
    pub reason: Option<String>,
    /// Whether records may be written that are like others. No part of the log.
    pub allow_duplicates: bool,
}

/// The right to reach the database, as somebody.
#[derive(Clone)]
pub struct Db {
    store: Store,
    catalogue: &'static Catalogue,
    caller: Caller,
    pub trace: Trace,
}

impl Db {
    /// The keys as they are now; another time they may be others.
    pub fn keys(&self) -> Arc<KeyRing> {
        self.store.keys.ring()
    }

    pub(crate) fn held_keys(&self) -> &keys::Held {
        &self.store.keys
    }

    /// The edition of the catalogue that everything asked of this connection keeps to.
    pub fn catalogue(&self) -> &'static Catalogue {
        self.catalogue
    }

    /// A resource with the fields that it has in this edition.
    pub fn definition<R: Resource>(&self) -> &'static Definition {
        self.catalogue.of::<R>()
    }

    /// Says that the token index has something to take in.
    pub(crate) fn note_waiting(&self) {
        self.store.waiting.note();
    }

    /// How often the tokens of searches occur.
    pub(crate) async fn frequencies(&self, connection: &mut Connection<'_>) -> Result<Arc<Frequencies>> {
        self.store.frequencies.get(connection).await
    }

    /// Nobody when the system itself works.
    pub fn viewer(&self) -> Option<&Viewer> {
        match &self.caller {
            Caller::Viewer(viewer) | Caller::Background(viewer) => Some(viewer),
            Caller::System => None,
        }
    }

    pub fn user_id(&self) -> Option<Uuid> {
        self.viewer().map(|viewer| viewer.user_id)
    }

    /// The rows over which the caller holds a permission; refused when it is not held at all.
    pub fn rows(&self, permission: Permission) -> Result<Rows> {
        match self.viewer() {
            Some(viewer) => Ok(viewer.rows(permission)?),
            None => Ok(Rows::All),
        }
    }

    /// The rows of a resource that the caller may see; none of them rather than a refusal.
    pub fn visible<R: Resource>(&self) -> Option<Rows> {
        self.rows(R::READ).ok()
    }

    /// The same with the rights that the caller has now, asked of the database; refused if they may no longer sign in.
    /// Long work asks at each of its steps, so that what was taken away is gone from the next one on.
    pub async fn renewed(&self) -> Result<Self> {
        let mut renewed = Self { catalogue: self.store.catalogue(), ..self.clone() };
        let (Caller::Viewer(viewer) | Caller::Background(viewer)) = &mut renewed.caller else { return Ok(renewed) };
        let now = on_behalf::of_user(self, viewer.user_id).await?.ok_or(domain::Error::new(Code::Forbidden))?;
        *viewer = Arc::new(Viewer { session_id: viewer.session_id, ..now });
        Ok(renewed)
    }

    /// Whose turn it is, of those who ask what may take long.
    pub(crate) async fn turn(&self) -> Result<Option<Turn>> {
        match &self.caller {
            Caller::Viewer(viewer) => Ok(Some(self.store.turns.take(viewer.user_id).await?)),
            Caller::Background(_) | Caller::System => Ok(None),
        }
    }

    /// A connection for reading.
    pub async fn read(&self) -> Result<Connection<'_>> {
        Ok(Connection { pooled: self.store.connection().await?, db: self })
    }

    /// Asks one short question on the connection that the readers of this thread share. Should it turn out dead, it is
    /// asked once more on another.
    pub(crate) async fn ask<T>(&self, question: impl AsyncFn(&AsyncPgConnection) -> QueryResult<T>) -> Result<T> {
        let pools = &self.store.pools;
        let connection = pools.shared(None).await?;
        match question(&connection).await {
            Err(error) if is_lost(&error) => Ok(question(&*pools.shared(Some(&connection)).await?).await?),
            outcome => Ok(outcome?),
        }
    }

    /// Runs work in one transaction: all of it happens, or nothing.
    pub async fn write<T>(&self, work: impl AsyncFnOnce(&mut Tx<'_>) -> Result<T>) -> Result<T> {
        let mut tx = self.begin().await?;
        match work(&mut tx).await {
            Ok(outcome) => {
                tx.commit().await?;
                Ok(outcome)
            }
            Err(error) => {
                tx.rollback().await?;
                Err(error)
            }
        }
    }

    pub async fn begin(&self) -> Result<Tx<'_>> {
        if self.store.health.is_full() && !matches!(self.caller, Caller::System) {
            return Err(domain::Error::new(Code::StorageFull).retry_after(health::LOOK_AGAIN).into());
        }
        let reason = self.trace.reason.as_deref().unwrap_or_default();
        let reason = reason::seal(&self.keys(), self.user_id(), reason)?;
        let mut connection = self.read().await?;
        // Counted before it is sent: given up on the way, it takes its connection with it.
        AnsiTransactionManager::transaction_manager_status_mut(&mut *connection)
            .transaction_state()?
            .change_transaction_depth(TransactionDepthChange::IncreaseDepth)?;
        let begun = async { (&*connection).batch_execute("begin").await };
        // Both in one packet.
        let (begun, told) = join(begun, self.introduce(&connection, &reason)).await;
        match begun.and(told) {
            Ok(now) => Ok(Tx { connection, now, changes_catalogue: false, unseen: 0 }),
            Err(error) => {
                AnsiTransactionManager::rollback_transaction(&mut *connection).await?;
                Err(error.into())
            }
        }
    }

    /// Tells the triggers of a transaction who writes and why, and learns when it began: what is written bears the time of
    /// the database, because the clocks of several servers differ.
    async fn introduce(&self, connection: &AsyncPgConnection, reason: &str) -> QueryResult<DateTime<Utc>> {
        let text = |text: &str| Bind::Text(text.replace('\0', ""));
        let id = |id: Option<Uuid>| Bind::Text(id.map(|id| id.to_string()).unwrap_or_default());
        let told = Sql::new("select now(), concat(set_config('zhiyin.actor', ")
            .bind(id(self.user_id()))
            .push(", true), set_config('zhiyin.request', ")
            .bind(text(&self.trace.request_id))
            .push(", true), set_config('zhiyin.operation', ")
            .bind(id(self.trace.operation_id))
            .push(", true), set_config('zhiyin.reason', ")
            .bind(text(reason));
        let told = match self.caller {
            Caller::Viewer(_) => told.push(", true))"),
            // Work in the background may take its time.
            Caller::System | Caller::Background(_) => told.push(", true), set_config('statement_timeout', '0', true))"),
        };
        let told = told.recurring().rows::<(Timestamptz, Text)>();
        let (now, _): (DateTime<Utc>, String) = told.get_result(&mut &*connection).await?;
        Ok(now)
    }
}

/// A connection on behalf of somebody.
pub struct Connection<'a> {
    pooled: Pooled,
    db: &'a Db,
}

impl<'a> Connection<'a> {
    pub fn db(&self) -> &'a Db {
        self.db
    }
}

impl Deref for Connection<'_> {
    type Target = AsyncPgConnection;

    fn deref(&self) -> &AsyncPgConnection {
        &self.pooled
    }
}

impl DerefMut for Connection<'_> {
    fn deref_mut(&mut self) -> &mut AsyncPgConnection {
        &mut self.pooled
    }
}

/// A transaction on behalf of somebody. Dropped unfinished, it takes its connection with it.
pub struct Tx<'a> {
    connection: Connection<'a>,
    now: DateTime<Utc>,
    changes_catalogue: bool,
    unseen: i64,
}

impl<'a> Tx<'a> {
    pub fn db(&self) -> &'a Db {
        self.connection.db
    }

    /// One moment for everything that this transaction writes, by the clock of the database.
    pub fn now(&self) -> DateTime<Utc> {
        self.now
    }

    /// Runs a part that may fail without taking the whole down.
    pub async fn savepoint<T>(&mut self, work: impl AsyncFnOnce(&mut Self) -> Result<T>) -> Result<T> {
        AnsiTransactionManager::begin_transaction(&mut *self.connection).await?;
        match work(self).await {
            Ok(outcome) => {
                AnsiTransactionManager::commit_transaction(&mut *self.connection).await?;
                Ok(outcome)
            }
            Err(error) => {
                AnsiTransactionManager::rollback_transaction(&mut *self.connection).await?;
                Err(error)
            }
        }
    }

    /// Runs a part as if it counted, and takes it back whatever comes of it.
    pub async fn rehearse<T>(&mut self, work: impl AsyncFnOnce(&mut Self) -> Result<T>) -> Result<T> {
        AnsiTransactionManager::begin_transaction(&mut *self.connection).await?;
        let outcome = work(self).await;
        AnsiTransactionManager::rollback_transaction(&mut *self.connection).await?;
        outcome
    }

    /// Gives what is written from here on another reason in the change log.
    pub(crate) async fn because(&mut self, reason: &str) -> Result<()> {
        let set = Sql::new("select set_config('zhiyin.reason', ").bind(Bind::Text(reason.to_owned())).push(", true)");
        let _: String = set.rows::<Text>().get_result(&mut **self).await?;
        Ok(())
    }

    /// Lets it end before the disk has it. For a step of a longer work, whose next steps, or whose end, wait for the disk
    /// on behalf of all before them; should the machine stop meanwhile, the work goes on at an earlier step.
    pub async fn need_not_last(&mut self) -> Result<()> {
        Ok(self.batch_execute("set local synchronous_commit to off").await?)
    }

    /// Says that a refusal told of a record out of the caller's sight.
    pub(crate) fn note_unseen(&mut self) {
        self.unseen += 1;
    }

    /// How often it did so in this transaction.
    pub(crate) fn unseen(&self) -> i64 {
        self.unseen
    }

    /// Says that another edition of the catalogue begins with what is written here.
    pub(crate) fn change_catalogue(&mut self) {
        self.changes_catalogue = true;
    }

    pub async fn commit(mut self) -> Result<()> {
        AnsiTransactionManager::commit_transaction(&mut *self.connection).await?;
        if self.changes_catalogue {
            // Whoever made a field finds it in the next answer of this process; the others read it within a moment.
            let Self { connection: Connection { pooled, db }, .. } = self;
            drop(pooled);
            catalogue::reread_or_later(&db.store).await;
        }
        Ok(())
    }

    pub async fn rollback(mut self) -> Result<()> {
        Ok(AnsiTransactionManager::rollback_transaction(&mut *self.connection).await?)
    }
}

impl Deref for Tx<'_> {
    type Target = AsyncPgConnection;

    fn deref(&self) -> &AsyncPgConnection {
        &self.connection
    }
}

impl DerefMut for Tx<'_> {
    fn deref_mut(&mut self) -> &mut AsyncPgConnection {
        &mut self.connection
    }
}
