//! Copies of the program that sends what it is told to (`tests/traffic/`).

use core::fmt::Display;
use std::{
    ffi::OsStr,
    fs::{self, Permissions},
    io::Write as _,
    os::unix::{ffi::OsStrExt as _, fs::PermissionsExt as _},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Command, Stdio},
};

use qos_tests::loader::output::Lines;
use tempfile::TempDir;

/// A folder for copies, which everybody may enter. It goes when this is dropped.
pub(crate) struct Folder(TempDir);

impl Folder {
    pub(crate) fn new() -> Self {
        let open = Permissions::from_mode(0o755);
        Self(tempfile::Builder::new().permissions(open).tempdir().unwrap())
    }

    /// Copies the program to a place in it.
    pub(crate) fn copy(&self, place: &str) -> PathBuf {
        self.copy_to(place.as_bytes())
    }

    /// The same with a name that need not be text.
    pub(crate) fn copy_to(&self, place: &[u8]) -> PathBuf {
        let path = self.path().join(OsStr::from_bytes(place));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::copy(original(), &path).unwrap();
        path
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }
}

/// The program that cargo built with the tests. Guests have it at the same place.
pub(crate) fn original() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_traffic"))
}

/// One that runs, in the network namespace of the thread that started it. It is killed when this is
/// dropped.
pub(crate) struct Program {
    child: Child,
    steps: ChildStdin,
    answers: Lines,
}

impl Program {
    pub(crate) fn start(path: impl AsRef<Path>) -> Self {
        Self::start_by(Command::new(path.as_ref()))
    }

    /// Starts it by a command that ends with the program.
    pub(crate) fn start_by(mut command: Command) -> Self {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let steps = child.stdin.take().unwrap();
        let answers = Lines::of(child.stdout.take().unwrap());
        let program = Self { child, steps, answers };
        program.wait("its start");
        program
    }

    /// Has it do something, and returns when that is done.
    pub(crate) fn step(&self, step: impl Display) {
        writeln!(&self.steps, "{step}").unwrap();
        self.wait(&step.to_string());
    }

    fn wait(&self, what: &str) {
        assert!(self.answers.wait_for("ok").is_some(), "the program failed in {what:?}");
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It may have ended already.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
