//! Debian's packages, downloaded and unpacked; nothing is installed.

use std::{fs, path::Path, process::Command};

use anyhow::{Context as _, Result, bail, ensure};

use super::say;
use crate::{
    command::{output, run},
    workspace,
};

/// The package of the kernel that `meta` stands for now.
pub(super) fn kernel_of(meta: &str) -> Result<String> {
    let record =
        with_lists(|| output(Command::new("apt-cache").args(["show", "--no-all-versions", meta])))?;
    dependency(&record).with_context(|| format!("{meta} depends on no kernel"))
}

/// The first `linux-image-` among the dependencies of a record.
fn dependency(record: &str) -> Option<String> {
    let depends = record.lines().find_map(|line| line.strip_prefix("Depends: "))?;
    let names = depends.split([',', '|']).filter_map(|one| one.split_whitespace().next());
    names.map(str::to_owned).find(|name| name.starts_with("linux-image-"))
}

/// The packages that `package` needs and this machine lacks, with itself.
pub(super) fn closure_of(package: &str) -> Result<Vec<String>> {
    let mut apt_get = Command::new("apt-get");
    // Only what would happen.
    apt_get.args(["install", "--simulate", "--no-install-recommends", package]);
    let plan = with_lists(|| output(&mut apt_get))?;
    let packages = installed_by(&plan);
    ensure!(!packages.is_empty(), "apt-get would install nothing for {package}");
    Ok(packages)
}

fn installed_by(plan: &str) -> Vec<String> {
    let lines = plan.lines().filter_map(|line| line.strip_prefix("Inst "));
    lines.filter_map(|line| line.split(' ').next()).map(str::to_owned).collect()
}

/// Puts the files of the packages below `folder`.
pub(super) fn unpack(packages: &[String], folder: &Path) -> Result<()> {
    let debs = folder.join("debs");
    fs::create_dir_all(&debs)?;
    let mut download = Command::new("apt-get");
    download.args(["download", "--quiet"]).args(packages).current_dir(&debs);
    run(&mut download)?;
    for entry in fs::read_dir(&debs)? {
        output(Command::new("dpkg-deb").arg("--extract").arg(entry?.path()).arg(folder))?;
    }
    fs::remove_dir_all(debs)?;
    Ok(())
}

/// Asks apt again once its lists of packages are read, if it has none yet.
fn with_lists(mut ask: impl FnMut() -> Result<String>) -> Result<String> {
    for program in ["apt-get", "apt-cache", "dpkg-deb"] {
        if workspace::find_program(program).is_none() {
            bail!("there is no {program}: kernels and QEMU for guests come from Debian's packages");
        }
    }
    match ask() {
        Ok(answer) if !answer.trim().is_empty() => return Ok(answer),
        Err(error) if !workspace::is_root() => {
            return Err(error.context("to do: run `apt-get update` as root"));
        }
        Ok(_) | Err(_) => {}
    }
    say("apt has no such package in its lists: reading them again");
    run(Command::new("apt-get").args(["update", "--quiet"]))?;
    ask()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernel_is_a_dependency() {
        let record = "Package: linux-image-cloud-amd64\nVersion: 6.1.192-2\n\
                      Depends: linux-base, linux-image-6.1.0-56-cloud-amd64 (= 6.1.192-2)\n";
        assert_eq!(dependency(record).as_deref(), Some("linux-image-6.1.0-56-cloud-amd64"));
        assert_eq!(dependency("Package: bash\nDepends: libc6\n"), None);
        assert_eq!(dependency(""), None);
    }

    #[test]
    fn what_apt_would_install_is_downloaded() {
        let plan = "Reading package lists...\nRemv qemu-utils [1:10.0]\n\
                    Inst seabios (1.16.2-1 Debian [all])\nInst qemu-system-x86 (1:7.2 Debian)\n\
                    Conf seabios (1.16.2-1 Debian [all])\n";
        assert_eq!(installed_by(plan), ["seabios", "qemu-system-x86"]);
    }
}
