//! How many records are in a list: exactly, or exactly up to a number beyond which an estimate is enough.

use diesel::sql_types::{BigInt, Json};
use diesel_async::RunQueryDsl;
use domain::listing::Count;
use serde_json::Value;

use super::list::Scope;
use crate::db::Db;
use crate::error::Result;
use crate::sql::Sql;
use crate::table::Stored;

/// Up to here an estimate is exact.
pub(super) const ENOUGH: usize = 10_000;
/// The least estimate that is more.
const MORE: f64 = 10_100.0;

/// The number, and whether it is an estimate.
pub(super) async fn count<R: Stored>(db: &Db, count: Count, scope: Scope) -> Result<(Option<i64>, bool)> {
    let counted = |rows: &str, limit: &str| {
        Sql::new(format!("select count(*) from (select 1 from {} where ", R::TABLE))
            .append(scope.condition.clone())
            .push(format!("{limit}) {rows}"))
            .rows::<BigInt>()
    };
    match count {
        Count::None => Ok((None, false)),
        Count::Exact => Ok((Some(counted("found", "").get_result(&mut *db.read().await?).await?), false)),
        Count::Estimate => {
            let capped = counted("found", &format!(" limit {}", ENOUGH + 1));
            let found: i64 = capped.get_result(&mut *db.read().await?).await?;
            if found <= ENOUGH as i64 {
                return Ok((Some(found), false));
            }
            let unsearched = planned::<R>(db, scope.unsearched).await?;
            Ok((Some(about(unsearched * scope.share)), true))
        }
    }
}

/// How many rows PostgreSQL expects a condition to let through.
async fn planned<R: Stored>(db: &Db, condition: Sql) -> Result<f64> {
    let explain = Sql::new(format!("explain (format json) select 1 from {} where ", R::TABLE)).append(condition);
    let plan: Value = explain.rows::<Json>().get_result(&mut *db.read().await?).await?;
    Ok(plan[0]["Plan"]["Plan Rows"].as_f64().unwrap_or_default())
}

/// An estimate in three digits, so that nobody takes it for more than it is.
#[expect(clippy::cast_possible_truncation, reason = "PostgreSQL expects no more rows than an i64 counts")]
fn about(rows: f64) -> i64 {
    let unit = 10_f64.powf((rows.max(MORE).log10() - 2.0).floor());
    ((rows / unit).round() * unit).max(MORE) as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_estimate_has_three_digits_and_is_more_than_what_is_counted() {
        let known =
            [(99_801.0, 99_800), (1_234_567.0, 1_230_000), (10_049.0, 10_100), (12.0, 10_100), (54_321.0, 54_300)];
        for (rows, told) in known {
            assert_eq!(about(rows), told, "{rows}");
        }
    }
}
