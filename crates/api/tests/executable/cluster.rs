//! The private PostgreSQL through the life of a server: first start, `kill -9`, restart, orderly end, wrong version.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;

use api::cluster::{Cluster, Options, Search, Tenure, Tuning};
use api::config::Config;
use api::database;

use crate::stage::Stage;

#[test]
fn a_cluster_is_safe_and_speaks_chinese() {
    let mut stage = Stage::new();
    stage.serve();
    assert_eq!(stage.sql("show data_checksums"), ["on"]);
    assert_eq!(stage.sql("show fsync"), ["on"]);
    assert_eq!(stage.sql("show listen_addresses"), [""]);
    assert_eq!(stage.sql("select rolsuper from pg_roles where rolname = current_user"), ["f"]);
    let trigrams = stage.sql("create extension pg_trgm; select array_length(show_trgm('北京'), 1)");
    assert_eq!(trigrams, ["3"], "a cluster of locale C would find no Chinese");
    stage.terminate();
    assert_eq!(stage.postmaster(), None, "PostgreSQL ends with its server");
}

#[test]
fn a_killed_server_is_followed_by_one_that_has_all_committed_data() {
    let mut stage = Stage::new();
    stage.serve();
    stage.sql("create table kept (word text); insert into kept values ('知音')");
    let first = stage.postmaster();
    stage.kill();
    assert_eq!(stage.postmaster(), first, "PostgreSQL survives its owner");
    stage.serve();
    assert_eq!(stage.postmaster(), first, "and is taken over by the next");
    assert_eq!(stage.sql("select word from kept"), ["知音"]);
    stage.terminate();
    assert_eq!(stage.postmaster(), None, "who also ends it");
}

#[test]
fn a_stale_record_of_a_crash_is_no_obstacle() {
    let mut stage = Stage::new();
    stage.serve();
    stage.terminate();
    // After a power cut the number of the old server may belong to anybody, for example to this test.
    let stale = format!("{}\n/elsewhere\n1\n5432\n/elsewhere\n\n1 1\nready\n", std::process::id());
    fs::write(stage.cluster().join("postmaster.pid"), stale).expect("written");
    stage.serve();
    assert_eq!(stage.sql("select 1"), ["1"]);
}

#[test]
fn a_command_beside_a_server_is_its_guest() {
    let mut stage = Stage::new();
    stage.serve();
    let first = stage.postmaster();
    let outcome = stage.zhiyin("migrate").output().expect("run");
    assert!(outcome.status.success(), "{}", String::from_utf8_lossy(&outcome.stderr));
    assert_eq!(stage.postmaster(), first, "a guest leaves the server running");
    assert!(stage.is_ready());
}

#[test]
fn a_folder_of_another_version_is_refused_in_one_sentence_and_left_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).expect("open to postgres");
    let cluster = folder.path().join("postgres");
    fs::create_dir(&cluster).expect("made");
    fs::write(cluster.join("PG_VERSION"), "9\n").expect("written");
    let options = Options {
        data_dir: folder.path().into(),
        search: search(),
        tuning: Tuning { memory: 1 << 30, connections: 10, durable: false },
        tenure: Tenure::Owner,
    };
    let refusal = Cluster::start(&options).err().expect("no server opens a folder of version 9");
    let refusal = format!("{refusal:#}");
    assert!(refusal.contains("was made by PostgreSQL 9 and cannot be opened by PostgreSQL"), "{refusal}");
    assert_eq!(fs::read_to_string(cluster.join("PG_VERSION")).expect("still there"), "9\n");
    assert_eq!(fs::read_dir(&cluster).expect("read").count(), 1, "nothing was written into it");
}

#[test]
fn two_servers_do_not_share_a_folder() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).expect("open to postgres");
    let options = Options {
        data_dir: folder.path().into(),
        search: search(),
        tuning: Tuning { memory: 1 << 30, connections: 10, durable: false },
        tenure: Tenure::OwnerOrGuest,
    };
    let owner = Cluster::start(&options).expect("the first owns it");
    let guest = Cluster::start(&options).expect("the second joins");
    assert!(owner.is_owner() && !guest.is_owner());
    assert_eq!(owner.url(), guest.url());
    drop(owner);
    let next = Cluster::start(&options).expect("the third finds it free");
    assert!(next.is_owner());
}

/// Where the executable would look, too.
fn search() -> Search {
    database::search(&Config::load(None).expect("the settings of this shell"))
}
