//! Without `CAP_PERFMON` nobody can be followed, and all that a packet and its socket tell is enforced.

use std::path::Path;

use nix::sys::signal::Signal;
use qos_tests::{
    capture::{Capture, dscps},
    kernel::skipped,
    loader::{self, Loader},
    netns::{FAR, Lab, NEAR, NEAR_V4, NEAR_V6, SINK_V4, SINK_V6},
    privilege::{program_with, takes_without_perfmon},
    sender::{endpoint, process::Process, udp},
};

use crate::{scene::Scene, sender::cgroup::Cgroup};

const CAPABILITIES: [&str; 2] = ["bpf", "net_admin"];
const USER: u32 = 1_234;

/// One that asks for a program, and those that ask for less.
fn policies(cgroup: &Cgroup) -> String {
    format!(
        r#"
        [[policy]]
        name = "shell"
        application = "bash"
        dscp = 46
        [[policy]]
        name = "user"
        user = {USER}
        dscp = 10
        [[policy]]
        name = "service"
        cgroup = {:?}
        dscp = 12
        [[policy]]
        name = "network"
        source = ["10.77.0.0/16", "fd77::/16"]
        source-port = 4000
        destination-port = "5000:5009"
        protocol = "udp"
        dscp = 18
        [[policy]]
        name = "all"
        dscp = 14
        "#,
        cgroup.name
    )
}

fn start(program: &Path, arguments: &[&str], policies: &str) -> Loader {
    let command = program_with(&CAPABILITIES, program);
    Loader::start_by(command, &[&["-i", NEAR], arguments].concat(), policies)
}

/// Where the verifier refuses the program, what is missing is named all the same.
#[test]
fn an_older_kernel_is_named() {
    if takes_without_perfmon() {
        return skipped("it takes the program");
    }
    let _lab = Lab::new();
    let (_folder, program) = loader::copy_for_everybody();
    let policies = "[[policy]]\nname = \"p\"\ndscp = 46\n";
    let ended = start(&program, &["--allow-degraded"], policies).wait();
    assert_eq!((ended.status.code(), ended.output.as_slice()), (Some(3), &[][..]), "{ended:?}");
    let log = ended.log.join("\n");
    assert!(log.contains("these privileges are missing: CAP_PERFMON"), "{log}");
}

#[test]
fn a_policy_for_a_program_is_refused() {
    let _lab = Lab::new();
    let (_folder, program) = loader::copy_for_everybody();
    let cgroup = Cgroup::new("refused");
    let ended = start(&program, &[], &policies(&cgroup)).wait();
    assert_eq!((ended.status.code(), ended.output.as_slice()), (Some(3), &[][..]), "{ended:?}");
    let log = ended.log.join("\n");
    assert!(log.contains("error: the kernel can't tell who sends a packet"), "{log}");
    assert!(log.contains("caused by: these privileges are missing: CAP_PERFMON"), "{log}");
    assert!(log.contains("`--allow-degraded` goes on without"), "{log}");
}

/// The first packet of each kind, and those that the program answers from its memory.
#[test]
fn the_rest_is_enforced() {
    if !takes_without_perfmon() {
        return;
    }
    let lab = Lab::new();
    let (_folder, program) = loader::copy_for_everybody();
    let cgroup = Cgroup::new("degraded");
    let policies = policies(&cgroup);
    let capture = lab.in_far(|| Capture::on(FAR));
    let loader = start(&program, &["--allow-degraded"], &policies);
    assert_eq!(loader.wait_until_ready(), format!("ready: 4 policies on {NEAR}"));
    let scene = Scene { loader, capture, lab };
    let families = [(NEAR_V4, SINK_V4), (NEAR_V6, SINK_V6)];
    let of_process = |user, cgroup| {
        Process { user, cgroup }.send(SINK_V4, 6000);
        scene.mark_of(6000)
    };
    for (all, file) in [(14, policies.clone()), (16, policies.replace("dscp = 14", "dscp = 16"))] {
        if all != 14 {
            scene.loader.replace(&file);
        }
        assert_eq!(of_process(Some(USER), None), 10);
        assert_eq!(of_process(None, Some(cgroup.folder.as_path())), 12);
        assert_eq!(of_process(None, None), all, "an application's policy is left out");
        for (source, destination) in families {
            for (from, to, mark) in [(4000, 5000, 18), (4000, 5010, all), (4001, 5000, all)] {
                let socket = udp(source, from);
                for length in [1, 4_000] {
                    let packets = if length == 1 { 1 } else { 3 };
                    for _again in 0..3 {
                        let payload = vec![0; length];
                        socket.send_to(&payload, endpoint(destination, to)).unwrap();
                        let sent = scene.capture.take(packets, |frame| {
                            let ip = frame.ip();
                            ip.is_some_and(|ip| ip.is_fragment || ip.destination_port() == Some(to))
                        });
                        assert_eq!(dscps(&sent), vec![mark; packets], "{source}:{from} to {to}");
                    }
                }
            }
        }
    }
    let ended = scene.loader.end(Signal::SIGTERM);
    let left_out = ended.log.iter().filter(|line| line.contains("\"shell\" is left out: "));
    assert_eq!(left_out.count(), 2, "once for each set: {ended:#?}");
    let missing = ended.log.iter().filter(|line| line.contains("missing: CAP_PERFMON")).count();
    assert_eq!(missing, 2, "{ended:#?}");
}

/// What asks for nobody needs no option; what is missing is in `status`.
#[test]
fn policies_for_packets_need_no_option() {
    if !takes_without_perfmon() {
        return;
    }
    let lab = Lab::new();
    let (_folder, program) = loader::copy_for_everybody();
    let capture = lab.in_far(|| Capture::on(FAR));
    let policies = "[[policy]]\nname = \"p\"\ndscp = 46\nthrottle = \"1 MBps\"\n";
    let loader = start(&program, &[], policies);
    assert_eq!(loader.wait_until_ready(), format!("ready: 1 policies on {NEAR}"));
    let scene = Scene { loader, capture, lab };
    Process::default().send(SINK_V4, 6000);
    assert_eq!(scene.mark_of(6000), 46);
    let output = loader::command().arg("status").output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let missing = |line: &str| line.starts_with("iter/tcp, pacing") && line.contains("CAP_PERFMON");
    assert!(text.lines().any(missing), "{text}");
}
