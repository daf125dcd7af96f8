//! Tests that end in each way in which a test can end. They run in a guest alone, where xtask's own
//! tests look at what becomes of them; two of them would take this machine down.

#![expect(clippy::panic, clippy::print_stdout, reason = "all of this is tests")]

use std::{fs, thread, time::Duration};

/// Asks the kernel for something by a letter.
fn ask_kernel(letter: &str) {
    assert!(fs::exists("/vm").is_ok_and(|is_guest| is_guest), "this is for guests");
    fs::write("/proc/sysrq-trigger", letter).unwrap_or_else(|error| panic!("sysrq: {error}"));
}

mod ordinary {
    use super::*;

    #[test]
    fn a_passes() {}

    #[test]
    fn b_skips() {
        println!("skipped: Linux 6.1 has no such thing (6.6)");
    }

    #[test]
    fn c_fails() {
        panic!("planted: this fails");
    }

    #[test]
    fn d_hangs() {
        loop {
            thread::sleep(Duration::from_secs(1));
        }
    }

    #[test]
    fn e_passes_after_all_that() {}
}

#[test]
fn panics_the_kernel() {
    ask_kernel("c");
}

#[test]
fn ends_the_guest() {
    ask_kernel("b");
}
