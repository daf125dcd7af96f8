//! A process that runs on this machine, as far as policies ask for who sends.

mod cgroup;
mod executable;
pub mod holders;
mod ids;

use std::{
    io::{self, ErrorKind},
    path::{Path, PathBuf},
};

use anyhow::anyhow;

pub use ids::Ids;

use crate::{
    error::{Error, Result},
    policy::{Application, CgroupPattern},
};

/// A process, by its number in our pid namespace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Process {
    /// Its number.
    pub pid: u32,
}

impl Process {
    /// Its executable, by where it is; a thread of the kernel has none.
    pub fn application(self) -> Result<Option<Application>> {
        executable::read(&self.folder()).map_err(|error| self.unread("executable", error))
    }

    /// Its user and groups.
    pub fn ids(self) -> Result<Ids> {
        ids::read(&self.folder()).map_err(|error| self.unread("user and groups", error))
    }

    /// Its cgroup, if there is a cgroup v2 hierarchy.
    pub fn cgroup(self) -> Result<Option<CgroupPattern>> {
        let path = cgroup::read(&self.folder()).map_err(|error| self.unread("cgroup", error))?;
        let outside = |path: &str| {
            let message = format!(
                "process {} is in a cgroup outside of our cgroup namespace: {path}",
                self.pid
            );
            Error::runtime(anyhow!(message)).hinted("say which cgroup is meant with --cgroup")
        };
        path.map(|path| CgroupPattern::new(&path).ok_or_else(|| outside(&path))).transpose()
    }

    fn folder(self) -> PathBuf {
        PathBuf::from(format!("/proc/{}", self.pid))
    }

    fn unread(self, what: &str, error: io::Error) -> Error {
        let Self { pid } = self;
        let gone = error.raw_os_error() == Some(libc::ESRCH);
        if gone || error.kind() == ErrorKind::NotFound {
            let message = anyhow!("there is no process {pid}");
            return Error::runtime(message).hinted("`ps -e` lists the processes");
        }
        let message = format!("can't read the {what} of process {pid}");
        if error.kind() == ErrorKind::PermissionDenied {
            return Error::unsupported(error)
                .context(message)
                .hinted("run it as root: sudo qos-loader …");
        }
        Error::runtime(error).context(message)
    }
}

/// Nothing where a file is missing although its process is there.
fn unless_gone<T>(folder: &Path, result: io::Result<T>) -> io::Result<Option<T>> {
    match result {
        Err(error) if error.kind() == ErrorKind::NotFound && folder.exists() => Ok(None),
        result => result.map(Some),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Kind;

    #[test]
    fn a_process_that_has_ended_is_not_there() {
        // Larger than the kernel's largest.
        let process = Process { pid: 1 << 23 };
        let error = process.application().unwrap_err();
        assert_eq!(error.kind(), Kind::Runtime);
        assert!(error.to_string().starts_with("error: there is no process 8388608\n"), "{error}");
        process.ids().unwrap_err();
        process.cgroup().unwrap_err();
    }
}
