//! Who asks a loader, and how: only root and its own user are told something, and none of them
//! keeps it from its work.

use std::{
    fs,
    io::{self, Read as _, Write as _},
    os::{
        linux::net::SocketAddrExt as _,
        unix::net::{SocketAddr, UnixListener, UnixStream},
    },
    process::Command,
    thread,
};

use qos_tests::{
    loader::{self, Loader},
    netns::{Lab, NEAR},
};
use serde_json::{Value, json};

use super::{plan, plan_by};

const NOBODY: u32 = 65_534;
const POLICIES: &str = "[[policy]]\nname = \"p\"\ndscp = 46\n";

/// The address of the only loader in the thread's namespace.
fn address() -> SocketAddr {
    let sockets = fs::read_to_string("/proc/thread-self/net/unix").unwrap();
    let name = sockets.lines().find_map(|line| line.split_once(" @qos-loader/"));
    SocketAddr::from_abstract_name(format!("qos-loader/{}", name.unwrap().1)).unwrap()
}

fn connect() -> UnixStream {
    UnixStream::connect_addr(&address()).unwrap()
}

/// Does something as another user; what others know of a socket is who its thread was.
fn as_user<T: Send>(user: u32, act: impl FnOnce() -> T + Send) -> T {
    thread::scope(|scope| {
        let act = || {
            // SAFETY: it takes three numbers. Unlike libc's function it is for this thread alone.
            let result = unsafe { libc::syscall(libc::SYS_setresuid, user, user, user) };
            assert_eq!(result, 0, "{}", io::Error::last_os_error());
            act()
        };
        scope.spawn(act).join().unwrap()
    })
}

/// What the loader answers to a question.
fn answer(mut client: UnixStream, question: &str) -> io::Result<String> {
    let mut answer = String::new();
    client.write_all(question.as_bytes())?;
    client.read_to_string(&mut answer)?;
    Ok(answer)
}

#[test]
fn root_is_told_and_others_are_not() {
    let _lab = Lab::new();
    let _loader = Loader::run(NEAR, POLICIES);
    let told: Value = serde_json::from_str(&answer(connect(), "\"running\"\n").unwrap()).unwrap();
    assert_eq!(told["set"]["policies"][0]["name"], "p");
    let told = as_user(NOBODY, || answer(connect(), "\"running\"\n").unwrap_or_default());
    assert_eq!(told, "");
    // What is no question has no answer.
    for wrong in ["\"runing\"\n", "\n", "{}\n", &"[".repeat(100_000)] {
        assert_eq!(answer(connect(), wrong).unwrap_or_default(), "", "{wrong}");
    }
    plan(&[], POLICIES);
}

#[test]
fn a_user_is_told_what_is_missing() {
    let _lab = Lab::new();
    let _loader = Loader::run(NEAR, POLICIES);
    let (_folder, program) = loader::copy_for_everybody();
    let mut command = Command::new("setpriv");
    command.args(["--reuid=65534", "--clear-groups", "--inh-caps=-all"]).arg(program);
    let output = command.args(["plan", "--policy", "dscp=1"]).output().unwrap();
    let [stdout, stderr] =
        [&output.stdout, &output.stderr].map(|bytes| str::from_utf8(bytes).unwrap());
    assert_eq!((output.status.code(), stdout), (Some(3), ""));
    assert!(stderr.contains("hint: run it as root: sudo qos-loader"), "{stderr}");
}

/// A loader with the capabilities alone tells its own user; root does not take it for a loader.
#[test]
fn a_loader_of_a_user_tells_that_user() {
    let _lab = Lab::new();
    let (_folder, program) = loader::copy_for_everybody();
    let as_nobody = |capabilities: &str| {
        let mut command = Command::new("setpriv");
        let keep = format!("--inh-caps=-all{capabilities}");
        let ambient = format!("--ambient-caps=-all{capabilities}");
        command.args(["--reuid=65534", "--clear-groups", &keep, &ambient]).arg(&program);
        command
    };
    let command = as_nobody(",+bpf,+perfmon,+net_admin,+dac_read_search");
    let loader = Loader::start_by(command, &["-i", NEAR], POLICIES);
    loader.wait_until_ready();
    let output = as_nobody("").args(["plan", "--json", "-p", "name=p,dscp=46"]).output().unwrap();
    let planned: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(planned["policies"]["unchanged"], 1, "{output:?}");

    let (code, stdout, stderr) = plan_by(loader::command(), &["--json"], POLICIES);
    let planned: Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!((code, &planned["running"]), (0, &json!(null)));
    assert!(stderr.contains("is of user 65534, neither root's nor ours"), "{stderr}");
}

/// Anybody can have a socket with such a name.
#[test]
fn who_only_looks_like_a_loader_is_not_asked() {
    let _lab = Lab::new();
    let name = SocketAddr::from_abstract_name("qos-loader/1/1").unwrap();
    let _listener = as_user(NOBODY, || UnixListener::bind_addr(&name).unwrap());
    let (code, stdout, stderr) = plan_by(loader::command(), &["--json"], POLICIES);
    let planned: Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!((code, &planned["running"]), (0, &json!(null)));
    assert!(stderr.contains("passed over"), "{stderr}");

    let _loader = Loader::run(NEAR, POLICIES);
    let (code, stdout, _) = plan_by(loader::command(), &["--json"], POLICIES);
    let planned: Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!((code, &planned["policies"]["unchanged"]), (0, &json!(1)));
}

/// Policies whose document is more than a socket holds.
fn many(dscp: u8) -> String {
    let policy = |number| {
        format!("[[policy]]\nname = \"{number}\"\ndscp = {dscp}\nsource-port = {number}\n")
    };
    (1..=3000).map(policy).collect()
}

#[test]
fn one_that_hangs_does_not_stop_the_loader() {
    let _lab = Lab::new();
    let loader = Loader::run(NEAR, &many(1));
    let silent: Vec<UnixStream> = (0..3).map(|_| connect()).collect();
    let mut deaf = connect();
    deaf.write_all(b"\"running\"\n").unwrap();
    let planned = plan(&[], &many(2));
    assert_eq!(planned["policies"]["changed"].as_array().unwrap().len(), 3000);
    loader.replace(&many(2));

    // More than it serves at a time.
    let more: Vec<UnixStream> = (0..100).map(|_| connect()).collect();
    loader.replace(&many(3));
    drop((silent, deaf, more));
    loader.replace(&many(4));
    assert!(loader.end(nix::sys::signal::Signal::SIGTERM).status.success());
}
