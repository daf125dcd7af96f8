//! The programs of the workspace that run in guests: static ones, for the guest has no libraries but
//! those of this machine.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::Stdio,
};

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

use crate::command::{cargo, line};

/// The target of static programs.
pub(crate) const TARGET: &str = "x86_64-unknown-linux-musl";

/// What cargo built, by names.
pub(super) struct Binaries(BTreeMap<String, PathBuf>);

impl Binaries {
    /// Builds `targets`, each with its package, and the first process of guests.
    pub(super) fn build(targets: &[[&str; 3]]) -> Result<Self> {
        let mut build = cargo(["build", "--release", "--locked", "--target", TARGET]);
        build.args(["--message-format=json-render-diagnostics"]);
        for [package, kind, name] in [&[["qos-vm-init", "--bin", "qos-vm-init"]], targets].concat()
        {
            build.args(["--package", package, kind, name]);
        }
        let line = line(&build);
        eprintln!("  $ {line}");
        let output = build.stderr(Stdio::inherit()).output().context("cannot start cargo")?;
        ensure!(output.status.success(), "`{line}` failed ({})", output.status);
        let messages = str::from_utf8(&output.stdout)?;
        Ok(Self(messages.lines().filter_map(executable).collect()))
    }

    /// Where one is.
    pub(super) fn get(&self, name: &str) -> Result<&Path> {
        let path = self.0.get(name);
        path.map(PathBuf::as_path).with_context(|| format!("cargo built no {name}"))
    }
}

/// The name and the path of an executable that a message of cargo tells of.
fn executable(message: &str) -> Option<(String, PathBuf)> {
    let message: Value = serde_json::from_str(message).ok()?;
    let path = message.get("executable")?.as_str()?;
    let name = message.get("target")?.get("name")?.as_str()?;
    Some((name.to_owned(), path.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn executables_have_their_targets_names() {
        let message = r#"{"reason":"compiler-artifact","target":{"name":"network","kind":["test"]},
                          "executable":"/t/deps/network-25e9"}"#;
        let message = message.replace('\n', "");
        assert_eq!(
            executable(&message),
            Some(("network".to_owned(), "/t/deps/network-25e9".into()))
        );
        assert_eq!(executable(r#"{"target":{"name":"nix"},"executable":null}"#), None);
        assert_eq!(executable(r#"{"reason":"build-finished","success":true}"#), None);
    }
}
