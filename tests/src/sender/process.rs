//! Processes of their own that send: as another user, in another cgroup.

use std::{os::unix::process::CommandExt as _, path::Path, process::Command};

/// A process that sends one UDP datagram with its own socket.
#[derive(Clone, Copy, Debug, Default)]
pub struct Process<'a> {
    /// The user that it runs as; else the test's.
    pub user: Option<u32>,
    /// The folder of the cgroup that it enters before it opens its socket.
    pub cgroup: Option<&'a Path>,
}

impl Process<'_> {
    /// Runs it, in the thread's network namespace, until it has sent.
    pub fn send(&self, destination: &str, port: u16) {
        // bash opens a socket for such a path, and a write is a datagram.
        self.run(&format!("echo datagram > /dev/udp/{destination}/{port}"));
    }

    /// Has it connect by TCP, send, and close.
    pub fn connect(&self, destination: &str, port: u16) {
        self.run(&format!("echo stream > /dev/tcp/{destination}/{port}"));
    }

    fn run(&self, script: &str) {
        let mut command = Command::new("bash");
        let enter =
            self.cgroup.map(|folder| format!("echo $$ > {}/cgroup.procs", folder.display()));
        let script = [enter.unwrap_or_else(|| ":".to_owned()), script.to_owned()].join(" && ");
        command.args(["-c", &script]);
        if let Some(user) = self.user {
            command.uid(user).gid(user);
        }
        let output = command.output().unwrap();
        assert!(output.status.success(), "{script}: {}", String::from_utf8_lossy(&output.stderr));
    }
}
