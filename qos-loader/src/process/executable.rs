//! A process's executable.

use std::{
    ffi::OsStr,
    fs, io,
    os::unix::{
        ffi::{OsStrExt as _, OsStringExt as _},
        fs::MetadataExt as _,
    },
    path::Path,
};

use super::unless_gone;
use crate::policy::Application;

/// What the kernel puts behind the path of a file that was removed or replaced.
const REMOVED: &[u8] = b" (deleted)";

/// Where the executable is that the process in `folder` runs, or was when it started.
pub(super) fn read(folder: &Path) -> io::Result<Option<Application>> {
    let link = folder.join("exe");
    let Some(target) = unless_gone(folder, fs::read_link(&link))? else { return Ok(None) };
    let mut path = target.into_os_string().into_vec();
    if let Some(removed) = path.strip_suffix(REMOVED)
        && !stands_there(&path, folder, &link)
    {
        path.truncate(removed.len());
    }
    Ok(Application::from_bytes(path))
}

/// Whether the executable is really called so: in our root folder or in the process's own.
fn stands_there(path: &[u8], folder: &Path, link: &Path) -> bool {
    let file = |path: &Path| fs::metadata(path).ok().map(|file| (file.dev(), file.ino()));
    let inside = path.strip_prefix(b"/").unwrap_or(path);
    let roots = [Path::new("/"), &folder.join("root")];
    let executable = file(link);
    executable.is_some()
        && roots.iter().any(|root| file(&root.join(OsStr::from_bytes(inside))) == executable)
}
