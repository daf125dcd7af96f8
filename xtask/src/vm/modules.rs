//! Kernel modules, with all that they need, in an order in which they can be loaded.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result, ensure};
use object::{File, Object as _, ObjectSection as _};

use super::vmlinux::decompress;

/// A module, ready to be loaded.
pub(super) struct Module {
    pub(super) name: String,
    pub(super) bytes: Vec<u8>,
}

/// The modules of a kernel by their names.
struct Modules {
    files: BTreeMap<String, PathBuf>,
    built_in: BTreeSet<String>,
}

/// The modules `wanted` of the kernel whose modules are in `folder`.
pub(super) fn collect(folder: &Path, wanted: &[String]) -> Result<Vec<Module>> {
    let modules = Modules::of(folder)?;
    let mut ordered = Vec::new();
    for name in wanted {
        modules.add(&normal(name), &mut ordered)?;
    }
    Ok(ordered)
}

impl Modules {
    fn of(folder: &Path) -> Result<Self> {
        let built_in = fs::read_to_string(folder.join("modules.builtin"))?;
        let built_in = built_in.lines().map(|line| name_of(Path::new(line))).collect();
        let mut files = BTreeMap::new();
        let mut folders = vec![folder.join("kernel")];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(&folder)? {
                let path = entry?.path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    files.insert(name_of(&path), path);
                }
            }
        }
        Ok(Self { files, built_in })
    }

    /// Adds a module behind those that it needs. They need each other in no circle, or the kernel's
    /// build had failed.
    fn add(&self, name: &str, ordered: &mut Vec<Module>) -> Result<()> {
        if self.built_in.contains(name) || ordered.iter().any(|module| module.name == name) {
            return Ok(());
        }
        let file = self.files.get(name).with_context(|| format!("there is no module {name}"))?;
        let bytes = fs::read(file)?;
        let bytes =
            if file.extension().is_some_and(|it| it == "ko") { bytes } else { decompress(&bytes)? };
        for other in needed_by(&bytes).with_context(|| file.display().to_string())? {
            self.add(&other, ordered)?;
        }
        ordered.push(Module { name: name.to_owned(), bytes });
        Ok(())
    }
}

/// The names after `depends=` among the fields that a module says of itself.
fn needed_by(module: &[u8]) -> Result<Vec<String>> {
    let file = File::parse(module)?;
    let fields = file.section_by_name(".modinfo").context("it has no .modinfo")?.data()?;
    ensure!(fields.ends_with(&[0]), "its .modinfo is cut");
    let fields = str::from_utf8(fields)?;
    let names = fields.split('\0').find_map(|field| field.strip_prefix("depends="));
    let names = names.unwrap_or_default().split(',').filter(|name| !name.is_empty());
    Ok(names.map(normal).collect())
}

/// The module's name in `kernel/net/8021q/8021q.ko.xz`.
fn name_of(path: &Path) -> String {
    let name = path.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
    normal(name.split('.').next().unwrap_or(&name))
}

/// Names of files have either, names of modules the latter.
fn normal(name: &str) -> String {
    name.replace('-', "_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_module_has_its_files_name() {
        assert_eq!(name_of(Path::new("kernel/net/sched/sch_fq.ko")), "sch_fq");
        assert_eq!(name_of(Path::new("/a/iptable-nat.ko.xz")), "iptable_nat");
    }

    #[test]
    fn built_in_is_there_already_and_unknown_an_error() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        fs::create_dir(folder.path().join("kernel")).expect("created");
        fs::write(folder.path().join("modules.builtin"), "kernel/net/ipv4/tunnel4.ko\n")
            .expect("written");
        let wanted = |name: &str| collect(folder.path(), &[name.to_owned()]).map(|all| all.len());
        assert_eq!(wanted("tunnel4").expect("built in"), 0);
        let error = wanted("sch-nothing").expect_err("no such module").to_string();
        assert_eq!(error, "there is no module sch_nothing");
    }
}
