//! The file system that a guest starts with, as the kernel unpacks it: a cpio archive.

use std::{
    collections::BTreeSet,
    fs::{self, File},
    io::{self, BufWriter, Write},
    os::unix::fs::PermissionsExt as _,
    path::{Component, Path, PathBuf},
};

use anyhow::{Context as _, Result};
use cpio::newc::{Builder, ModeFileType, trailer};

/// Where a system's programs and libraries are in one place, these lead to it.
const MERGED: [(&str, &str); 4] =
    [("bin", "usr/bin"), ("sbin", "usr/sbin"), ("lib", "usr/lib"), ("lib64", "usr/lib64")];

/// An archive that is being written.
pub(super) struct Archive<W: Write> {
    to: W,
    entries: BTreeSet<PathBuf>,
}

impl Archive<BufWriter<File>> {
    /// One in a new file.
    pub(super) fn create(path: &Path) -> Result<Self> {
        let file = File::create(path).with_context(|| path.display().to_string())?;
        Self::new(BufWriter::new(file))
    }
}

impl<W: Write> Archive<W> {
    fn new(to: W) -> Result<Self> {
        let mut archive = Self { to, entries: BTreeSet::new() };
        for (name, target) in MERGED {
            archive.folder(Path::new(target))?;
            archive.entry(Path::new(name), ModeFileType::Symlink, 0o777, target.as_bytes())?;
        }
        Ok(archive)
    }

    /// Puts bytes at `path`; a path that is there already stays as it is.
    pub(super) fn bytes(&mut self, path: &Path, mode: u32, bytes: &[u8]) -> Result<()> {
        let path = merged(path);
        if let Some(folder) = path.parent() {
            self.folder(folder)?;
        }
        self.entry(&path, ModeFileType::Regular, mode, bytes)
    }

    /// Puts a file of this machine, or a folder with all below it, at `path`.
    pub(super) fn copy(&mut self, from: &Path, path: &Path) -> Result<()> {
        let metadata = fs::metadata(from).with_context(|| from.display().to_string())?;
        if metadata.is_dir() {
            for entry in fs::read_dir(from)? {
                let entry = entry?;
                self.copy(&entry.path(), &path.join(entry.file_name()))?;
            }
            return Ok(());
        }
        let bytes = fs::read(from).with_context(|| from.display().to_string())?;
        self.bytes(path, metadata.permissions().mode() & 0o7777, &bytes)
    }

    /// Writes the end.
    pub(super) fn finish(self) -> Result<()> {
        trailer(self.to)?.flush()?;
        Ok(())
    }

    fn folder(&mut self, path: &Path) -> Result<()> {
        if let Some(above) = path.parent().filter(|above| !above.as_os_str().is_empty()) {
            self.folder(above)?;
        }
        self.entry(path, ModeFileType::Directory, 0o755, &[])
    }

    fn entry(&mut self, path: &Path, kind: ModeFileType, mode: u32, bytes: &[u8]) -> Result<()> {
        if path.as_os_str().is_empty() || !self.entries.insert(path.to_owned()) {
            return Ok(());
        }
        let name = path.to_str().with_context(|| format!("{} is no text", path.display()))?;
        // Entries of one number would be links of each other.
        let number = u32::try_from(self.entries.len())?;
        let entry = Builder::new(name).ino(number).nlink(1).mode(mode).set_mode_file_type(kind);
        let mut writer = entry.write(&mut self.to, u32::try_from(bytes.len())?);
        io::copy(&mut &bytes[..], &mut writer)?;
        writer.finish()?;
        Ok(())
    }
}

/// The path from the archive's root, without the links that lead to `/usr`.
fn merged(path: &Path) -> PathBuf {
    let mut parts = path.components().filter(|part| matches!(part, Component::Normal(_)));
    let Some(first) = parts.next() else { return PathBuf::new() };
    let first = Path::new(first.as_os_str());
    let first =
        MERGED.iter().find(|(name, _)| first == *name).map_or(first, |(_, to)| Path::new(to));
    parts.fold(first.to_owned(), |path, part| path.join(part))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use cpio::newc::Reader;

    use super::*;

    #[test]
    fn it_has_what_was_put_into_it_and_folders_first() {
        let mut bytes = Vec::new();
        let mut archive = Archive::new(&mut bytes).expect("new");
        archive.bytes(Path::new("/bin/sh"), 0o755, b"shell").expect("put");
        archive.bytes(Path::new("/usr/bin/sh"), 0o755, b"another").expect("passed over");
        archive.bytes(Path::new("/a/b/c"), 0o640, b"").expect("put");
        archive.finish().expect("finished");

        let mut rest = &bytes[..];
        let mut entries = BTreeMap::new();
        let mut order = Vec::new();
        loop {
            let reader = Reader::new(rest).expect("an entry");
            if reader.entry().is_trailer() {
                break;
            }
            let (name, mode) = (reader.entry().name().to_owned(), reader.entry().mode());
            let mut content = Vec::new();
            rest = reader.to_writer(&mut content).expect("read");
            order.push(name.clone());
            entries.insert(name, (mode, content));
        }
        assert_eq!(entries["usr/bin/sh"], (0o100_755, b"shell".to_vec()));
        assert_eq!(entries["bin"], (0o120_777, b"usr/bin".to_vec()));
        assert_eq!(entries["a/b/c"], (0o100_640, Vec::new()));
        let place = |name: &str| order.iter().position(|one| one == name).expect("an entry");
        assert!(place("a") < place("a/b") && place("a/b") < place("a/b/c"));
    }
}
