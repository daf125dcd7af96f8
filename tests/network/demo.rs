//! The demo: every flow arrives as it should, and all that it made is gone afterwards.

use std::{fs, path::PathBuf};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use qos_tests::{document::Document, loader};
use std::process::Stdio;

use crate::{lifecycle::kernel::pins, sender::cgroup::mount};

/// What it could leave behind: cgroups, pins, and interfaces where it was started.
fn traces() -> (Vec<PathBuf>, Vec<PathBuf>, String) {
    let cgroups = fs::read_dir(mount()).unwrap().map(|entry| entry.unwrap().path());
    let demo = |path: &PathBuf| path.to_string_lossy().contains("qos-loader-demo");
    (cgroups.filter(demo).collect(), pins(), interfaces())
}

/// The names in the namespace of the thread.
fn interfaces() -> String {
    let devices = fs::read_to_string("/proc/thread-self/net/dev").unwrap();
    devices.lines().filter_map(|line| line.split_once(':')).map(|(name, _)| name).collect()
}

#[test]
fn ends_well_and_leaves_nothing() {
    let before = traces();
    let output = loader::command().args(["demo", "--json"]).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let flows = report["flows"].as_array().unwrap();
    assert!(flows.len() >= 10, "{flows:#?}");
    for family in ["192.0.2.1", "[2001:db8::1]"] {
        assert!(flows.iter().any(|flow| flow["source"].as_str().unwrap().starts_with(family)));
    }
    for flow in flows {
        assert_eq!(flow["right"], true, "{flow:#}");
        assert_eq!(flow["arrived"], serde_json::json!([flow["expected"]]), "{flow:#}");
    }
    let marked = flows.iter().filter(|flow| flow["expected"] != flow["sent"]).count();
    assert!(marked >= 8, "{marked} flows were marked");
    assert_eq!(traces(), before);
}

/// The cells of a table's lines. The number of packets is not compared: how often TCP acknowledges
/// varies.
fn cells(transcript: &str) -> Vec<Vec<&str>> {
    transcript
        .lines()
        .map(|line| {
            let cells = line.split("  ").map(str::trim).filter(|cell| !cell.is_empty());
            let is_number = |cell: &str| cell.parse().is_ok_and(|packets: u32| packets > 0);
            cells.map(|cell| if is_number(cell) { "some" } else { cell }).collect()
        })
        .collect()
}

#[test]
fn prints_what_the_readme_shows() {
    let readme = Document::read("README.md");
    let shown = readme
        .blocks("console")
        .into_iter()
        .find_map(|block| block.strip_prefix("$ sudo target/release/qos-loader demo\n"));
    let output = loader::command().arg("demo").output().unwrap();
    assert_eq!(cells(str::from_utf8(&output.stdout).unwrap()), cells(shown.unwrap()));
}

#[test]
fn leaves_nothing_when_it_is_told_to_stop() {
    let before = traces();
    let mut command = loader::command();
    let mut child =
        command.arg("demo").stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let cgroup = mount().join("qos-loader-demo");
    while !cgroup.exists() {
        assert_eq!(child.try_wait().unwrap(), None, "it has no cgroup, or is too fast to be seen");
        std::thread::yield_now();
    }
    kill(Pid::from_raw(child.id().cast_signed()), Signal::SIGINT).unwrap();
    let output = child.wait_with_output().unwrap();
    let left = traces();
    // Not to stand in the way of the next demo.
    for folder in left.0.iter().flat_map(|folder| [folder.join("backup.service"), folder.clone()]) {
        fs::remove_dir(folder).ok();
    }
    assert_eq!(left, before, "{output:?}");
}
