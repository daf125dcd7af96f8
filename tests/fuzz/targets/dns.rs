//! What name servers answer.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    qos_fuzz::dns::read(input);
});
