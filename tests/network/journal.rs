//! systemd's journal gets what standard error would say, where systemd says that they are the same.

mod service;

use nix::sys::signal::Signal;
use qos_tests::{
    loader::Ended,
    netns::{Lab, NEAR_V4, SINK_V4},
    sender::{endpoint, udp},
};

use service::{Journal, POLICIES};

#[test]
fn has_the_events_of_the_policies_where_systemd_made_it_standard_error() {
    let _lab = Lab::new();
    let journal = Journal::new();
    let loader = journal.start("/dev/stderr", &[]);
    let conflict = journal.wait_for_event(16608);
    assert_eq!(conflict["PRIORITY"], "4");
    assert!(conflict["MESSAGE"].contains("\"q\" conflicts with \"p\""), "{conflict:?}");
    loader.wait_until_ready();

    loader.reload(POLICIES);
    let unchanged = journal.wait_for_event(16500);
    assert_eq!([&unchanged["PRIORITY"], &unchanged["QOS_POLICIES"]], ["6", "2"]);

    loader.reload("[[policy]]\nname = \"p\"\ndscp = 46\n");
    let changed = journal.wait_for_event(16501);
    assert_eq!([&changed["PRIORITY"], &changed["QOS_POLICIES"]], ["6", "1"]);

    loader.reload("[[policy]]\nname = \"p\"\ndscp = 184\n");
    let mistake = journal.wait_for_event(16710);
    assert_eq!(mistake["PRIORITY"], "3");
    assert!(mistake["MESSAGE"].contains("policies.toml:3:8: 184 is no DSCP"), "{mistake:?}");
    assert_eq!(mistake["QOS_HINT"], "did you mean dscp = 46 (EF), TOS 0xb8?");
    let stays = journal.wait_for_event(16700);
    assert!(stays["MESSAGE"].starts_with("the policies before stay in force"), "{stays:?}");

    let Ended { status, log, .. } = loader.end(Signal::SIGTERM);
    let totals = journal.wait_for("stopped");
    assert!(totals["QOS_UNMATCHED"].parse::<u64>().is_ok(), "{totals:?}");
    assert_eq!((status.code(), log), (Some(0), vec![]));
}

#[test]
fn has_what_the_program_in_the_kernel_says() {
    let _lab = Lab::new();
    let journal = Journal::new();
    let loader = journal.start("/dev/stderr", &["--log-level", "trace"]);
    loader.wait_until_ready();
    udp(NEAR_V4, 0).send_to(b"x", endpoint(SINK_V4, 5000)).unwrap();
    // By way of the `log` crate.
    let rewritten = journal.wait_for(": rewritten");
    assert_eq!(rewritten["PRIORITY"], "7", "{rewritten:?}");
}

/// A service's standard error may have been sent elsewhere.
#[test]
fn has_nothing_where_standard_error_is_another_file() {
    let _lab = Lab::new();
    let journal = Journal::new();
    let loader = journal.start("/dev/null", &[]);
    loader.wait_until_ready();
    loader.replace("");
    loader.end(Signal::SIGTERM);
    journal.assert_no_entry();
}

#[test]
fn has_what_the_command_line_says() {
    let _lab = Lab::new();
    let journal = Journal::new();
    let loader = journal.start("/dev/null", &["--log-format", "journal"]);
    journal.wait_for_event(16608);
    assert_eq!(loader.end(Signal::SIGTERM).log, [""; 0]);

    let journal = Journal::new();
    let loader = journal.start("/dev/stderr", &["--log-format", "text"]);
    loader.wait_until_ready();
    loader.replace("");
    loader.end(Signal::SIGTERM);
    journal.assert_no_entry();
}

#[test]
fn may_be_gone() {
    let _lab = Lab::new();
    let journal = Journal::new();
    journal.remove();
    let loader = journal.start("/dev/stderr", &[]);
    loader.wait_until_ready();
    loader.replace("");
    drop(loader);

    let Ended { status, log, .. } =
        journal.start("/dev/stderr", &["--log-format", "journal"]).wait();
    let hint = "hint: `--log-format text` logs to standard error";
    assert_eq!(log[0], "error: can't log to systemd's journal", "{log:#?}");
    assert_eq!((status.code(), log.last().unwrap().as_str()), (Some(1), hint), "{log:#?}");
}
