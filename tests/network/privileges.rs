//! Without the capabilities it says which are missing, and asks for none that it does not need.

mod hosts;
mod without_perfmon;

use aya::{
    EbpfLoader,
    programs::{SchedClassifier, TcAttachType, tc},
};
use caps::Capability;
use qos_loader::kernel::object;
use qos_tests::{
    kernel::{has_tcx, hide_tcx, skipped},
    loader::{self, Loader},
    netns::{Lab, NEAR},
    privilege::{program_with, takes_without_perfmon, thread_with},
};

const POLICIES: &str = "[[policy]]\nname = \"p\"\ndscp = 46\n";

#[test]
fn what_is_missing_is_named() {
    let _lab = Lab::new();
    let (_folder, program) = loader::copy_for_everybody();
    for (has, missing) in [
        (&[][..], "CAP_BPF, CAP_PERFMON, CAP_NET_ADMIN"),
        (&["bpf"], "CAP_PERFMON, CAP_NET_ADMIN"),
        (&["perfmon", "net_admin"], "CAP_BPF"),
        (&["bpf", "perfmon"], "CAP_NET_ADMIN"),
    ] {
        let ended = Loader::start_by(program_with(has, &program), &["-i", NEAR], POLICIES).wait();
        assert_eq!(ended.status.code(), Some(3), "{has:?}: {ended:?}");
        assert_eq!(ended.output, [""; 0], "{has:?}");
        let message = format!("error: these privileges are missing: {missing}");
        assert_eq!(ended.log[0], message, "{has:?}");
    }
}

#[test]
fn with_the_ones_that_it_names_it_runs() {
    let _lab = Lab::new();
    let (_folder, program) = loader::copy_for_everybody();
    let command = program_with(&["bpf", "perfmon", "net_admin"], &program);
    Loader::start_by(command, &["-i", NEAR], POLICIES).wait_until_ready();
}

/// The kernel takes it for all three, but for filters.
#[test]
fn with_cap_sys_admin_alone_it_runs() {
    if !has_tcx() {
        return skipped("netlink takes no capability for another; TCX came with Linux 6.6");
    }
    let _lab = Lab::new();
    assert_eq!(
        load_with(&[Capability::CAP_SYS_ADMIN], object::OBJECT),
        Ok(()),
        "what the kernel says"
    );
    let (_folder, program) = loader::copy_for_everybody();
    Loader::start_by(program_with(&["sys_admin"], &program), &["-i", NEAR], POLICIES)
        .wait_until_ready();
}

/// What is attached by netlink needs what it says itself.
#[test]
fn with_cap_sys_admin_alone_it_makes_no_filter() {
    let _lab = Lab::new();
    let (_folder, program) = loader::copy_for_everybody();
    for capabilities in [&["sys_admin"][..], &["sys_admin", "net_admin"]] {
        let mut command = program_with(capabilities, &program);
        hide_tcx(&mut command);
        let loader = Loader::start_by(command, &["-i", NEAR], POLICIES);
        if capabilities.contains(&"net_admin") {
            loader.wait_until_ready();
        } else {
            let ended = loader.wait();
            assert_eq!(ended.status.code(), Some(3), "{ended:?}");
            let message = "caused by: these privileges are missing: CAP_NET_ADMIN";
            assert!(ended.log.iter().any(|line| line == message), "{ended:?}");
        }
    }
}

/// What the kernel says to loading and attaching an object with nothing but these capabilities.
fn load_with(capabilities: &[Capability], object: &[u8]) -> Result<(), String> {
    thread_with(capabilities, || {
        let ebpf = EbpfLoader::new().load(object);
        let mut ebpf = ebpf.map_err(|error| format!("{error:?}"))?;
        let program = ebpf.program_mut("qos_ethernet").unwrap();
        let program: &mut SchedClassifier = program.try_into().unwrap();
        program.load().map_err(|error| error.to_string())?;
        if !has_tcx() {
            // What a filter needs and a link does not; it may be there.
            tc::qdisc_add_clsact(NEAR).ok();
        }
        let attached = program.attach(NEAR, TcAttachType::Egress);
        attached.map(drop).map_err(|error| format!("{error:?}"))
    })
}

/// Each one that it asks for is needed.
#[test]
fn it_asks_for_no_more_than_it_needs() {
    use Capability::{CAP_BPF, CAP_NET_ADMIN, CAP_PERFMON};
    let _lab = Lab::new();
    let objects = [object::OBJECT, object::WITHOUT_PERFMON];
    let results =
        |capabilities: &[Capability]| objects.map(|object| load_with(capabilities, object).is_ok());
    assert_eq!(load_with(&[CAP_BPF, CAP_PERFMON, CAP_NET_ADMIN], object::OBJECT), Ok(()));
    let takes = takes_without_perfmon();
    if takes {
        assert_eq!(load_with(&[CAP_BPF, CAP_NET_ADMIN], object::WITHOUT_PERFMON), Ok(()));
    }
    for too_few in [[CAP_BPF, CAP_PERFMON], [CAP_PERFMON, CAP_NET_ADMIN]] {
        assert_eq!(results(&too_few), [false, false], "{too_few:?} would do");
    }
    assert_eq!(results(&[CAP_BPF, CAP_NET_ADMIN]), [false, takes]);
}
