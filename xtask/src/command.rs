//! Runs other programs: says what it runs, and fails with the command line.

use std::{ffi::OsStr, process::Command};

use anyhow::{Context as _, Result, ensure};

use crate::workspace;

/// `cargo` at the workspace's root, by the toolchain that rust-toolchain.toml pins.
pub(crate) fn cargo<A: AsRef<OsStr>>(arguments: impl IntoIterator<Item = A>) -> Command {
    in_workspace("cargo", arguments)
}

/// `program` at the workspace's root; rustup's proxies obey rust-toolchain.toml there.
pub(crate) fn in_workspace<A: AsRef<OsStr>>(
    program: &str,
    arguments: impl IntoIterator<Item = A>,
) -> Command {
    let mut command = Command::new(program);
    command
        .args(arguments)
        .current_dir(workspace::root())
        // `cargo +other xtask` would hand its choice on to everything below.
        .env_remove("RUSTUP_TOOLCHAIN");
    command
}

/// Shows the command and runs it with its output in view.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let line = line(command);
    eprintln!("  $ {line}");
    let status = command.status().with_context(|| format!("cannot start `{line}`"))?;
    ensure!(status.success(), "`{line}` failed ({status})");
    Ok(())
}

/// Runs the command silently and returns what it wrote to stdout.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let line = line(command);
    let output = command.output().with_context(|| format!("cannot start `{line}`"))?;
    ensure!(
        output.status.success(),
        "`{line}` failed ({}): {}",
        output.status,
        String::from_utf8_lossy(&output.stderr).trim()
    );
    String::from_utf8(output.stdout).with_context(|| format!("`{line}` printed no text"))
}

/// The command as one would type it, environment first.
pub(crate) fn line(command: &Command) -> String {
    let environment = command.get_envs().filter_map(|(name, value)| {
        let value = quoted(value?);
        Some(format!("{}={value}", name.display()))
    });
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    environment.chain(words.map(quoted)).collect::<Vec<_>>().join(" ")
}

fn quoted(word: &OsStr) -> String {
    let word = word.to_string_lossy();
    let plain = |c: char| c.is_alphanumeric() || "-_=+,.:/@%".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.into_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_can_be_typed() {
        let mut command = Command::new("cargo");
        command
            .args(["test", "a b", "", "it's"])
            .env("RUSTDOCFLAGS", "-D warnings")
            .env_remove("RUSTUP_TOOLCHAIN");
        assert_eq!(line(&command), r"RUSTDOCFLAGS='-D warnings' cargo test 'a b' '' 'it'\''s'");
    }

    #[test]
    fn a_failure_names_the_command_and_what_it_said() {
        let error = output(Command::new("sh").args(["-c", "echo broken >&2; exit 3"]))
            .expect_err("exit status 3")
            .to_string();
        assert!(error.contains("`sh -c 'echo broken >&2; exit 3'`"), "{error}");
        assert!(error.ends_with("(exit status: 3): broken"), "{error}");
    }

    #[test]
    fn a_missing_program_is_an_error() {
        let error = run(&mut Command::new("/nonexistent/program")).expect_err("no such program");
        assert_eq!(error.to_string(), "cannot start `/nonexistent/program`");
    }
}
