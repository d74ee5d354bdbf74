//! Rules of the house that a machine can check in the catalogue of PostgreSQL.

use std::collections::BTreeMap;

use tests::Database;

/// Tables that are not under the change log, each with the reason.
const UNLOGGED: &[(&str, &str)] = &[
    ("changes", "it is the log"),
    ("opportunity_lines", "follows from the column lines, which is logged"),
    ("quote_lines", "follows from the column lines, which is logged"),
    ("order_lines", "follows from the column lines, which is logged"),
    ("invoice_lines", "follows from the column lines, which is logged"),
    ("payment_plan_lines", "follows from the column lines, which is logged"),
    ("payment_lines", "follows from the column lines, which is logged"),
    ("__diesel_schema_migrations", "belongs to the migrations"),
    ("credentials", "a log of password hashes would be a second place to steal them from; users logs the reset"),
    ("data_keys", "a trigger would log the wrapped keys; what operators do with them is logged without"),
    ("second_factors", "shared secrets; users logs when one is switched on or off"),
    ("recovery_codes", "a log of digests would be a second place to steal them from; users logs new ones"),
    ("sign_in_challenges", "half a sign-in, gone after five minutes"),
    ("sessions", "sign-ins are kept in the table itself, with their end and its reason"),
    ("refresh_tokens", "used up every ten minutes"),
    ("setup_links", "at most one row, used once"),
    ("sign_in_failures", "counts for throttling, forgotten after a day"),
    ("processes", "which servers live, forgotten when they do not"),
    ("request_quotas", "counts for throttling, worth nothing after minutes"),
    ("settings", "changed by migrations and restore only"),
    ("external_ids", "follows from the column external_ids, which is logged"),
    ("unreadable_values", "what reading met; nobody changes anything by it"),
    ("number_series", "how far numbers have come; the documents that bear them are logged"),
    ("search_index", "follows from the record"),
    ("stage_visits", "follows from the opportunity, whose moves are logged"),
    ("idempotency_keys", "answers of requests whose effects are logged"),
    ("jobs", "progress of work whose effects are logged"),
    ("successors", "follows from the operation that put records together, whose changes are logged"),
    ("followers", "who wants to be told of what; nobody else is told by it"),
    ("schedules", "when to work, not what"),
    ("operations", "its effects are logged under its id"),
    ("operation_rows", "part of an operation"),
    ("files", "a file on its way in or out, gone after a day; what came of it is logged"),
    ("file_parts", "part of a file"),
];

async fn rows(database: &Database, query: &str) -> Vec<Vec<String>> {
    let client = database.connect().await;
    let rows = client.query(query, &[]).await.expect("rows");
    rows.iter()
        .map(|row| (0..row.len()).map(|i| row.get::<_, Option<String>>(i).unwrap_or_default()).collect())
        .collect()
}

#[tokio::test]
async fn every_business_table_is_under_the_change_log() {
    let database = Database::create().await;
    let tables = rows(
        &database,
        "select c.relname::text,
                (select string_agg(tgname::text, ',' order by tgname) from pg_trigger
                 where tgrelid = c.oid and not tgisinternal and tgname like 'log\\_%')
         from pg_class c where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition",
    )
    .await;
    let unlogged: BTreeMap<_, _> = UNLOGGED.iter().copied().collect();
    let mut seen = 0;
    for table in tables {
        let (name, triggers) = (table[0].as_str(), table[1].as_str());
        if unlogged.contains_key(name) {
            assert_eq!(triggers, "", "{name} is logged, but listed as not");
            seen += 1;
            continue;
        }
        let whole = triggers == "log_inserts,log_purges,log_updates";
        let part = triggers == "log_part_deletes,log_part_inserts";
        assert!(
            whole || part,
            "{name} is not under the change log (its triggers: {triggers:?}), nor is a reason given"
        );
    }
    assert_eq!(seen, UNLOGGED.len(), "the list of unlogged tables names one that is not there");
    database.remove().await;
}

#[tokio::test]
async fn every_foreign_key_has_an_index() {
    let database = Database::create().await;
    let naked = rows(
        &database,
        "select conrelid::regclass::text, conname::text from pg_constraint c
         where contype = 'f' and connamespace = 'public'::regnamespace and not exists (
             select 1 from pg_index i
             where i.indrelid = c.conrelid and i.indpred is null
               and (i.indkey::smallint[])[0:cardinality(c.conkey) - 1] @> c.conkey)",
    )
    .await;
    assert!(naked.is_empty(), "foreign keys without an index over all rows: {naked:?}");
    database.remove().await;
}

#[tokio::test]
async fn each_bin_has_an_index_in_its_order() {
    let database = Database::create().await;
    let bare = rows(
        &database,
        "select table_name::text from information_schema.columns c
         where table_schema = 'public' and column_name = 'deleted_at' and not exists (
             select 1 from pg_indexes i where i.tablename = c.table_name
               and indexdef like '%(updated_at DESC, id DESC) WHERE (deleted_at IS NOT NULL)')",
    )
    .await;
    assert!(bare.is_empty(), "tables whose bin has no index: {bare:?}");
    database.remove().await;
}

#[tokio::test]
async fn whatever_names_a_record_is_a_foreign_key_with_an_index_of_its_own() {
    let database = Database::create().await;
    let keys = rows(
        &database,
        "select conrelid::regclass::text, attname::text, confrelid::regclass::text,
                exists (select 1 from pg_index i where i.indrelid = conrelid and i.indpred is null and i.indkey[0] = attnum)::text
         from pg_constraint join pg_attribute on attrelid = conrelid and attnum = conkey[1] where contype = 'f'",
    )
    .await;
    let mut seen = 0;
    for reference in domain::catalogue::Catalogue::built().references().filter(|one| !one.field.kind.is_many()) {
        let to = domain::catalogue::find(reference.to).expect("a resource").table;
        let wanted = [reference.from.table, reference.field.key, to, "true"].map(str::to_owned);
        assert!(keys.contains(&wanted.to_vec()), "{wanted:?} is not among {keys:?}");
        seen += 1;
    }
    assert!(seen >= 9, "only {seen} references");
    database.remove().await;
}

#[tokio::test]
async fn whatever_names_several_records_has_an_index_over_their_ids() {
    let database = Database::create().await;
    let indexed = rows(
        &database,
        "select indrelid::regclass::text, attname::text from pg_index
         join pg_class on pg_class.oid = indexrelid join pg_am on pg_am.oid = relam
         join pg_attribute on attrelid = indrelid and attnum = indkey[0]
         where amname = 'gin' and indpred is null",
    )
    .await;
    let several = domain::catalogue::Catalogue::built().references().filter(|one| one.field.kind.is_many());
    let mut seen = 0;
    for reference in several {
        let wanted = [reference.from.table, reference.field.key].map(str::to_owned);
        assert!(indexed.contains(&wanted.to_vec()), "{wanted:?} is not among {indexed:?}");
        seen += 1;
    }
    assert!(seen >= 1, "nothing names several records");
    database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_migration_can_be_taken_back() {
    let database = Database::create().await;
    let reverted = store::revert_all(&database.url).await.expect("reverted");
    assert!(reverted.len() >= 6);
    let left = rows(
        &database,
        "select relname::text from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'S')
         and relname not like '\\_\\_diesel%'
         union all select proname::text from pg_proc where pronamespace = 'public'::regnamespace and proname not like 'diesel%'",
    )
    .await;
    assert!(left.is_empty(), "left behind: {left:?}");
    let again = store::migrate(&database.url).await.expect("migrated again");
    assert_eq!(again.len(), reverted.len());
    database.remove().await;
}
