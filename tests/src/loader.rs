//! The real program, run in the thread's network namespace.

pub mod output;

use std::{
    env, fs,
    os::unix::{fs::symlink, process::CommandExt as _},
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use tempfile::TempDir;

use crate::executable;
use output::Lines;

/// The program that is tested: the environment's `QOS_LOADER`.
pub fn program() -> PathBuf {
    let path = env::var_os("QOS_LOADER");
    let path = path.expect("set QOS_LOADER to the path of qos-loader (`cargo xtask test` does)");
    fs::canonicalize(&path).unwrap_or_else(|error| panic!("QOS_LOADER={}: {error}", path.display()))
}

/// A command of the program.
pub fn command() -> Command {
    let mut command = Command::new(program());
    command.stdin(Stdio::null());
    command
}

/// The program in a folder that everybody may enter, for tests that take privileges away.
pub fn copy_for_everybody() -> (TempDir, PathBuf) {
    use std::os::unix::fs::PermissionsExt as _;
    let open = fs::Permissions::from_mode(0o755);
    let folder = tempfile::Builder::new().permissions(open.clone()).tempdir().unwrap();
    let copy = folder.path().join("qos-loader");
    executable::copy(&program(), &copy);
    fs::set_permissions(&copy, open).unwrap();
    (folder, copy)
}

/// A `qos-loader run`. It is killed when this is dropped.
#[derive(Debug)]
pub struct Loader {
    child: Child,
    ready: Lines,
    log: Lines,
    file: PathBuf,
    link: PathBuf,
    _folder: TempDir,
}

/// How a `qos-loader run` ended.
#[derive(Debug)]
pub struct Ended {
    /// Its exit status.
    pub status: ExitStatus,
    /// What nobody read of its standard output.
    pub output: Vec<String>,
    /// All of its standard error.
    pub log: Vec<String>,
}

/// The policies of a loader, and the link by which it reads them.
fn files(folder: &TempDir) -> [PathBuf; 2] {
    ["hidden/policies.toml", "policies.toml"].map(|name| folder.path().join(name))
}

impl Loader {
    /// Enforces `policies` on an interface; every packet is being classified when this returns.
    pub fn run(interface: &str, policies: &str) -> Self {
        Self::run_with(&["--interface", interface], policies)
    }

    /// The same with any arguments of `run`.
    pub fn run_with(arguments: &[&str], policies: &str) -> Self {
        let loader = Self::start(arguments, policies);
        loader.wait_until_ready();
        loader
    }

    /// Starts it and does not wait.
    pub fn start(arguments: &[&str], policies: &str) -> Self {
        Self::start_by(command(), arguments, policies)
    }

    /// Starts it by a command that ends with the program, and does not wait.
    pub fn start_by(mut command: Command, arguments: &[&str], policies: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let [file, link] = files(&folder);
        fs::create_dir(file.parent().unwrap()).unwrap();
        fs::write(&file, policies).unwrap();
        // The loader watches the folder of the link, so that it does not see the file change.
        symlink(&file, &link).unwrap();
        command.arg("run").args(arguments).arg("--file").arg(&link);
        Self::spawn(command, folder)
    }

    /// Starts a whole command of `run`, whose policies are somewhere else, and does not wait.
    pub fn start_command(command: Command) -> Self {
        Self::spawn(command, tempfile::tempdir().unwrap())
    }

    fn spawn(mut command: Command, folder: TempDir) -> Self {
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        // A ^C is for the test, which then ends it.
        let mut child = command.process_group(0).spawn().unwrap();
        let ready = Lines::of(child.stdout.take().unwrap());
        let log = Lines::of(child.stderr.take().unwrap());
        let [file, link] = files(&folder);
        Self { child, ready, log, file, link, _folder: folder }
    }

    /// Waits for the `ready:` line and returns it.
    pub fn wait_until_ready(&self) -> String {
        let ready = self.ready.wait_for("ready: ");
        ready.unwrap_or_else(|| {
            panic!("it ended before it was ready:\n{}", self.log.all().join("\n"))
        })
    }

    /// Waits for the next line of its standard output that holds `text`.
    pub fn wait_for_output(&self, text: &str) -> String {
        let line = self.ready.wait_for(text);
        line.unwrap_or_else(|| {
            panic!("no {text:?} in its output:\n{}", self.ready.all().join("\n"))
        })
    }

    /// Writes other policies where it reads them, and tells it to: nothing else does.
    pub fn reload(&self, policies: &str) {
        fs::write(&self.file, policies).unwrap();
        self.signal(Signal::SIGHUP);
    }

    /// The same, and waits until they are in force.
    pub fn replace(&self, policies: &str) {
        self.reload(policies);
        self.wait_for_log("event=16501");
    }

    /// Puts a file with other policies in the place of its own, in one step, and tells it nothing.
    pub fn change_file(&self, policies: &str) {
        let new = self.link.with_extension("new");
        fs::write(&new, policies).unwrap();
        fs::rename(new, &self.link).unwrap();
    }

    /// Waits for the next line of its log that holds `text`, which is looked for behind the line
    /// that the call before found.
    pub fn wait_for_log(&self, text: &str) -> String {
        let line = self.log.wait_for(text);
        line.unwrap_or_else(|| panic!("no {text:?} in its log:\n{}", self.log.all().join("\n")))
    }

    /// Sends it a signal.
    pub fn signal(&self, signal: Signal) {
        kill(self.pid(), signal).unwrap();
    }

    /// Sends it a signal that ends it, and waits for that.
    pub fn end(self, signal: Signal) -> Ended {
        self.signal(signal);
        self.wait()
    }

    /// Waits until it ends by itself.
    pub fn wait(mut self) -> Ended {
        let output = self.ready.to_the_end();
        let log = self.log.to_the_end();
        Ended { status: self.child.wait().unwrap(), output, log }
    }

    /// The file that [`Loader::reload`] writes.
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// Its number.
    pub fn pid(&self) -> Pid {
        Pid::from_raw(self.child.id().cast_signed())
    }
}

impl Drop for Loader {
    fn drop(&mut self) {
        // It may have ended already.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
