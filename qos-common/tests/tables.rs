//! The tables of an image against what they stand for, with images that are built here.

#![expect(clippy::unwrap_used, reason = "all of this is tests")]

use std::{collections::BTreeMap, net::IpAddr};

use proptest::{
    collection::{btree_map, vec},
    prelude::{ProptestConfig, Strategy, any, prop_assert_eq, proptest},
    test_runner::RngSeed,
};
use qos_common::{
    flow::Address,
    policy_set::{DIMENSIONS, Image as _, layout, scan::Scan, table, trie, vector},
};

/// Miri takes a thousand times as long.
const CASES: u32 = if cfg!(miri) { 2 } else { 500 };
/// Where tables start in the images here.
const START: usize = 64;

proptest! {
    #![proptest_config(ProptestConfig {
        rng_seed: RngSeed::Fixed(1),
        failure_persistence: None,
        ..ProptestConfig::with_cases(CASES)
    })]

    #[test]
    fn a_hash_table_has_the_keys_that_were_put_in(
        keys in btree_map(any::<u64>(), 1..1000_u32, 0..40),
        others in vec(any::<u64>(), 20),
    ) {
        let image = hash_table(&keys);
        for key in keys.keys().chain(&others) {
            let found = table::get(image.as_slice(), layout::USERS, *key);
            prop_assert_eq!(found, keys.get(key).copied());
        }
    }

    #[test]
    #[cfg_attr(miri, ignore = "a root of 4,096 entries takes Miri minutes")]
    fn a_trie_finds_the_longest_prefix(
        prefixes in btree_map(prefix(), 1..1000_u32, 1..12),
        others in vec(any::<u128>(), 5),
    ) {
        for ipv6 in [false, true] {
            let bits = if ipv6 { 128 } else { 32 };
            let prefixes: BTreeMap<(u128, u32), u32> =
                prefixes.iter().filter(|((_, length), _)| *length <= bits).map(|(k, v)| (*k, *v)).collect();
            let mut image = vec![0; START];
            let root = build_trie(&mut image, &prefixes, 0, 0, bits);
            let edges = prefixes.keys().flat_map(|(address, length)| {
                let last = address | u128::MAX.checked_shr(*length).unwrap_or(0);
                [*address, last, address.wrapping_sub(1 << 96), last.wrapping_add(1)]
            });
            for address in edges.chain(others.iter().copied()) {
                let found = trie::lookup(image.as_slice(), root, &Address::from(IpAddr::from(address.to_be_bytes())));
                // The addresses of IPv4 are the upper 32 bits.
                prop_assert_eq!(found, longest(&prefixes, address, 128).unwrap_or(0));
            }
        }
    }

    #[test]
    #[cfg_attr(miri, ignore = "thousands of rules take Miri a minute")]
    fn a_scan_finds_the_first_rule_of_all_vectors(
        sets in vec(vec(0..vector::MAX_RULES, 0..30), DIMENSIONS),
        common in vec(0..vector::MAX_RULES, 0..3),
    ) {
        let mut image = vec![0; START];
        image[usize::try_from(layout::GROUPS).unwrap()] = vector::GROUPS.into();
        let vectors = sets.iter().map(|set| {
            let rules: Vec<u32> = set.iter().chain(&common).copied().collect();
            build_vector(&mut image, &rules)
        });
        let vectors: Vec<u32> = vectors.collect();
        let mut scan = Scan::new(vectors.try_into().unwrap());
        while !scan.step(image.as_slice()) {}
        let in_all = |rule: &u32| sets.iter().all(|set| set.contains(rule) || common.contains(rule));
        let first = sets[0].iter().chain(&common).copied().filter(in_all).min();
        prop_assert_eq!(scan.found(), first);
    }
}

#[test]
fn an_image_of_nothing_is_safe_to_ask() {
    let image: &[u64] = &[];
    assert_eq!(image.word(u32::MAX), 0);
    assert_eq!(image.entry(u32::MAX, u32::MAX), 0);
    assert_eq!(table::get(image, layout::USERS, 7), None);
    let mut scan = Scan::new([u32::MAX; DIMENSIONS]);
    assert!(scan.step(image));
    assert_eq!(scan.found(), None);
}

/// Open addressing in the largest table that is asked for here.
fn hash_table(keys: &BTreeMap<u64, u32>) -> Vec<u64> {
    const SLOTS: usize = 1024;
    let mut image = vec![0; START + 2 * SLOTS];
    image[usize::try_from(layout::USERS.table()).unwrap()] = START as u64;
    image[usize::try_from(layout::USERS.mask()).unwrap()] = SLOTS as u64 - 1;
    for (key, vector) in keys {
        let mut slot = usize::try_from(table::place(*key)).unwrap() % SLOTS;
        while image[START + 2 * slot + 1] != 0 {
            slot = (slot + 1) % SLOTS;
        }
        image[START + 2 * slot] = *key;
        image[START + 2 * slot + 1] = u64::from(*vector);
    }
    image
}

/// Prefixes that share their starts, most significant bit first.
fn prefix() -> impl Strategy<Value = (u128, u32)> {
    let base = 0x2001_0db8_0001_0002_8003_0004_0005_0006_u128;
    (0..=128_u32, 0..128_u32, any::<bool>()).prop_map(move |(length, bit, flip)| {
        let address = if flip { base ^ 1 << bit } else { base };
        (address & !u128::MAX.checked_shr(length).unwrap_or(0), length)
    })
}

/// The value of the longest prefix, of at most `most` bits, that holds `address`.
fn longest(prefixes: &BTreeMap<(u128, u32), u32>, address: u128, most: u32) -> Option<u32> {
    let holds = |prefix: u128, length: u32| {
        (prefix ^ address).checked_shr(128 - length).unwrap_or(0) == 0 && length <= most
    };
    let holding = prefixes.iter().filter(|((prefix, length), _)| holds(*prefix, *length));
    holding.max_by_key(|((_, length), _)| *length).map(|(_, value)| *value)
}

/// The node for the addresses that start with the first `taken` bits of `start`.
fn build_trie(
    image: &mut Vec<u64>,
    prefixes: &BTreeMap<(u128, u32), u32>,
    start: u128,
    taken: u32,
    bits: u32,
) -> u32 {
    let width = if taken == 0 { trie::ROOT_BITS } else { trie::NODE_BITS };
    let node = image.len();
    image.resize(node + (1 << width) / 2, 0);
    for index in 0..1_usize << width {
        let below = taken + width;
        let start = start | (index as u128) << (128 - below);
        let inside = |(prefix, length): &(u128, u32)| {
            *length > below && (prefix ^ start) >> (128 - below) == 0
        };
        let within: Vec<(u128, u32)> = prefixes.keys().copied().filter(inside).collect();
        let entry = if below < bits && !within.is_empty() {
            build_run(image, prefixes, &within, start, below, bits)
        } else {
            longest(prefixes, start, below).unwrap_or(0) | trie::LEAF
        };
        image[node + index / 2] |= u64::from(entry) << (index % 2 * 32);
    }
    u32::try_from(node).unwrap()
}

/// The entry for these addresses: a run if all the prefixes `within` go on with the same bits.
fn build_run(
    image: &mut Vec<u64>,
    prefixes: &BTreeMap<(u128, u32), u32>,
    within: &[(u128, u32)],
    start: u128,
    taken: u32,
    bits: u32,
) -> u32 {
    let lower = if taken == 64 { trie::LOWER } else { 0 };
    let most = if taken < 64 { bits.min(64) } else { bits } - taken;
    let is_run = |length: &u32| {
        let same = |(prefix, end): &(u128, u32)| {
            *end > taken + length && (prefix ^ within[0].0) >> (128 - taken - length) == 0
        };
        within.iter().all(same)
    };
    let Some(length) = (4..=most).step_by(4).take_while(is_run).last() else {
        return build_trie(image, prefixes, start, taken, bits) | lower;
    };
    let run = within[0].0 << taken >> (128 - length);
    let start = within[0].0 & !(u128::MAX >> (taken + length));
    let next = build_trie(image, prefixes, start, taken + length, bits);
    let next = if taken + length == 64 { next | trie::LOWER } else { next };
    let other = longest(prefixes, start, taken).unwrap_or(0) | trie::LEAF;
    let at = u32::try_from(image.len()).unwrap();
    let bits = u64::try_from(run).unwrap() << (64 - length);
    image.extend([bits, u64::from(next) | u64::from(other) << 32, length.into()]);
    at | trie::RUN | lower
}

fn build_vector(image: &mut Vec<u64>, rules: &[u32]) -> u32 {
    let mut words = vec![0_u64; usize::try_from(vector::MAX_RULES / 64).unwrap()];
    for rule in rules {
        words[usize::try_from(rule / 64).unwrap()] |= 1 << (rule % 64);
    }
    let blocks = image.len();
    image.extend(&words);
    let start = image.len();
    let block = usize::try_from(vector::BLOCK_WORDS).unwrap();
    for (group, words) in words.chunks(64).enumerate() {
        let bits = words.iter().enumerate().filter(|(_, word)| **word != 0);
        image.push(bits.map(|(index, _)| 1 << index).sum());
        let offset = |number| (blocks + 64 * group + number * block) as u64;
        image.extend((0..8).step_by(2).map(|number| offset(number) | offset(number + 1) << 32));
    }
    u32::try_from(start).unwrap()
}
