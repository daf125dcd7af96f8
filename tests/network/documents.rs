//! The `sh` examples of the documents: what can be run here is, as it is written, and for all else
//! it is said why not. A new kind of example fails until that is decided.

use std::{
    collections::BTreeSet,
    env, fs,
    io::{BufRead as _, BufReader},
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use qos_tests::{
    document::Document,
    loader::{self, Loader},
    netns::{FAR_V4, Lab, NEAR, ip},
    sender::{endpoint, process::Process},
};
use tempfile::TempDir;

use crate::sender::cgroup::{mount, remove_when_empty};

/// The one plan that a document shows.
const PLAN: &str = "$ sudo qos-loader plan --file after.toml";

/// What runs, as a document shows it.
const STATUS: &str = "$ sudo qos-loader status";

/// What was counted, likewise.
const STATS: &str = "$ sudo qos-loader stats";

/// Flows as they are classified, which their own tests compare.
pub(crate) const WATCH: &str = "$ sudo qos-loader watch";

/// What was learned of hosts, likewise.
pub(crate) const NAMES: &str = "$ sudo qos-loader names";

/// How lines start that no test runs, and why.
const NOT_RUN: [(&str, &str); 4] = [
    ("cargo xtask ", "it runs these tests; xtask's own tests read its command lines"),
    ("sudo -E env \"PATH=$PATH\" cargo xtask ", "the same"),
    ("rustup toolchain install ", "CI starts with it"),
    ("sudo install target/release/qos-loader ", "it is for the machine"),
];

/// The `sh` lines of all documents, without their comments.
fn lines() -> Vec<(Document, String)> {
    let with_lines = |document: Document| {
        let lines = document.blocks("sh").join("\n");
        let lines = lines.lines().map(|line| line.split("  #").next().unwrap().trim().to_owned());
        let lines: Vec<String> = lines.filter(|line| !line.is_empty()).collect();
        lines.into_iter().map(move |line| (document.clone(), line))
    };
    Document::all().into_iter().flat_map(with_lines).collect()
}

/// Those whose command is `start`, as root runs them.
fn commands(start: &str) -> Vec<(Document, String)> {
    let as_root = |(document, line): (Document, String)| {
        (document, line.strip_prefix("sudo ").unwrap_or(&line).to_owned())
    };
    lines().into_iter().map(as_root).filter(|(_, line)| line.starts_with(start)).collect()
}

/// The line with the program on the PATH, and the document's policy files in the current folder.
fn shell(document: &Document, line: &str) -> (TempDir, Command) {
    let folder = tempfile::tempdir().unwrap();
    document.write_policy_files(folder.path());
    let program = loader::program();
    let first = program.parent().unwrap().to_owned();
    let path = env::var_os("PATH").unwrap();
    let path = env::join_paths([first].into_iter().chain(env::split_paths(&path))).unwrap();
    let mut command = Command::new("sh");
    command.args(["-c", &format!("exec {line}")]).env("PATH", path);
    command.current_dir(folder.path()).stdin(Stdio::null());
    (folder, command)
}

/// A lab whose near interface has the name that documents use.
fn lab() -> Lab {
    let lab = Lab::new();
    ip(&format!("link set {NEAR} down\nlink set {NEAR} name eth0\nlink set eth0 up"));
    lab
}

#[test]
fn every_line_is_run_or_it_is_known_why_not() {
    const RUN: [&str; 4] =
        ["qos-loader check ", "qos-loader schema ", "sudo qos-loader run ", "sudo tcpdump "];
    for (document, line) in lines() {
        let starts = RUN.into_iter().chain(NOT_RUN.map(|(start, _)| start));
        let known = starts.filter(|start| line.starts_with(start)).count();
        assert_eq!(known, 1, "{}: {line}", document.path.display());
    }
    // Those that need no root are run where they stand (qos-loader/tests/documents.rs).
    for document in Document::all() {
        let text = document.blocks("console").concat();
        for line in text.lines().filter(|line| line.starts_with("$ sudo ")) {
            // The demo's test compares the one, and tests below the others.
            let known =
                ["$ sudo target/release/qos-loader demo", PLAN, STATUS, STATS, WATCH, NAMES];
            assert!(known.contains(&line), "{}: {line}", document.path.display());
        }
    }
}

#[test]
fn what_is_to_be_checked_is_right() {
    let (checks, schemas) = (commands("qos-loader check "), commands("qos-loader schema "));
    assert!(!checks.is_empty() && !schemas.is_empty());
    for (document, line) in checks.into_iter().chain(schemas) {
        let (_folder, mut command) = shell(&document, &line);
        let output = command.output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{line}: {output:?}");
    }
}

#[test]
fn what_is_to_be_run_is_ready_and_ends() {
    let _lab = lab();
    let commands = commands("qos-loader run ");
    assert!(!commands.is_empty());
    for (document, line) in commands {
        let (_folder, command) = shell(&document, &line);
        let loader = Loader::start_command(command);
        let ready = loader.wait_until_ready();
        assert!(document.text.contains(&format!("`{ready}`")), "{ready}: {line}");
        let ended = loader.end(Signal::SIGINT);
        assert_eq!(ended.status.code(), Some(0), "{line}: {ended:?}");
    }
}

/// The plan of the reference, with another process's number.
#[test]
fn what_a_change_would_do_is_what_the_document_says() {
    let _lab = lab();
    let document = Document::read("docs/policy.md");
    let (_folder, command) = shell(&document, "qos-loader run --interface eth0 --file before.toml");
    let loader = Loader::start_command(command);
    loader.wait_until_ready();
    let (_folder, mut command) = shell(&document, PLAN.strip_prefix("$ sudo ").unwrap());
    let output = command.output().unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    let blocks = document.blocks("console");
    let said = blocks.iter().find_map(|block| block.strip_prefix(PLAN)).unwrap();
    let pid = |text: &str| text.split("pid ").nth(1).unwrap().split(' ').next().unwrap().to_owned();
    let said = said.trim().replace(&pid(said), &pid(&printed));
    assert_eq!(printed.trim(), said);
}

/// What it says of a process, and of this kernel's hooks, is another; it is said of the same things. What the
/// kernel itself sends while the interface is new may come late or not.
#[test]
fn what_runs_is_told_as_the_document_says() {
    let _lab = lab();
    let policies = "[[policy]]\nname = \"p\"\napplication = \"rsync\"\ndscp = 8\n";
    let _loader = Loader::run("eth0", policies);
    let output = loader::command().arg("status").output().unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    let document = Document::read("docs/commands.md");
    let blocks = document.blocks("console");
    let said = blocks.iter().find_map(|block| block.strip_prefix(STATUS)).unwrap();
    let things = |text: &str| -> Vec<String> {
        let lines = text.trim().lines().filter_map(|line| line.split_once("  "));
        let things = lines.map(|(thing, _)| thing.to_owned());
        things.filter(|thing| !["limit", "nobody's"].contains(&thing.as_str())).collect()
    };
    assert_eq!(things(&printed), things(said));
}

/// The numbers are others; they are told in the same way.
#[test]
fn what_was_counted_is_told_as_the_document_says() {
    let _lab = lab();
    let policies = "[[policy]]\nname = \"Copies\"\nthrottle = \"2 MBps\"\ndscp = 1\n\
                    [[policy]]\nname = \"Calls\"\ndestination-port = 5060\ndscp = 46\n";
    let _loader = Loader::run("eth0", policies);
    let output = loader::command().arg("stats").output().unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    let document = Document::read("docs/commands.md");
    let blocks = document.blocks("console");
    let said = blocks.iter().find_map(|block| block.strip_prefix(STATS)).unwrap();
    let told = |text: &str| -> BTreeSet<String> {
        let lines = text.trim().lines().map(|line| line.split_whitespace());
        let words = lines.map(|words| words.filter(|word| word.parse::<u64>().is_err()));
        words.map(|words| words.collect::<Vec<_>>().join(" ")).collect()
    };
    assert_eq!(told(&printed), told(said));
}

/// The README's journey: a service of that name is marked, and the capture shows it.
#[test]
fn what_leaves_is_seen_by_the_capture() {
    let readme = Document::read("README.md");
    let lab = lab();
    let listener = lab.in_far(|| TcpListener::bind(endpoint(FAR_V4, 443)).unwrap());
    let service = Service::new("system.slice/crashplan.service");
    let (_, run) = commands("qos-loader run ").remove(0);
    let (_folder, command) = shell(&readme, &run);
    let loader = Loader::start_command(command);
    loader.wait_until_ready();

    let (_, capture) = commands("tcpdump ").remove(0);
    let (_other, mut command) = shell(&readme, &format!("{capture} -l"));
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut messages = BufReader::new(child.stderr.take().unwrap()).lines().map(Result::unwrap);
    assert!(messages.any(|line| line.contains("listening on eth0")));
    let connect = |cgroup| {
        Process { cgroup, ..Process::default() }.connect(FAR_V4, 443);
        listener.accept().unwrap();
    };
    connect(None);
    connect(Some(&service.folder));
    let mut seen = BufReader::new(child.stdout.take().unwrap()).lines();
    let first = seen.next().unwrap().unwrap();
    assert!(first.contains("tos 0x20"), "{first}");
    kill(Pid::from_raw(child.id().cast_signed()), Signal::SIGINT).unwrap();
    let headers = seen.map(Result::unwrap).filter(|line| line.contains("(tos "));
    headers.for_each(|line| assert!(line.contains("tos 0x20"), "{line}"));
    assert!(child.wait().unwrap().success());
    assert!(loader.end(Signal::SIGTERM).status.success());
}

/// A service's cgroup. What was not there before is removed again.
struct Service {
    folder: PathBuf,
    made: Vec<PathBuf>,
}

impl Service {
    fn new(path: &str) -> Self {
        let folder = mount().join(path);
        let new = |folder: &&Path| !folder.exists();
        let made: Vec<PathBuf> = folder.ancestors().take_while(new).map(Path::to_owned).collect();
        fs::create_dir_all(&folder).unwrap();
        Self { folder, made }
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // A process that has ended is in its cgroup for a moment more.
        self.made.iter().for_each(|folder| remove_when_empty(folder));
    }
}
