//! The log level is a constant when the program is loaded: calls that are off cost nothing, for the
//! verifier removes them.

use aya::programs::ProgramInfo;
use qos_loader::kernel::{Dataplane, LinkKind, LogLevel};

#[test]
fn log_calls_that_are_off_are_not_in_the_program() {
    for kind in [LinkKind::Ethernet, LinkKind::Ip] {
        let levels = [LogLevel::Off, LogLevel::Warn, LogLevel::Debug, LogLevel::Trace];
        let sizes = levels.map(|level| size(kind, level));
        println!("{kind:?} by level, [translated bytes, jited bytes]: {sizes:?}");
        for less_and_more in sizes.windows(2) {
            let [less, more] = [less_and_more[0], less_and_more[1]];
            assert!(less[0] < more[0], "{less:?} is not below {more:?}");
            // 0 where the kernel interprets.
            assert!(less[1] < more[1] || more[1] == 0, "{less:?} is not below {more:?}");
        }
    }
}

#[test]
fn the_verifier_has_less_to_do_without_a_log() {
    let verified = |level| info(LinkKind::Ethernet, level).verified_instruction_count().unwrap();
    let [off, trace] = [LogLevel::Off, LogLevel::Trace].map(verified);
    println!("verified instructions: {off} with the log off, {trace} with trace");
    assert!(off < trace);
}

/// Bytes after the verifier's work, and as machine code.
fn size(kind: LinkKind, level: LogLevel) -> [u32; 2] {
    let info = info(kind, level);
    [info.size_translated().unwrap(), info.size_jitted()]
}

fn info(kind: LinkKind, level: LogLevel) -> ProgramInfo {
    Dataplane::load(level).unwrap().program(kind).unwrap().info().unwrap()
}
