//! Every code point over every TOS byte and Traffic Class, in random headers: DSCP is the new one,
//! ECN stays, IPv4's checksum is what a full computation says, and no other bit changes.

#![expect(clippy::unwrap_used, reason = "all of this is tests")]

use proptest::{
    array::uniform20,
    collection::vec,
    prelude::{ProptestConfig, any, prop_assert_eq, proptest},
    test_runner::RngSeed,
};
use qos_common::{
    dscp::Dscp,
    rewrite,
    wire::{HEADER, Words as _},
};

/// Miri takes a hundred times as long.
const CASES: u32 = if cfg!(miri) { 1 } else { 256 };
/// How many TOS bytes to go on by.
const STRIDE: usize = if cfg!(miri) { 201 } else { 1 };

proptest! {
    #![proptest_config(ProptestConfig {
        rng_seed: RngSeed::Fixed(1),
        failure_persistence: None,
        ..ProptestConfig::with_cases(CASES)
    })]

    #[test]
    fn ipv4_gets_the_checksum_that_a_full_computation_gives(
        mut header in uniform20(any::<u8>()),
        options in vec(any::<[u8; 4]>(), 0..=10),
    ) {
        header[0] = 0x45 + u8::try_from(options.len()).unwrap();
        let mut before = [header.as_slice(), options.concat().as_slice()].concat();
        for tos in (0..=u8::MAX).step_by(STRIDE) {
            before[1] = tos;
            set_checksum(&mut before);
            for dscp in code_points() {
                let mut expected = before.clone();
                expected[1] = dscp.value() * 4 + tos % 4;
                set_checksum(&mut expected);
                prop_assert_eq!(&rewritten_v4(&before, dscp), &expected);
            }
        }
    }

    /// What a damaged header's sum lacks it lacks afterwards: nobody takes it for whole.
    #[test]
    fn a_wrong_checksum_stays_as_wrong(
        header in uniform20(any::<u8>()),
        value in 0..=Dscp::MAX,
    ) {
        let dscp = Dscp::new(value).unwrap();
        let after = rewritten_v4(&header, dscp);
        prop_assert_eq!(sum(&after) % 0xffff, sum(&header) % 0xffff);
        prop_assert_eq!(after[1], value * 4 + header[1] % 4);
    }

    #[test]
    fn ipv6_keeps_version_ecn_and_flow_label(mut header in uniform20(any::<u8>())) {
        for traffic_class in (0..=u8::MAX).step_by(STRIDE) {
            let word = |class: u8, low: u32| 6 << 28 | u32::from(class) << 20 | low;
            let low = u32::from_be_bytes([0, header[1], header[2], header[3]]) & 0xf_ffff;
            header[..4].copy_from_slice(&word(traffic_class, low).to_be_bytes());
            for dscp in code_points() {
                let mut after = header;
                store(&mut after, &rewrite::ipv6(&words(&header), dscp));
                let class = dscp.value() * 4 + traffic_class % 4;
                prop_assert_eq!(&after[..4], &word(class, low).to_be_bytes());
            }
        }
    }
}

fn code_points() -> impl Iterator<Item = Dscp> {
    (0..=Dscp::MAX).map(|value| Dscp::new(value).unwrap())
}

/// The header of any length with what the rewrite stores.
fn rewritten_v4(header: &[u8], dscp: Dscp) -> Vec<u8> {
    let mut after = header.to_vec();
    store(&mut after, &rewrite::ipv4(&words(header), dscp));
    after
}

/// The words of a header as a packet holds them.
fn words(header: &[u8]) -> [u32; HEADER] {
    header.read(0).unwrap()
}

/// Puts words at the start of a header, as the kernel does.
fn store(header: &mut [u8], words: &[u32]) {
    for (to, word) in header.chunks_exact_mut(4).zip(words) {
        to.copy_from_slice(&word.to_ne_bytes());
    }
}

/// The sum of a header's 16-bit words (RFC 1071, without the fold).
fn sum(header: &[u8]) -> u32 {
    header.chunks(2).map(|pair| u32::from(pair[0]) << 8 | u32::from(pair[1])).sum()
}

/// Computes the checksum from scratch.
fn set_checksum(header: &mut [u8]) {
    header[10..12].fill(0);
    let mut sum = sum(header);
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    let checksum = !u16::try_from(sum).unwrap();
    header[10..12].copy_from_slice(&checksum.to_be_bytes());
}
