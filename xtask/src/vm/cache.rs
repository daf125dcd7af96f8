//! What was made once and is kept below `target/vm/`: a folder is there whole or not at all, and is
//! made again when what it was made from has changed.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};

use crate::workspace;

/// Names what a folder was made from; inside it.
const SOURCE: &str = "source";

/// Where it all is.
pub(super) fn folder() -> PathBuf {
    workspace::root().join("target/vm")
}

/// The folder `name`, for which `make` fills an empty one unless it is there.
pub(super) fn get(
    name: &str,
    source: &str,
    make: impl FnOnce(&Path) -> Result<()>,
) -> Result<PathBuf> {
    get_in(&folder(), name, source, make)
}

fn get_in(
    cache: &Path,
    name: &str,
    source: &str,
    make: impl FnOnce(&Path) -> Result<()>,
) -> Result<PathBuf> {
    let ready = cache.join(name);
    if fs::read_to_string(ready.join(SOURCE)).is_ok_and(|made_from| made_from == source) {
        return Ok(ready);
    }
    let new = cache.join(format!("{name}.new"));
    for old in [&new, &ready] {
        match fs::remove_dir_all(old) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(error).with_context(|| format!("cannot remove {}", old.display()));
            }
            Ok(()) | Err(_) => {}
        }
    }
    fs::create_dir_all(&new).with_context(|| format!("cannot create {}", new.display()))?;
    make(&new)?;
    fs::write(new.join(SOURCE), source)?;
    fs::rename(&new, &ready)?;
    Ok(ready)
}

#[cfg(test)]
mod tests {
    use anyhow::bail;

    use super::*;

    #[test]
    fn it_is_made_once_for_each_source() {
        let cache = tempfile::tempdir().expect("a temporary folder");
        let mut made = 0;
        let mut get = |source: &str| {
            let folder = get_in(cache.path(), "6.1", source, |folder| {
                made += 1;
                Ok(fs::write(folder.join(source), "")?)
            });
            assert!(folder.expect("made").join(source).exists());
            made
        };
        assert_eq!([get("a"), get("a"), get("b"), get("b"), get("a")], [1, 1, 2, 2, 3]);
        let left = fs::read_dir(cache.path()).expect("a folder").count();
        assert_eq!(left, 1);
    }

    #[test]
    fn what_is_half_made_does_not_count() {
        let cache = tempfile::tempdir().expect("a temporary folder");
        let broken = get_in(cache.path(), "6.1", "a", |folder| {
            fs::write(folder.join("half"), "")?;
            bail!("interrupted")
        });
        assert!(broken.is_err());
        let folder = get_in(cache.path(), "6.1", "a", |_| Ok(())).expect("made");
        assert!(!folder.join("half").exists());
    }
}
