//! Guests in which something goes wrong, and what is said of it. They need QEMU and a kernel, so the
//! stage `vm` runs them and `cargo test` does not.

use std::{fs, sync::OnceLock, time::Duration};

use super::{
    Binaries, Content, Guest, Image, Kernels, Limits, Qemu, cache, console::End, report::Report,
};

/// Seconds that a planted test may take.
const LIMIT: u64 = 5;

/// What the guests have that wait for nothing in particular.
const LIMITS: Limits = Limits { boot: Duration::from_mins(3), silence: Duration::from_mins(3) };

/// Boots a guest with the planted tests whose names hold `filter`, and more arguments of QEMU.
fn boot(filter: &str, limits: Limits, limit: u64, more: &[&str]) -> (Guest, String) {
    static BINARIES: OnceLock<Binaries> = OnceLock::new();
    let binaries = BINARIES.get_or_init(|| {
        Binaries::build(&[["qos-vm-init", "--test", "planted"]]).expect("they compile")
    });
    let boot = || {
        let kernels = Kernels::read()?;
        let kernel = kernels.select(&["all".to_owned()])?[0].clone();
        let image = Image::get(&kernel, &kernels.guest.modules)?;
        let folder = cache::folder().join("planted");
        fs::create_dir_all(&folder)?;
        let initramfs = folder.join(format!("{filter}.cpio"));
        let mut content = Content::new(&initramfs, binaries)?;
        content.tests(binaries, "planted")?;
        content.finish()?;
        let arguments = [format!("QOS_VM_LIMIT={limit}"), format!("QOS_VM_FILTER={filter}")];
        let mut qemu = Qemu::get()?.command(&image.vmlinux(), &initramfs, 512, &arguments);
        qemu.args(more);
        let log = folder.join(format!("{filter}.log"));
        Guest::run(qemu, limits, &log, |line, _| eprintln!("{line}"))
    };
    let guest: anyhow::Result<Guest> = boot();
    let row = ("6.1".to_owned(), guest.expect("a guest"), Duration::from_secs(1));
    let report = Report(vec![row]);
    let text = report.to_string();
    assert_eq!(report.failures(), ["6.1"], "{text}");
    let [(_, guest, _)] = report.0.try_into().expect("one row");
    (guest, text)
}

#[test]
#[ignore = "boots a guest: cargo xtask test --only vm"]
fn tests_that_pass_skip_fail_and_hang_are_told_apart() {
    let (guest, text) = boot("ordinary", LIMITS, LIMIT, &[]);
    assert_eq!(guest.end, End::Done, "{text}");
    let lines: Vec<&str> = text.lines().skip(2).collect();
    assert_eq!(
        lines,
        [
            "6.1 skipped: planted ordinary::b_skips: Linux 6.1 has no such thing (6.6)",
            "6.1 FAILED: planted ordinary::c_fails: exit code 101",
            "6.1 HUNG: planted ordinary::d_hangs: killed after 5 s",
        ]
    );
    let row: Vec<&str> = text.lines().nth(1).expect("a row").split_whitespace().collect();
    assert_eq!(row[2..7], ["2", "1", "1", "1", "0"], "{text}");
    assert!(guest.console.tail().contains("planted: this fails"), "what it said is shown");
}

#[test]
#[ignore = "boots a guest: cargo xtask test --only vm"]
fn a_panic_of_the_kernel_is_one() {
    let (_, text) = boot("panics_the_kernel", LIMITS, LIMIT, &[]);
    let said =
        "6.1 GUEST: the kernel panicked: sysrq triggered crash, in planted panics_the_kernel";
    assert_eq!(text.lines().last(), Some(said), "{text}");
}

#[test]
#[ignore = "boots a guest: cargo xtask test --only vm"]
fn a_guest_that_is_gone_has_no_verdict() {
    let (_, text) = boot("ends_the_guest", LIMITS, LIMIT, &[]);
    let said = "6.1 GUEST: it ended without a verdict, in planted ends_the_guest";
    assert_eq!(text.lines().last(), Some(said), "{text}");
}

#[test]
#[ignore = "boots a guest: cargo xtask test --only vm"]
fn a_guest_that_says_nothing_is_ended() {
    let limits = Limits { silence: Duration::from_secs(3), ..LIMITS };
    let (_, text) = boot("d_hangs", limits, 1_000_000, &[]);
    let said = "6.1 GUEST: it said nothing any more, in planted ordinary::d_hangs";
    assert_eq!(text.lines().last(), Some(said), "{text}");
}

#[test]
#[ignore = "boots a guest: cargo xtask test --only vm"]
fn a_guest_that_does_not_boot_is_ended() {
    let limits = Limits { boot: Duration::from_secs(3), ..LIMITS };
    // The processors wait for a debugger.
    let (_, text) = boot("a_passes", limits, LIMIT, &["-S"]);
    assert_eq!(text.lines().last(), Some("6.1 GUEST: it never booted"), "{text}");
}

#[test]
#[ignore = "boots a guest: cargo xtask test --only vm"]
fn a_guest_without_tests_is_broken() {
    let (_, text) = boot("no_such_test", LIMITS, LIMIT, &[]);
    let said = "6.1 GUEST: it is not fit for tests: there are no tests";
    assert_eq!(text.lines().last(), Some(said), "{text}");
}
