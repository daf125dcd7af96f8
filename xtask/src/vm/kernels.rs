//! `xtask/kernels.toml`: which kernels there are, and what their guests have.

use anyhow::{Context as _, Result};
use serde::Deserialize;

/// The whole file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Kernels {
    kernel: Vec<Kernel>,
    pub(super) guest: Settings,
}

/// A kernel.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Kernel {
    pub(super) name: String,
    /// The Debian package that depends on the kernel's.
    pub(super) package: String,
}

/// What every guest has.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Settings {
    /// MiB.
    pub(super) memory: u32,
    /// Seconds that a test may take.
    pub(super) limit: u64,
    /// The share of their random input that tests take.
    pub(super) percent: u32,
    pub(super) modules: Vec<String>,
    /// Programs of this machine.
    pub(super) programs: Vec<String>,
    /// Files and folders of the repository.
    pub(super) repository: Vec<String>,
}

impl Kernels {
    /// Reads the file.
    pub(crate) fn read() -> Result<Self> {
        toml::from_str(include_str!("../../kernels.toml")).context("xtask/kernels.toml")
    }

    /// Those of these names; `all` is everyone.
    pub(super) fn select(&self, names: &[String]) -> Result<Vec<&Kernel>> {
        if names.iter().any(|name| name == "all") {
            return Ok(self.kernel.iter().collect());
        }
        names.iter().map(|name| self.named(name)).collect()
    }

    /// The one of that name.
    pub(super) fn named(&self, name: &str) -> Result<&Kernel> {
        self.kernel.iter().find(|kernel| kernel.name == name).with_context(|| {
            let known: Vec<&str> = self.kernel.iter().map(|kernel| kernel.name.as_str()).collect();
            format!("xtask/kernels.toml has no kernel {name}, but {}", known.join(", "))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kernels_are_chosen_by_name() {
        let kernels = Kernels::read().expect("the file of the repository");
        let names = |wanted: &[&str]| {
            let wanted: Vec<String> = wanted.iter().map(ToString::to_string).collect();
            let chosen = kernels.select(&wanted).map_err(|error| error.to_string())?;
            Ok::<_, String>(chosen.iter().map(|kernel| kernel.name.clone()).collect::<Vec<_>>())
        };
        assert_eq!(names(&["6.12", "6.1"]), Ok(vec!["6.12".to_owned(), "6.1".to_owned()]));
        assert_eq!(names(&["all"]).map(|names| names.len()), Ok(kernels.kernel.len()));
        let error = names(&["6.1", "2.4"]).expect_err("there is no 2.4");
        assert!(
            error.starts_with("xtask/kernels.toml has no kernel 2.4, but 6.1, 6.12"),
            "{error}"
        );
    }
}
