//! What fuzzing has found is read once more: each file of `tests/fuzz/corpus` goes through the code
//! of its fuzz target, which may not panic, and must end.

#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "all of this is tests"
)]

#[expect(unreachable_pub, reason = "the fuzz targets reach it as a crate of its own")]
#[path = "../../tests/fuzz/src/lib.rs"]
mod target;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use qos_loader::policy::source::Form;
use target::Outcome::{Accepted, Refused};
use target::dns::Accepted::{Both, Neither, Parser, Reference};

#[test]
fn policy_files_are_read_or_explained() {
    replay("policy_file", Form::File);
}

#[test]
fn policy_arguments_are_read_or_explained() {
    replay("policy_argument", Form::Argument);
}

#[test]
fn requests_are_read_as_others_read_them() {
    let tallies: Vec<_> = inputs("request")
        .iter()
        .map(|path| {
            // Shown when the test fails.
            println!("{}", path.display());
            target::request::read(&fs::read(path).unwrap())
        })
        .collect();
    assert!(tallies.iter().map(|tally| tally.both).sum::<usize>() >= 60);
    assert!(tallies.iter().any(|tally| tally.reference > 0));
    assert!(tallies.iter().any(|tally| tally.stream > 0));
    assert!(tallies.contains(&target::request::Tally::default()));
}

#[test]
fn messages_of_name_servers_are_read_as_others_read_them() {
    let answers: Vec<_> = inputs("dns")
        .iter()
        .map(|path| {
            // Shown when the test fails.
            println!("{}", path.display());
            target::dns::read(&fs::read(path).unwrap())
        })
        .collect();
    for accepted in [Both, Reference, Parser, Neither] {
        assert!(answers.contains(&accepted), "none of {} is {accepted:?}", answers.len());
    }
}

#[test]
fn no_corpus_is_left_out() {
    let folders = fs::read_dir(corpus()).unwrap().map(|entry| entry.unwrap().file_name());
    let folders: BTreeSet<_> = folders.map(|name| name.into_string().unwrap()).collect();
    assert_eq!(
        folders.into_iter().collect::<Vec<_>>(),
        ["dns", "policy_argument", "policy_file", "request"]
    );
}

/// Reads the inputs of the target `name`, of which some are right and some are wrong.
fn replay(name: &str, form: Form) {
    let mut outcomes = Vec::new();
    for path in inputs(name) {
        // Shown when the test fails.
        println!("{}", path.display());
        outcomes.push(target::read(form, &fs::read_to_string(path).unwrap()));
    }
    for outcome in [Accepted, Refused] {
        assert!(outcomes.contains(&outcome), "none of {} is {outcome:?}", outcomes.len());
    }
}

/// The inputs of the target `name`.
fn inputs(name: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(corpus().join(name)).unwrap();
    entries.map(|entry| entry.unwrap().path()).collect()
}

fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fuzz/corpus")
}
