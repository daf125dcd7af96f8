//! Who sends the packet: what the command line says, and what runs on this machine.

use super::{
    packet::{value, wrong},
    seen::Seen,
};
use crate::{
    error::Result,
    policy::{
        Application, CgroupPattern, NameOrId,
        check::{self, Fault},
        explain::Identity,
        parse::Value,
    },
    process::Process,
};

#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Sender")]
pub(super) struct SenderArgs {
    /// A process that runs; what is said besides stands in the place of its own
    #[arg(long, conflicts_with = "socket", value_parser = clap::value_parser!(u32).range(1..))]
    pid: Option<u32>,

    /// The user that owns its socket, by name or number
    #[arg(long)]
    user: Option<String>,

    /// A group that the sender is in, besides those that its process has, or else those that this
    /// machine knows its user to be in (can be repeated)
    #[arg(long = "group", value_name = "GROUP")]
    groups: Vec<String>,

    /// The program that opened its socket, by its absolute path
    #[arg(long, value_name = "PATH")]
    application: Option<String>,

    /// The cgroup of its socket, such as /system.slice/backup.service
    #[arg(long, value_name = "PATH")]
    cgroup: Option<String>,
}

impl SenderArgs {
    /// The process that is said to send.
    pub(super) fn process(&self) -> Option<Process> {
        self.pid.map(|pid| Process { pid })
    }

    /// Who sends, and the groups of its process if they are known. What is not said is taken from
    /// what was `seen`; what is said is not looked at there, as that may need privileges.
    pub(super) fn sender(&self, seen: Option<&Seen>) -> Result<(Identity, Option<Vec<u32>>)> {
        let process = seen.and_then(|seen| seen.process);
        let application = match &self.application {
            Some(text) => Some(application(text)?),
            None => process.map(Process::application).transpose()?.flatten(),
        };
        let cgroup = match &self.cgroup {
            Some(text) => Some(cgroup(text)?),
            None => process.map(Process::cgroup).transpose()?.flatten(),
        };
        let groups = self.groups.iter().map(|text| account("group", text, check::account::group));
        let groups = groups.collect::<Result<_>>()?;
        let said = self.user.as_ref().map(|text| account("user", text, check::account::user));
        let said = said.transpose()?;
        // Another user is in other groups.
        let ids = process.filter(|_| said.is_none()).map(Process::ids).transpose()?;
        let owner = seen.and_then(|seen| seen.owner).or(ids.as_ref().map(|ids| ids.user));
        let user = said.or(owner.map(NameOrId::Id));
        let identity = Identity { user, groups, application, cgroup, ..Identity::default() };
        Ok((identity, ids.map(|ids| ids.groups)))
    }
}

fn account(
    option: &str,
    text: &str,
    read: fn(&Value) -> Result<NameOrId, Fault>,
) -> Result<NameOrId> {
    read(&value(text)).map_err(|_| wrong(option, text, "no name or number"))
}

fn application(text: &str) -> Result<Application> {
    match Application::new(text) {
        Some(path @ Application::Path(_)) => Ok(path),
        _ => Err(wrong("application", text, "the absolute path of an executable is expected")),
    }
}

fn cgroup(text: &str) -> Result<CgroupPattern> {
    let path = CgroupPattern::new(text).filter(|_| !text.contains('*'));
    path.ok_or_else(|| wrong("cgroup", text, "a path from the hierarchy's root is expected"))
}
