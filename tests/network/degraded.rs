//! `run --allow-degraded`: what is enforced where the kernel can't tell who sends.

use std::{net::TcpListener, process::Command};

use nix::sys::signal::Signal;
use qos_tests::{
    capture::Capture,
    kernel::{hide_links, hide_links_of_cgroups, hide_types},
    loader::{self, Loader},
    netns::{FAR, Lab, NEAR, NEAR_V4, SINK_V4},
    sender::{endpoint, process::Process, window_clamp},
};

use crate::{scene::Scene, sender::cgroup::Cgroup};

const USER: u32 = 1_234;

/// Two that ask for a process, and three that a socket's own user and cgroup are enough for.
fn policies(cgroup: &Cgroup) -> String {
    format!(
        r#"
        [[policy]]
        name = "shell"
        application = "bash"
        dscp = 46
        [[policy]]
        name = "team"
        group = {USER}
        dscp = 34
        [[policy]]
        name = "user"
        user = {USER}
        dscp = 10
        [[policy]]
        name = "service"
        cgroup = {:?}
        dscp = 12
        [[policy]]
        name = "all"
        dscp = 14
        "#,
        cgroup.name
    )
}

/// Ways to be unable, and what is said of each.
const UNABLE: [(Unable, &str); 2] =
    [(hide_types, "/sys/kernel/btf/vmlinux"), (hide_links, "cgroup/sock_create: ")];

type Unable = fn(&mut Command);

fn command(unable: Unable) -> Command {
    let mut command = loader::command();
    unable(&mut command);
    command
}

#[test]
fn without_it_what_is_missing_is_named() {
    let _lab = Lab::new();
    let cgroup = Cgroup::new("refused");
    for (unable, missing) in UNABLE {
        let loader = Loader::start_by(command(unable), &["-i", NEAR], &policies(&cgroup));
        let ended = loader.wait();
        assert_eq!(ended.status.code(), Some(3), "{ended:?}");
        assert_eq!(ended.output, [""; 0]);
        let log = ended.log.join("\n");
        assert!(log.contains("error: the kernel can't tell who sends a packet"), "{log}");
        assert!(log.contains(missing), "{log}");
        assert!(log.contains("`--allow-degraded` goes on without"), "{log}");
    }
}

#[test]
fn the_rest_is_enforced() {
    for (unable, missing) in UNABLE {
        let lab = Lab::new();
        let cgroup = Cgroup::new("degraded");
        let capture = lab.in_far(|| Capture::on(FAR));
        let arguments = ["-i", NEAR, "--allow-degraded"];
        let loader = Loader::start_by(command(unable), &arguments, &policies(&cgroup));
        assert_eq!(loader.wait_until_ready(), format!("ready: 3 policies on {NEAR}"));
        let scene = Scene { loader, capture, lab };
        let mark = |user, cgroup| {
            Process { user, cgroup }.send(SINK_V4, 5000);
            scene.mark_of(5000)
        };
        assert_eq!(mark(Some(USER), None), 10);
        assert_eq!(mark(None, Some(cgroup.folder.as_path())), 12);
        assert_eq!(mark(None, None), 14);

        // The same after a reload, with a warning for each again.
        scene.loader.replace(&policies(&cgroup).replace("dscp = 14", "dscp = 16"));
        assert_eq!(mark(None, None), 16);
        let ended = scene.loader.end(Signal::SIGTERM);
        for (line, name) in [(3, "shell"), (7, "team")] {
            let warning = format!("policies.toml:{line}: \"{name}\" is left out: ");
            let said = ended.log.iter().filter(|log| log.contains(&warning)).count();
            assert_eq!(said, 2, "{warning}: {ended:#?}");
        }
        let lines = |part: &str| ended.log.iter().filter(|line| line.contains(part)).count();
        assert_eq!((lines("is left out"), lines(missing)), (4, 4), "{ended:#?}");
    }
}

/// A level of receive windows that can't be had is refused, or left out.
#[test]
fn a_level_is_left_out() {
    let settings = "settings = { inbound-throughput-level = 1 }\n";
    let lab = Lab::new();
    let ended = Loader::start_by(command(hide_links), &["-i", NEAR], settings).wait();
    assert_eq!((ended.status.code(), ended.output.as_slice()), (Some(3), &[][..]), "{ended:?}");
    let log = ended.log.join("\n");
    assert!(log.contains("error: receive windows can't be limited here"), "{log}");
    assert!(log.contains("`--allow-degraded` goes on without inbound-throughput-level"), "{log}");

    let arguments = ["-i", NEAR, "--allow-degraded"];
    let loader = Loader::start_by(command(hide_links), &arguments, settings);
    assert_eq!(loader.wait_until_ready(), format!("ready: 0 policies on {NEAR}"));
    let ended = loader.end(Signal::SIGTERM);
    let said = |line: &&String| line.contains("inbound-throughput-level is left out: ");
    assert_eq!(ended.log.iter().filter(said).count(), 1, "{ended:#?}");
    drop(lab);
}

/// Without the kernel's types older listeners can't be found; the others are limited all the same.
#[test]
fn a_level_without_older_listeners() {
    let _lab = Lab::new();
    let older = TcpListener::bind(endpoint(NEAR_V4, 5001)).unwrap();
    let settings = "settings = { inbound-throughput-level = 1 }\n";
    let loader = Loader::start_by(command(hide_types), &["-i", NEAR], settings);
    loader.wait_until_ready();
    let newer = TcpListener::bind(endpoint(NEAR_V4, 5002)).unwrap();
    assert_eq!([&older, &newer].map(window_clamp), [0, 262_143]);
    let output = loader::command().arg("status").output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("limit  ") && text.contains("TCP sockets that listen already"), "{text}");
}

/// What only sockets are asked for needs no option.
#[test]
fn users_and_cgroups_need_no_hooks() {
    for (unable, _) in UNABLE {
        let lab = Lab::new();
        let cgroup = Cgroup::new("sockets");
        let capture = lab.in_far(|| Capture::on(FAR));
        let policies = policies(&cgroup);
        let (_, of_sockets) = policies.split_once("name = \"team\"").unwrap();
        let (_, of_sockets) = of_sockets.split_once("dscp = 34").unwrap();
        let loader = Loader::start_by(command(unable), &["-i", NEAR], of_sockets);
        assert_eq!(loader.wait_until_ready(), format!("ready: 3 policies on {NEAR}"));
        let scene = Scene { loader, capture, lab };
        Process { cgroup: Some(&cgroup.folder), ..Process::default() }.send(SINK_V4, 5000);
        assert_eq!(scene.mark_of(5000), 12);
    }
}

/// Some hooks are enough, and `status` says what is not followed.
#[test]
fn a_hook_that_is_missing_is_no_mistake() {
    let lab = Lab::new();
    let cgroup = Cgroup::new("some");
    let capture = lab.in_far(|| Capture::on(FAR));
    let unable = command(hide_links_of_cgroups);
    let loader = Loader::start_by(unable, &["-i", NEAR], &policies(&cgroup));
    assert_eq!(loader.wait_until_ready(), format!("ready: 5 policies on {NEAR}"));
    let _scene = Scene { loader, capture, lab };
    let output = loader::command().arg("status").output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let said = |start: &str, rest: &str| {
        text.lines().any(|line| line.starts_with(start) && line.contains(rest))
    };
    assert!(said("cgroup/sock_create ", "missing: "), "{text}");
    assert!(said("iter/task_file ", "missing: "), "{text}");
    assert!(said("limit ", "sockets that are older than the policies"), "{text}");
}
