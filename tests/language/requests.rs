//! What clients ask for, beside what `httparse` and `tls-parser` read: random requests and hellos, what
//! real programs sent, and all of this with mistakes in it.

#[expect(unreachable_pub, reason = "the fuzz targets reach it as a crate of its own")]
#[path = "../fuzz/src"]
mod target {
    pub mod request;
}

mod field;
mod hello;
mod http;
mod mistake;
mod text;

use std::{fs, path::Path};

use qos_tests::{generate::random::Random, repeated};
use target::request::{Tally, read};

use crate::shown::Shown;

/// A million in all.
const REQUESTS: u32 = 600_000;
const HELLOS: u32 = 250_000;
const REAL: u32 = 150_000;

#[test]
fn random_requests_are_read_as_by_httparse() {
    let tallies = compare(REQUESTS, 1, http::connection);
    assert_share(&tallies, 60, |tally| tally.both > 0);
    assert_share(&tallies, 20, |tally| tally.both > 1);
    assert_share(&tallies, 3, |tally| tally.reference > 0);
    assert_share(&tallies, 3, |tally| tally.stream > 0);
}

#[test]
fn random_hellos_are_read_as_by_tls_parser() {
    let tallies = compare(HELLOS, 2, hello::records);
    assert_share(&tallies, 50, |tally| tally.both > 0);
    assert_share(&tallies, 1, |tally| tally.stream > 0);
}

#[test]
fn what_real_programs_send_is_read_as_by_others() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus/request");
    let files = fs::read_dir(folder).unwrap();
    let mut inputs: Vec<_> = files.map(|file| fs::read(file.unwrap().path()).unwrap()).collect();
    inputs.sort();
    assert!(inputs.len() > 50, "{}", inputs.len());
    let tallies = compare(REAL, 3, |random| random.pick(&inputs).clone());
    assert_share(&tallies, 40, |tally| tally.both > 0);
}

#[test]
fn without_mistakes_most_is_read() {
    let randoms = (0..2_000).map(|seed| Random::new(seed + 6_000_000));
    let tallies: Vec<_> = randoms.clone().map(|mut it| read(&hello::records(&mut it))).collect();
    assert_share(&tallies, 100, |tally| tally.both == 1);
    let tallies: Vec<_> = randoms.map(|mut it| read(&http::connection(&mut it))).collect();
    assert_share(&tallies, 90, |tally| tally.both > 0);
}

/// Compares so many inputs that `make` makes, with mistakes in some of them.
fn compare(cases: u32, seed: u64, mut make: impl FnMut(&mut Random) -> Vec<u8>) -> Vec<Tally> {
    let cases = (0..repeated(cases)).map(|case| {
        let mut random = Random::new(seed << 32 | u64::from(case));
        let mut input = make(&mut random);
        if random.percent(40) {
            mistake::make(&mut random, &mut input);
        }
        let _shown = Shown(&input);
        read(&input)
    });
    cases.collect()
}

/// Asserts that this is so of at least so many in a hundred.
fn assert_share(tallies: &[Tally], percent: usize, is_so: impl Fn(&Tally) -> bool) {
    let count = tallies.iter().filter(|tally| is_so(tally)).count();
    assert!(count * 100 >= percent * tallies.len(), "{count} of {}", tallies.len());
}
