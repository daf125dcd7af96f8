//! Paths and names as file systems have them: long, deep, with spaces, not text.

use std::{
    ffi::OsStr,
    os::unix::ffi::OsStrExt as _,
    path::{Path, PathBuf},
};

use super::{
    flow::{V4, datagrams},
    policies::application,
    program::{Folder, Program},
};
use crate::scene::Scene;

/// What a file system takes as one name.
const LONGEST: usize = 255;

/// Applications, each with a program that it is and one that none of them is.
#[derive(Default)]
struct Cases(Vec<(String, PathBuf, PathBuf)>);

impl Cases {
    fn path(&mut self, wanted: &Path, other: &Path) {
        self.application(wanted.display().to_string(), wanted, other);
    }

    fn application(&mut self, application: String, wanted: &Path, other: &Path) {
        self.0.push((application, wanted.to_owned(), other.to_owned()));
    }

    /// Panics unless each has the mark of its own policy in one set of all.
    fn check(self) {
        let policies = self.0.iter().zip(1..).map(|((by, ..), dscp)| application(by, dscp));
        let scene = Scene::with(&policies.collect::<String>());
        for ((by, wanted, other), mark) in self.0.iter().zip(1..) {
            for (path, mark) in [(wanted, mark), (other, 0)] {
                let marks = datagrams(&scene, &Program::start(path), V4);
                assert_eq!(marks, [mark; 4], "{} by {by}", path.display());
            }
        }
    }
}

fn of_length(length: usize, last: char) -> String {
    "n".repeat(length - 1) + &last.to_string()
}

/// Names that only their last byte tells apart.
#[test]
fn long_names() {
    let folder = Folder::new();
    let mut cases = Cases::default();
    for length in [62, 63, 64, 65, 127, 128, 129, LONGEST] {
        let [wanted, other] = ['a', 'b'].map(|last| of_length(length, last));
        let path = |name: &str| folder.copy(&format!("by-path-{length}/{name}"));
        cases.path(&path(&wanted), &path(&other));
        let [wanted, other] = ['c', 'd'].map(|last| of_length(length, last));
        cases.application(wanted.clone(), &folder.copy(&wanted), &folder.copy(&other));
    }
    cases.check();
}

#[test]
fn long_names_of_folders() {
    let folder = Folder::new();
    let place = |last| format!("{}/{}/snd", of_length(LONGEST, last), of_length(200, 'c'));
    let mut cases = Cases::default();
    cases.path(&folder.copy(&place('a')), &folder.copy(&place('b')));
    cases.check();
}

/// Paths that only their first element tells apart, up to as many as the kernel takes.
#[test]
fn many_elements() {
    let folder = Folder::new();
    let mut cases = Cases::default();
    for count in [40, 50, 64, 200, 1000, 2000] {
        let place = |first| format!("{first}{}/snd", "/d".repeat(count));
        cases.path(&folder.copy(&place('a')), &folder.copy(&place('b')));
    }
    cases.check();
}

#[test]
fn the_order_of_elements_and_where_they_end() {
    let folder = Folder::new();
    let mut cases = Cases::default();
    for other in ["c/ab/snd", "a/bc/snd", "abc/snd", "ab/csnd", "b/ab/c/snd", "ab/snd"] {
        cases.path(&folder.copy(&format!("{other}-not/ab/c/snd")), &folder.copy(other));
    }
    cases.check();
}

#[test]
fn spaces_and_other_characters() {
    let folder = Folder::new();
    let mut cases = Cases::default();
    for name in ["a program", "d\u{fc}rfen \u{2192}", "#[x]=\"y\"", "snd (deleted)", "50%s"] {
        let other = folder.copy(&format!("{name}/{name}."));
        cases.path(&folder.copy(&format!("{name}/{name}1")), &other);
        cases.application(format!("{name}2"), &folder.copy(&format!("{name}/{name}2")), &other);
    }
    cases.check();
}

#[test]
fn a_folder_that_is_not_text() {
    let folder = Folder::new();
    let mut cases = Cases::default();
    let [wanted, other] = [b"caf\xe9/snd".as_slice(), b"caf\xe9/other"];
    cases.application("snd".to_owned(), &folder.copy_to(wanted), &folder.copy_to(other));
    cases.check();
}

/// Policies write bytes that are no text as `\xNN`.
#[test]
fn a_path_that_is_not_text() {
    let folder = Folder::new();
    let mut cases = Cases::default();
    let [wanted, other] = [b"caf\xe9/b\xfcro".as_slice(), b"caf\xe8/b\xfcro"];
    let [wanted, other] = [wanted, other].map(|place| folder.copy_to(place));
    cases.application(escaped(wanted.as_os_str()), &wanted, &other);
    let [wanted, other] = [b"n\xff\xfe1".as_slice(), b"n\xff\xfe2"];
    let path = folder.copy_to(wanted);
    cases.application(escaped(path.file_name().unwrap()), &path, &folder.copy_to(other));
    cases.check();
}

fn escaped(bytes: &OsStr) -> String {
    let written = |byte: &u8| match char::from(*byte) {
        character if character.is_ascii() => character.to_string(),
        _ => format!("\\x{byte:02x}"),
    };
    bytes.as_bytes().iter().map(written).collect()
}
