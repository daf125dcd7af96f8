//! The toolchain that rust-toolchain.toml pins, with its components.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result, bail, ensure};

use super::{advise, llvm, say};
use crate::{
    command::{in_workspace, output, run},
    workspace,
};

/// A component of rustup, and a file in the sysroot that only it brings: looking there is faster
/// than asking rustup, and works with a toolchain that rustup did not install.
const COMPONENTS: [(&str, &str); 3] = [
    ("clippy", "bin/cargo-clippy"),
    ("rustfmt", "bin/rustfmt"),
    ("rust-src", "lib/rustlib/src/rust/library/Cargo.toml"),
];

/// The pinned toolchain, ready for use.
pub(super) struct Toolchain {
    pub(super) sysroot: PathBuf,
    pub(super) host: String,
    pub(super) llvm_major: u32,
}

impl Toolchain {
    /// Finds the pinned toolchain and adds what it lacks.
    pub(super) fn make_ready() -> Result<Self> {
        let file = workspace::root().join("rust-toolchain.toml");
        let channel = fs::read_to_string(&file)
            .map_err(anyhow::Error::from)
            .and_then(|text| parse_channel(&text))
            .with_context(|| format!("cannot read {}", file.display()))?;

        let sysroot = match find_sysroot() {
            Ok(sysroot) => sysroot,
            Err(_) => install(&channel)?,
        };
        add_components(&channel, &sysroot)?;

        let version = output(&mut in_workspace("rustc", ["-vV"]))?;
        let field = |name| {
            parse_field(&version, name).with_context(|| format!("rustc -vV names no {name}"))
        };
        let release = field("release")?;
        ensure!(
            workspace::find_program("rustup").is_some() || release == channel,
            "rustc is {release}, but rust-toolchain.toml pins {channel}\nto do: {}",
            advice(&channel)
        );
        say(format_args!("Rust {release} with its sources, clippy and rustfmt: ready"));
        Ok(Self {
            sysroot,
            host: field("host")?.to_owned(),
            llvm_major: llvm::parse_major(&version).context("rustc -vV names no LLVM version")?,
        })
    }

    /// Adds the standard library of another target, unless it is there.
    pub(super) fn add_target(&self, target: &str) -> Result<()> {
        if !self.sysroot.join("lib/rustlib").join(target).join("lib").exists() {
            say(format_args!("Rust's library for {target} is missing: asking rustup"));
            run(&mut in_workspace("rustup", ["target", "add", target]))?;
        }
        say(format_args!("Rust's library for {target}: ready"));
        Ok(())
    }
}

fn find_sysroot() -> Result<PathBuf> {
    let sysroot = output(&mut in_workspace("rustc", ["--print", "sysroot"]))?;
    Ok(sysroot.trim_end().into())
}

/// Where a nightly toolchain is, if there is one.
pub(super) fn nightly_sysroot() -> Option<PathBuf> {
    let mut rustc = in_workspace("rustup", ["run", "nightly", "rustc", "--print", "sysroot"]);
    // Looking must not install.
    let sysroot = output(rustc.env("RUSTUP_AUTO_INSTALL", "0")).ok()?;
    Some(sysroot.trim_end().into())
}

fn install(channel: &str) -> Result<PathBuf> {
    say(format_args!("Rust {channel} is missing: asking rustup for it"));
    let mut rustup = in_workspace("rustup", ["toolchain", "install", channel]);
    // Without the last option it may replace rustup itself as well.
    rustup.args(["--profile", "minimal", "--no-self-update"]);
    let installed = run(&mut rustup).and_then(|()| find_sysroot());
    advise(installed, || advice(channel))
}

fn add_components(channel: &str, sysroot: &Path) -> Result<()> {
    let missing = missing_components(sysroot);
    if missing.is_empty() {
        return Ok(());
    }
    let names = missing.join(", ");
    say(format_args!("Rust {channel} lacks {names}: asking rustup"));
    let mut rustup = in_workspace("rustup", ["component", "add", "--toolchain", channel]);
    advise(run(rustup.args(&missing)), || advice(channel))?;
    let missing = missing_components(sysroot);
    if !missing.is_empty() {
        let names = missing.join(", ");
        bail!("{} still lacks {names}\nto do: {}", sysroot.display(), advice(channel));
    }
    Ok(())
}

fn missing_components(sysroot: &Path) -> Vec<&'static str> {
    COMPONENTS
        .into_iter()
        .filter(|(_, file)| !sysroot.join(file).exists())
        .map(|(component, _)| component)
        .collect()
}

fn advice(channel: &str) -> String {
    let components = COMPONENTS.map(|(component, _)| component).join(",");
    format!(
        "with rustup (https://rustup.rs), run \
         `rustup toolchain install {channel} --component {components}`"
    )
}

fn parse_channel(text: &str) -> Result<String> {
    let channel = text.parse::<toml::Table>()?;
    channel
        .get("toolchain")
        .and_then(|toolchain| toolchain.get("channel"))
        .and_then(toml::Value::as_str)
        .map(str::to_owned)
        .context("there is no toolchain.channel")
}

fn parse_field<'a>(version: &'a str, name: &str) -> Option<&'a str> {
    version.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_channel_is_read() {
        let text = "# why\n[toolchain]\nprofile = \"minimal\"\nchannel = \"1.95.0\" # pinned\n";
        assert_eq!(parse_channel(text).expect("a channel"), "1.95.0");
    }

    #[test]
    fn a_file_without_a_channel_is_an_error() {
        for text in ["", "channel = \"1.95.0\"", "[toolchain]\nchannel = 1", "["] {
            assert!(parse_channel(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn the_version_has_fields() {
        let version = "rustc 1.95.0 (59807616e 2026-04-14)\nbinary: rustc\nhost: x86_64-unknown-linux-gnu\nrelease: 1.95.0\n";
        assert_eq!(parse_field(version, "host"), Some("x86_64-unknown-linux-gnu"));
        assert_eq!(parse_field(version, "release"), Some("1.95.0"));
        assert_eq!(parse_field(version, "rustc"), None);
    }

    #[test]
    fn a_component_is_missing_until_its_file_is_there() {
        let sysroot = tempfile::tempdir().expect("a temporary folder");
        assert_eq!(missing_components(sysroot.path()), ["clippy", "rustfmt", "rust-src"]);
        fs::create_dir(sysroot.path().join("bin")).expect("created");
        fs::write(sysroot.path().join("bin/rustfmt"), "").expect("written");
        assert_eq!(missing_components(sysroot.path()), ["clippy", "rust-src"]);
    }
}
