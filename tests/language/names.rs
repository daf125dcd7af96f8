//! What name servers answer, beside what `hickory-proto` reads: random messages, what a real server sent, and all
//! of this with mistakes in it.

#[expect(unreachable_pub, reason = "the fuzz targets reach it as a crate of its own")]
#[path = "../fuzz/src"]
mod target {
    pub mod dns;
}

mod kind;
mod message;
mod mistake;
mod writer;

use std::{collections::BTreeMap, fs, path::Path};

use qos_tests::{generate::random::Random, repeated};

use crate::shown::Shown;
use kind::Kind;
use message::Made;
use target::dns::{Accepted, read};

/// A million in all.
const RANDOM: u32 = 800_000;
const REAL: u32 = 200_000;

#[test]
fn random_messages_are_read_as_by_hickory() {
    let answers = compare(RANDOM, 4, message::random);
    assert_share(&answers, 60, |answer| answer.1 == Accepted::Both);
    assert_share(&answers, 3, |answer| answer.1 == Accepted::Reference);
    assert_share(&answers, 3, |answer| answer.1 == Accepted::Parser);
    let mut seen: BTreeMap<Kind, Vec<Accepted>> = BTreeMap::new();
    for (kinds, accepted) in &answers {
        for kind in kinds {
            seen.entry(*kind).or_default().push(*accepted);
        }
    }
    for kind in Kind::ALL {
        let seen = seen.get(&kind).map_or(&[][..], Vec::as_slice);
        assert!(seen.len() * 500 >= answers.len(), "{kind:?}: {} of {}", seen.len(), answers.len());
        let expected = kind.accepted();
        let count = seen.iter().filter(|accepted| **accepted == expected).count();
        assert!(count * 4 >= seen.len(), "{kind:?}: {expected:?} {count} of {}", seen.len());
    }
}

#[test]
fn what_a_real_server_says_is_read_as_by_hickory() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus/dns");
    let files = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    let mut inputs: Vec<_> = files
        .filter(|path| path.to_string_lossy().contains("dnsmasq"))
        .map(|path| fs::read(path).unwrap())
        .collect();
    inputs.sort();
    assert!(inputs.len() >= 20, "{}", inputs.len());
    assert!(inputs.iter().all(|input| read(input) == Accepted::Both));
    let real = |random: &mut Random| Made::from(random.pick(&inputs).clone());
    let answers = compare(REAL, 5, real);
    assert_share(&answers, 60, |answer| answer.1 == Accepted::Both);
}

/// What was made, and who took it.
type Answer = (Vec<Kind>, Accepted);

/// Compares so many messages that `make` makes, with mistakes in some of them.
fn compare(cases: u32, seed: u64, mut make: impl FnMut(&mut Random) -> Made) -> Vec<Answer> {
    let cases = (0..repeated(cases)).map(|case| {
        let mut random = Random::new(seed << 32 | u64::from(case));
        let Made { mut bytes, mut kinds } = make(&mut random);
        if random.percent(20) {
            mistake::make(&mut random, &mut bytes);
            // It may not be any more what it was to be.
            kinds.clear();
        }
        let _shown = Shown(&bytes);
        (kinds.into_iter().collect(), read(&bytes))
    });
    cases.collect()
}

/// Asserts that this is so of at least so many in a hundred.
fn assert_share(answers: &[Answer], percent: usize, is_so: impl Fn(&Answer) -> bool) {
    let count = answers.iter().filter(|answer| is_so(answer)).count();
    assert!(count * 100 >= percent * answers.len(), "{count} of {}", answers.len());
}
