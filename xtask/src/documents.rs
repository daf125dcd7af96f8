//! What README.md, CONTRIBUTING.md and docs/ say to type exists.

use std::{fs, path::PathBuf};

use clap::Parser as _;

use crate::{Arguments, workspace};

/// The words behind each `cargo xtask` of a text, up to the end of the code that it stands in.
fn command_lines(text: &str) -> impl Iterator<Item = Vec<&str>> {
    let starts = text.match_indices("cargo xtask");
    starts.map(|(start, _)| {
        let rest = &text[start + "cargo ".len()..];
        let line = rest.split(['\n', '`', '#']).next().unwrap_or(rest);
        line.split_whitespace().collect()
    })
}

#[test]
fn every_command_that_documents_name_is_taken() {
    let root = workspace::root();
    let docs = fs::read_dir(root.join("docs")).expect("a folder docs/");
    let mut paths: Vec<PathBuf> = docs.map(|entry| entry.expect("a document").path()).collect();
    let top = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"];
    paths.extend(top.map(|name| root.join(name)));
    let mut lines = 0;
    for path in paths {
        let text = fs::read_to_string(&path).expect("a text");
        for words in command_lines(&text) {
            let parsed = Arguments::try_parse_from(&words);
            assert!(parsed.is_ok(), "{}: {words:?}: {:?}", path.display(), parsed.err());
            lines += 1;
        }
    }
    assert!(lines >= 8, "only {lines} command lines");
}
