//! What the house does when something breaks under it: a hanging database, a full disk.

use std::fs::{self, File};
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::stage::Stage;

/// PostgreSQL of a stage, halted until the value is dropped: it keeps its connections and says nothing.
struct Frozen(Vec<Pid>);

impl Frozen {
    fn halt(stage: &Stage) -> Self {
        let postmaster = stage.postmaster().expect("a running database");
        let processes = fs::read_dir("/proc").expect("processes").flatten();
        let numbers = processes.filter_map(|entry| entry.file_name().to_string_lossy().parse::<i32>().ok());
        let parent = |pid: &i32| {
            let told = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
            // The name of the program stands in parentheses and may hold anything.
            told.rsplit(") ").next().and_then(|rest| rest.split(' ').nth(1)).map(str::to_owned)
        };
        let own = numbers.filter(|pid| pid.to_string() == postmaster || parent(pid).as_ref() == Some(&postmaster));
        let frozen = Self(own.filter_map(Pid::from_raw).collect());
        frozen.tell(Signal::STOP);
        frozen
    }

    fn tell(&self, signal: Signal) {
        for pid in &self.0 {
            // One may have ended a moment ago.
            let _ = kill_process(*pid, signal);
        }
    }
}

impl Drop for Frozen {
    fn drop(&mut self) {
        self.tell(Signal::CONT);
    }
}

#[test]
fn nobody_waits_longer_than_five_seconds_for_a_database_that_hangs() {
    let mut stage = Stage::new();
    stage.serve();
    let token = stage.administrator();
    let bearer = format!("Authorization: Bearer {token}\r\n");
    let write = format!("{bearer}Content-Type: application/json\r\n");
    assert_eq!(stage.read("/api/v1/customers", &bearer).0, 200);
    let frozen = Frozen::halt(&stage);
    for round in 0..3 {
        let began = Instant::now();
        let (status, problem) = match round {
            1 => stage.post("/api/v1/customers", &write, r#"{"name": "东方"}"#),
            _ => stage.read("/api/v1/customers?sort=name", &bearer),
        };
        assert_eq!((status, problem["code"].as_str()), (503, Some("unavailable")), "{problem}");
        assert!(began.elapsed() < Duration::from_secs(5), "waited {:?}", began.elapsed());
        println!("call {round} on a halted database: 503 after {:?}", began.elapsed());
    }
    assert!(stage.get(stage.port, "/healthz").is_some_and(|answer| answer.contains("200 OK")), "the process lives");
    drop(frozen);
    let thawed = Instant::now();
    while stage.read("/api/v1/customers", &bearer).0 != 200 {
        assert!(thawed.elapsed() < Duration::from_secs(10), "the database is back, and nobody notices");
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// A small file system on a folder, taken away with the value.
struct SmallDisk(PathBuf);

impl SmallDisk {
    fn mount(folder: PathBuf) -> Self {
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", "size=400m,mode=755", "tmpfs"]).arg(&folder);
        assert!(mount.status().expect("mount runs").success(), "only root may mount a file system");
        Self(folder)
    }

    /// Takes all the room there is.
    fn fill(&self) -> PathBuf {
        let path = self.0.join("filling");
        let mut filling = File::create(&path).expect("made");
        let copied = std::io::copy(&mut std::io::repeat(1), &mut filling);
        assert!(copied.is_err(), "the disk has an end");
        path
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(&self.0).status();
    }
}

#[test]
#[ignore = "mounts a file system, which only root may: cargo xtask faults"]
fn on_a_full_disk_reading_goes_on_and_writing_says_why_it_does_not() {
    let mut stage = Stage::new();
    let disk = SmallDisk::mount(stage.folder().to_owned());
    stage.serve();
    let token = stage.administrator();
    let bearer = format!("Authorization: Bearer {token}\r\n");
    let write = format!("{bearer}Content-Type: application/json\r\n");
    let save = |name: &str| stage.post("/api/v1/customers", &write, &format!(r#"{{"name": "{name}"}}"#));
    assert_eq!(save("先前的").0, 201);
    let filling = disk.fill();
    std::thread::sleep(Duration::from_secs(2));
    let (status, problem) = save("写不下的");
    assert_eq!((status, problem["code"].as_str()), (503, Some("storage_full")), "{problem}");
    for _ in 0..50 {
        let (status, list) = stage.read("/api/v1/customers?q=%E5%85%88%E5%89%8D&count=exact", &bearer);
        assert_eq!((status, list["data"][0]["name"].as_str()), (200, Some("先前的")), "{list}");
        std::thread::sleep(Duration::from_millis(100));
    }
    let (_, notices) = stage.read("/api/v1/me/notices", &bearer);
    assert_eq!(notices["data"][0]["kind"], "storage_full", "an administrator is told: {notices}");
    fs::remove_file(filling).expect("removed");
    let freed = Instant::now();
    while save("再来").0 != 201 {
        assert!(freed.elapsed() < Duration::from_secs(5), "there is room again, and nobody notices");
        std::thread::sleep(Duration::from_millis(100));
    }
    stage.terminate();
    drop(disk);
}
