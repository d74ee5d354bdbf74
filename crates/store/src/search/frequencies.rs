//! How often search tokens occur, as PostgreSQL's own statistics know it: counted by every ANALYZE, read once in a while
//! and held in memory. With it our code, not the planner, chooses the way a search takes; see `search.rs`.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use diesel::sql_types::{Array, Double, Float, Integer, Nullable, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::error::Result;
use crate::sql::Sql;

/// Frequencies move slowly, and a search that goes by old ones is still right.
const KEPT: Duration = Duration::from_secs(300);

/// One row: the commonest tokens, their shares, the rows of the index, and the tables with their rows.
const QUERY: &str = "select s.most_common_elems::text::int[], s.most_common_elem_freqs, i.reltuples::float8, \
     array(select relname::text from pg_class where relkind = 'r' and relnamespace = i.relnamespace order by oid), \
     array(select reltuples::float8 from pg_class where relkind = 'r' and relnamespace = i.relnamespace order by oid) \
     from pg_class i left join pg_stats s \
     on s.schemaname = i.relnamespace::regnamespace::text and s.tablename = 'search_index' and s.attname = 'tokens' \
     where i.oid = 'search_index'::regclass";

type Row = (Nullable<Array<Integer>>, Nullable<Array<Float>>, Double, Array<Text>, Array<Double>);

/// Numbers of rows, as exact as statistics are.
#[derive(Debug, Default)]
pub struct Frequencies {
    tokens: HashMap<i32, f64>,
    tables: HashMap<String, f64>,
}

impl Frequencies {
    /// The rows that have this token; none is known of a rare one.
    pub fn of_token(&self, token: i32) -> f64 {
        self.tokens.get(&token).copied().unwrap_or_default()
    }

    pub fn of_table(&self, table: &str) -> f64 {
        self.tables.get(table).copied().unwrap_or_default().max(1.0)
    }

    async fn read(connection: &mut AsyncPgConnection) -> Result<Self> {
        type Values = (Option<Vec<i32>>, Option<Vec<f32>>, f64, Vec<String>, Vec<f64>);
        let query = Sql::new(QUERY).recurring().rows::<Row>();
        let (tokens, shares, rows, names, sizes): Values = query.get_result(connection).await?;
        // Behind the shares of the tokens stand three figures about all of them, which the shorter list leaves out.
        let shares = shares.unwrap_or_default().into_iter().map(|share| f64::from(share) * rows.max(0.0));
        Ok(Self {
            tokens: tokens.unwrap_or_default().into_iter().zip(shares).collect(),
            tables: names.into_iter().zip(sizes).collect(),
        })
    }
}

/// The frequencies of one process.
#[derive(Default)]
pub struct Held(Mutex<Option<(Instant, Arc<Frequencies>)>>);

impl Held {
    /// The frequencies, read again if they are old. While one request reads them the others go by the old ones.
    pub async fn get(&self, connection: &mut AsyncPgConnection) -> Result<Arc<Frequencies>> {
        if let Some(known) = self.fresh_or_mine_to_read() {
            return Ok(known);
        }
        let read = Arc::new(Frequencies::read(connection).await?);
        *self.lock() = Some((Instant::now(), read.clone()));
        Ok(read)
    }

    fn fresh_or_mine_to_read(&self) -> Option<Arc<Frequencies>> {
        let mut held = self.lock();
        let (read_at, known) = held.as_mut()?;
        if read_at.elapsed() > KEPT {
            *read_at = Instant::now();
            return None;
        }
        Some(known.clone())
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<(Instant, Arc<Frequencies>)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
