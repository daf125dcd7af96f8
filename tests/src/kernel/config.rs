//! What the running kernel was built with, where it says so.

use std::{fs, path::Path, process::Command};

/// Whether the kernel was built without an option. One that does not say counts as built with it,
/// so that no test passes by mistake: what is missing then is a failure.
pub fn is_built_without(option: &str) -> bool {
    let with = |config: String| config.lines().any(|line| is_set(line, option));
    configuration().is_some_and(|config| !with(config))
}

fn is_set(line: &str, option: &str) -> bool {
    let value = line.strip_prefix(option).and_then(|rest| rest.strip_prefix('='));
    matches!(value, Some("y" | "m"))
}

/// From the kernel itself, or from where distributions install it.
fn configuration() -> Option<String> {
    const OWN: &str = "/proc/config.gz";
    if Path::new(OWN).exists() {
        let output = Command::new("zcat").arg(OWN).output();
        let output = output.expect("there is no program `zcat` (package gzip)");
        assert!(output.status.success(), "zcat {OWN}: {output:?}");
        return Some(String::from_utf8(output.stdout).unwrap());
    }
    let release = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap();
    fs::read_to_string(format!("/boot/config-{}", release.trim())).ok()
}

#[cfg(test)]
mod tests {
    use super::is_set;

    #[test]
    fn only_the_option_itself() {
        for (line, expected) in [
            ("CONFIG_IFB=y", true),
            ("CONFIG_IFB=m", true),
            ("# CONFIG_IFB is not set", false),
            ("CONFIG_IFB_MORE=y", false),
        ] {
            assert_eq!(is_set(line, "CONFIG_IFB"), expected, "{line}");
        }
    }
}
