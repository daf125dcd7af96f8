//! Each file of `tests/policies` is a test, whether `*.toml` or `*.json`: those of `valid` must be
//! accepted, and `show` print what `*.stdout` holds; those of `invalid` must be refused with the text
//! of `*.stderr`. `BLESS=1` writes these.

#![expect(clippy::unwrap_used, reason = "all of this is tests")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::{env, fs};

#[test]
fn valid_files_are_shown_as_recorded() {
    let mut failures = Vec::new();
    for file in policy_files("valid") {
        let check = qos_loader("check", &file);
        // Whether users and cgroups are there is the machine's business.
        let conflicts = text(&check.stderr).contains("conflicts with");
        if !check.status.success() || conflicts {
            failures.push(format!("{} is refused:\n{}", file.display(), text(&check.stderr)));
            continue;
        }
        let show = qos_loader("show", &file);
        failures.extend(compare(&file.with_extension("stdout"), text(&show.stdout)));
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn invalid_files_are_refused_as_recorded() {
    let mut failures = Vec::new();
    for file in policy_files("invalid") {
        let check = qos_loader("check", &file);
        if check.status.code() != Some(2) || !check.stdout.is_empty() {
            failures.push(format!("{} is not refused: {check:?}", file.display()));
        }
        failures.extend(compare(&file.with_extension("stderr"), text(&check.stderr)));
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn what_is_said_of_a_long_line_has_room_on_a_screen() {
    let ports = "443,".repeat(50_000);
    let content = format!("policy=[{{name='a',dscp=1,source-port=[{ports}0],user='{ports}:'}}]");
    let file = env::temp_dir().join(format!("qos-loader-long-line-{}.toml", std::process::id()));
    fs::write(&file, content).unwrap();
    let check = qos_loader("check", &file);
    fs::remove_file(&file).unwrap();
    let said = text(&check.stderr);
    assert!(said.ends_with("the policy set has 2 mistakes\n"), "{said}");
    assert!(said.lines().all(|line| line.chars().count() < 300), "{said}");
}

#[test]
fn nothing_recorded_has_lost_its_file() {
    for folder in ["valid", "invalid"] {
        for entry in fs::read_dir(root().join(folder)).unwrap() {
            let path = entry.unwrap().path();
            let files = FORMS.map(|form| path.with_extension(form).exists());
            assert_eq!(files.into_iter().filter(|exists| *exists).count(), 1, "{}", path.display());
        }
    }
}

/// What policy files are called.
const FORMS: [&str; 2] = ["toml", "json"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/policies")
}

/// The files of a folder, as paths from the root.
fn policy_files(folder: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(root().join(folder)).unwrap();
    let mut files: Vec<PathBuf> = entries
        .map(|entry| Path::new(folder).join(entry.unwrap().file_name()))
        .filter(|file| FORMS.iter().any(|form| file.extension().is_some_and(|one| one == *form)))
        .collect();
    files.sort();
    assert!(!files.is_empty());
    files
}

fn qos_loader(command: &str, file: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_qos-loader"))
        .args([command, "--file"])
        .arg(file)
        .current_dir(root())
        .output()
        .unwrap()
}

fn text(bytes: &[u8]) -> &str {
    str::from_utf8(bytes).unwrap()
}

/// What differs from the recorded text.
fn compare(recorded: &Path, found: &str) -> Option<String> {
    let path = root().join(recorded);
    if env::var_os("BLESS").is_some() {
        fs::write(&path, found).unwrap();
    }
    match fs::read_to_string(&path) {
        Ok(expected) if expected == found => None,
        Ok(expected) => {
            let name = recorded.display();
            Some(format!("{name} differs (BLESS=1 rewrites it)\n--- {expected}\n+++ {found}"))
        }
        Err(error) => Some(format!("{} (BLESS=1 writes it): {error}", recorded.display())),
    }
}
