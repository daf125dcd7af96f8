//! Packets of a process that runs, and whose executable is called something.

use std::{
    ffi::OsStr,
    fs,
    os::unix::ffi::OsStrExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use nix::unistd::{getegid, geteuid, getgroups};
use qos_tests::{executable, loader};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::command::output;

/// A process of its own executable. It is killed when this is dropped.
struct Process {
    child: Child,
    path: PathBuf,
    folder: TempDir,
}

impl Process {
    /// Runs an executable of that name.
    fn called(name: &[u8]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(OsStr::from_bytes(name));
        executable::copy(Path::new("/bin/sleep"), &path);
        let child = Command::new(&path).arg("1000").stdout(Stdio::null()).spawn().unwrap();
        Self { child, path, folder }
    }

    /// How policies write the path of a file beside it.
    fn beside(&self, name: &str) -> String {
        format!("{}/{name}", self.folder.path().to_str().unwrap())
    }

    /// What is explained of its packets.
    fn explained(&self, options: &[&str]) -> Value {
        let pid = self.child.id().to_string();
        let packet = "explain --json --protocol tcp --source 192.0.2.1 --destination 192.0.2.2";
        let packet: Vec<&str> = packet.split(' ').chain(["--pid", &pid]).collect();
        let output = output(loader::command(), &[&packet[..], options].concat(), b"");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

fn own_groups() -> Vec<u32> {
    let groups = getgroups().unwrap().into_iter().chain([getegid()]);
    let mut groups: Vec<u32> = groups.map(nix::unistd::Gid::as_raw).collect();
    groups.sort_unstable();
    groups.dedup();
    groups
}

fn own_cgroup() -> Option<String> {
    let own = fs::read_to_string("/proc/self/cgroup").unwrap();
    own.lines().find_map(|line| line.strip_prefix("0::")).map(str::to_owned)
}

#[test]
fn all_of_it_is_known() {
    let process = Process::called(b"a program");
    let path = process.beside("a program");
    let policies = [format!("name=path,dscp=1,application={path}"), "name=all,dscp=2".to_owned()];
    let explained = process.explained(&["-p", &policies[0], "-p", &policies[1]]);
    assert_eq!(explained["winner"], "path");
    assert_eq!(explained["matches"], json!(["path", "all"]));
    let sender = json!({
        "pid": process.child.id(),
        "application": path,
        "user": geteuid().as_raw(),
        "groups": own_groups(),
        "cgroup": own_cgroup(),
    });
    assert_eq!(explained["sender"], sender);
}

#[test]
fn its_name_need_not_be_text() {
    let process = Process::called(b"b\xfcro\\\n*");
    let by_name = r"name=name,dscp=1,application=b\xfcro\\\x0a\x2a";
    let explained = process.explained(&["-p", by_name]);
    assert_eq!(explained["winner"], "name");
    assert_eq!(explained["sender"]["application"], process.beside(r"b\xfcro\\\x0a\x2a"));
    assert_eq!(process.explained(&["-p", "dscp=1,application=büro"])["winner"], Value::Null);
}

/// The kernel writes ` (deleted)` behind the path of a file that is gone, and a file may be called
/// so.
#[test]
fn its_file_may_be_gone_or_called_so() {
    let process = Process::called(b"program");
    let replace = |path: &Path| {
        fs::remove_file(path).unwrap();
        fs::write(path, "another").unwrap();
    };
    replace(&process.path);
    let application = |process: &Process| process.explained(&[])["sender"]["application"].clone();
    assert_eq!(application(&process), process.beside("program"));
    let process = Process::called(b"program (deleted)");
    assert_eq!(application(&process), process.beside("program (deleted)"));
    replace(&process.path);
    assert_eq!(application(&process), process.beside("program (deleted)"));
}

#[test]
fn what_is_said_stands_in_the_place_of_its_own() {
    let process = Process::called(b"program");
    let said = ["--application", "/no/such", "--user", "12345", "--group", "54321"];
    let explained = process.explained(&[&said[..], &["--cgroup", "/no/such.slice"]].concat());
    let sender = json!({
        "pid": process.child.id(),
        "application": "/no/such",
        "user": 12345,
        "groups": [54321],
        "cgroup": "/no/such.slice",
    });
    assert_eq!(explained["sender"], sender);
    // Its own groups go with its own user.
    let explained = process.explained(&["--group", "54321"]);
    let groups = [own_groups(), vec![54321]].concat();
    assert_eq!(explained["sender"]["groups"], json!(groups));
}
