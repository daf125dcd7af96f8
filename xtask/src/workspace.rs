//! Where things are: the workspace, what it builds, programs on the PATH.

use std::{
    env,
    ffi::OsStr,
    fs, iter,
    os::unix::fs::{MetadataExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
};

/// The folder of the workspace's Cargo.toml.
pub(crate) fn root() -> &'static Path {
    let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
    xtask.parent().unwrap_or(xtask)
}

/// The release binary that `cargo xtask build` makes.
pub(crate) fn release_binary() -> PathBuf {
    let target = env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into());
    root().join(target).join("release/qos-loader")
}

/// `path` as seen from the workspace's root, for messages.
pub(crate) fn relative(path: &Path) -> &Path {
    path.strip_prefix(root()).unwrap_or(path)
}

/// Whether this process may do what root may.
pub(crate) fn is_root() -> bool {
    // A process owns its /proc entry with its effective user.
    fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0)
}

/// The first executable of that name on the PATH.
pub(crate) fn find_program(name: &str) -> Option<PathBuf> {
    find_in(&env::var_os("PATH").unwrap_or_default(), name)
}

fn find_in(path: &OsStr, name: &str) -> Option<PathBuf> {
    env::split_paths(path)
        // Where Debian keeps network tools, and not on everyone's PATH.
        .chain(iter::once("/usr/sbin".into()))
        .map(|folder| folder.join(name))
        .find(|file| is_executable(file))
}

fn is_executable(file: &Path) -> bool {
    fs::metadata(file).is_ok_and(|it| it.is_file() && it.permissions().mode() & 0o111 != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_root_is_the_workspace() {
        let manifest = fs::read_to_string(root().join("Cargo.toml")).expect("a manifest");
        assert!(manifest.contains("[workspace]"));
    }

    #[test]
    fn the_path_is_searched_in_order_for_what_can_be_executed() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let put = |place: &str, mode| {
            let file = folder.path().join(place);
            fs::create_dir_all(file.parent().expect("a folder")).expect("created");
            fs::write(&file, "").expect("written");
            fs::set_permissions(&file, fs::Permissions::from_mode(mode)).expect("set");
            file
        };
        put("first/tool-of-qos", 0o644);
        let second = put("second/tool-of-qos", 0o755);
        put("third/tool-of-qos", 0o755);
        fs::create_dir_all(folder.path().join("first/folder-of-qos")).expect("created");
        let path = env::join_paths(["first", "second", "third"].map(|it| folder.path().join(it)))
            .expect("a PATH");

        assert_eq!(find_in(&path, "tool-of-qos"), Some(second));
        assert_eq!(find_in(&path, "folder-of-qos"), None);
        assert_eq!(find_in(OsStr::new(""), "tool-of-qos"), None);
    }
}
