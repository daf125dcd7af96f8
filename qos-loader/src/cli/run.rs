//! `qos-loader run`

mod answer;
mod cgroups;
mod files;
mod findings;
mod flows;
mod memory;
mod read;
mod reload;
mod serve;
mod settings;
mod watch;
mod where_to;

use std::process::ExitCode;

use super::policy_args::PolicyArgs;
use crate::{error::Result, output::Output, policy::settings::Settings};
use read::Read;
use reload::Policies;
use where_to::Where;

/// Enforce a policy set until it is told to stop
///
/// Attaches to the interfaces, prints `ready: N policies on IFACES` once every packet that leaves
/// through them is being classified, and serves until SIGINT or SIGTERM. Then nothing is left
/// behind. SIGHUP or a change in the policy files reads the policies again and replaces the set
/// without a gap; a set with an error in it changes nothing.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Mark what leaves through an interface (can be repeated)
    ///
    /// A name or a glob (`eth*`), or with `!` before it one to leave out. Matching interfaces that
    /// appear later are attached too. Else the policies' `[settings] interfaces` say where.
    #[arg(short, long = "interface", value_name = "IFACE")]
    interfaces: Vec<String>,

    /// Mark what enters by an interface too (can be repeated)
    ///
    /// For the host's end of containers' veth pairs (`veth*`, `cali*`): there the program, the user
    /// and the cgroup that send are still known, which they are not when the packet is forwarded.
    #[arg(long, value_name = "IFACE")]
    ingress: Vec<String>,

    /// Go on without the policies that this kernel or these privileges can't enforce
    ///
    /// With a warning for each. Else they are refused, with exit status 3.
    #[arg(long)]
    allow_degraded: bool,

    #[command(flatten)]
    policies: PolicyArgs,
}

pub(super) fn run(args: &Args, output: Output) -> Result<ExitCode> {
    let sources = args.policies.sources();
    // Watched before they are read, so that no change is missed.
    let files = files::watch(&sources)?;
    let read = Read::from(&sources)?;
    let named = named_interfaces(&args.interfaces, &read.set.settings).to_vec();
    let where_to = Where::new(named, &args.ingress)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(anyhow::Error::from)?;
    let served = runtime.block_on(serve::serve(
        Policies::new(sources)?,
        read,
        files,
        &where_to,
        args.allow_degraded,
        output,
    ));
    // A name server that does not answer is not waited for.
    runtime.shutdown_background();
    served.map(|()| ExitCode::SUCCESS)
}

/// The names and globs of the command line, or else those of the settings.
pub(super) fn named_interfaces<'a>(
    arguments: &'a [String],
    settings: &'a Settings,
) -> &'a [String] {
    match (arguments, &settings.interfaces) {
        ([], Some(setting)) => &setting.value,
        (named, _) => named,
    }
}
