//! A machine with nothing in its default directories: a mount namespace with other ones in their
//! place. It goes with the thread that made it; nothing on the real disk changes.

use std::{fs, path::Path, thread};

use nix::{
    mount::{MsFlags, mount},
    sched::{CloneFlags, unshare},
};

/// The default directories, the lowest first.
pub(super) const USR: &str = "/usr/lib/qos-loader/policies.d";
/// See [`USR`].
pub(super) const ETC: &str = "/etc/qos-loader/policies.d";
/// See [`USR`].
pub(super) const RUN: &str = "/run/qos-loader/policies.d";

/// Does something where the default directories are empty.
pub(super) fn in_private(act: impl FnOnce() + Send) {
    let in_thread = || {
        unshare(CloneFlags::CLONE_NEWNS).expect("mount namespaces need root");
        const NONE: Option<&str> = None;
        mount(NONE, "/", NONE, MsFlags::MS_REC | MsFlags::MS_PRIVATE, NONE).unwrap();
        memory("/run");
        for (number, directory) in [USR, ETC].into_iter().enumerate() {
            let parent = Path::new(directory).parent().unwrap();
            make_writable(parent.parent().unwrap(), &format!("/run/qos-tests-{number}"));
            fs::create_dir_all(parent).unwrap();
            // Hides what the machine itself may have there.
            memory(parent.to_str().unwrap());
        }
        for directory in [USR, ETC, RUN] {
            fs::create_dir_all(directory).unwrap();
        }
        act();
    };
    let result = thread::scope(|scope| scope.spawn(in_thread).join());
    result.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
}

/// Has what is written to `folder` go to memory.
fn make_writable(folder: &Path, memory: &str) {
    let [upper, work] = ["upper", "work"].map(|name| format!("{memory}/{name}"));
    for new in [&upper, &work] {
        fs::create_dir_all(new).unwrap();
    }
    let options = format!("lowerdir={},upperdir={upper},workdir={work}", folder.display());
    let kind = Some("overlay");
    mount(kind, folder, kind, MsFlags::empty(), Some(options.as_str())).unwrap();
}

/// An empty folder in the place of `folder`.
fn memory(folder: &str) {
    let kind = Some("tmpfs");
    mount(kind, folder, kind, MsFlags::empty(), None::<&str>).unwrap();
}
