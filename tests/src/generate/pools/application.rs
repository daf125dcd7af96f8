//! Programs.

use qos_loader::policy::Application;

use crate::generate::random::Random;

/// Executables of which some have the same name, or nearly.
const PATHS: [&str; 8] = [
    "/usr/bin/rsync",
    "/usr/local/bin/rsync",
    "/rsync",
    "/usr/bin/rsync/sync",
    "/usr/bin/sync",
    "/opt/crashplan/bin/CrashPlanService",
    "/opt/crashplan/bin/crashplanservice",
    "/opt/Web Browser/browser.bin",
];

/// Names of executables, and of a folder.
const NAMES: [&str; 7] =
    ["rsync", "sync", "bin", "CrashPlanService", "crashplanservice", "browser", "browser.bin"];

/// An executable's path.
pub fn path(random: &mut Random) -> String {
    (*random.pick(&PATHS)).to_owned()
}

/// An executable by path or name.
pub fn application(random: &mut Random) -> Application {
    if random.percent(50) {
        Application::Path(path(random).into())
    } else {
        Application::Name((*random.pick(&NAMES)).into())
    }
}
