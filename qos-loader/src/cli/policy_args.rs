//! The options of every command that reads a policy set.

use std::path::PathBuf;

use crate::error::Result;
use crate::policy::layer::PolicySet;
use crate::policy::source::{DEFAULT_DIRECTORIES, Sources};

/// Where the policy set comes from.
#[derive(Clone, Debug, Default, clap::Args)]
#[command(next_help_heading = "Policies")]
pub struct PolicyArgs {
    /// Read policies from a file (can be repeated)
    ///
    /// PATH is a TOML file, a directory of *.toml, or `-` for standard input. Each is a layer above
    /// those before it. The default directories are left out.
    #[arg(short, long = "file", value_name = "PATH")]
    pub files: Vec<PathBuf>,

    /// Add a policy (can be repeated)
    ///
    /// The keys are those of the file, with commas between them; the values of a list are joined
    /// with `|`: `name=backup,dscp=CS1,cgroup=/backup.slice,destination-port=443|8443`. All of them
    /// are the highest layer. The default directories are left out.
    #[arg(short, long = "policy", value_name = "KEY=VALUE,…")]
    pub policies: Vec<String>,

    /// Read only what the command line names
    ///
    /// Else, and without --file and --policy, policies are read from policies.d in
    /// /usr/lib/qos-loader, /etc/qos-loader and /run/qos-loader.
    #[arg(long)]
    pub no_default_layers: bool,
}

impl PolicyArgs {
    /// What to read.
    pub fn sources(&self) -> Sources {
        let defaults = !self.no_default_layers && self.files.is_empty() && self.policies.is_empty();
        let directories = if defaults { &DEFAULT_DIRECTORIES[..] } else { &[] };
        Sources {
            directories: directories.iter().map(PathBuf::from).collect(),
            files: self.files.clone(),
            arguments: self.policies.clone(),
        }
    }

    /// Reads the effective policy set. Fails with every mistake in it.
    pub fn load(&self) -> Result<PolicySet> {
        PolicySet::read(&self.sources())
    }
}
