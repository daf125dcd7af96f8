//! Without `CAP_PERFMON` name servers can't be overheard, as nobody knows whose socket it is.

use std::path::Path;

use qos_tests::{
    capture::Capture,
    loader::{self, Loader},
    netns::Lab,
    privilege::{program_with, takes_without_perfmon},
    sender::{endpoint, udp},
};

const CAPABILITIES: [&str; 2] = ["bpf", "net_admin"];
const POLICY: &str = "[[policy]]\nname = \"here\"\ndestination-host = \"localhost\"\ndscp = 46\n";

fn start(program: &Path, arguments: &[&str]) -> Loader {
    let command = program_with(&CAPABILITIES, program);
    Loader::start_by(command, &[&["-i", "lo"], arguments].concat(), POLICY)
}

#[test]
fn a_host_is_refused() {
    let _lab = Lab::new();
    let (_folder, program) = loader::copy_for_everybody();
    let ended = start(&program, &[]).wait();
    assert_eq!((ended.status.code(), ended.output.as_slice()), (Some(3), &[][..]), "{ended:?}");
    let log = ended.log.join("\n");
    assert!(log.contains("these privileges are missing: CAP_PERFMON"), "{log}");
}

#[test]
fn names_are_looked_up_all_the_same() {
    if !takes_without_perfmon() {
        return;
    }
    let _lab = Lab::new();
    let capture = Capture::on("lo");
    let (_folder, program) = loader::copy_for_everybody();
    let loader = start(&program, &["--allow-degraded"]);
    loader.wait_until_ready();
    udp("127.0.0.1", 0).send_to(b"data", endpoint("127.0.0.1", 5_000)).unwrap();
    assert_eq!(capture.to_port(5_000, 1)[0].ip().unwrap().dscp(), 46);
    loader.wait_for_log("hosts are only known by what /etc/hosts and looking them up tells");
}
