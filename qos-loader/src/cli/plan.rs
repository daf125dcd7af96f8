//! `qos-loader plan`

mod choice;
mod document;
mod interfaces;
mod text;

use std::process::ExitCode;

use tracing::warn;

use super::{policy_args::PolicyArgs, run::named_interfaces};
use crate::{
    control::{Running, client},
    error::{Error, Result},
    kernel::interfaces::{Interface, Selection, list},
    output::Output,
    policy::{
        compile::{Keys, compile},
        difference::Difference,
        layer::PolicySet,
        rank,
        resolve::{Resolved, ThisMachine},
        unenforced,
    },
};
use interfaces::InterfaceDifference;

/// Show what a policy set would change in what runs
///
/// Compares it with the policies of the `run` that is attached to the interfaces: policies that are
/// added, removed or changed, key by key, settings, and interfaces. A reload changes just that, but
/// for the interfaces, to which `run` attaches as it starts. Touches nothing. Exit status 0 whether
/// or not there is a change; 3 if `run` would refuse the policies.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Compare with what runs on an interface (can be repeated)
    ///
    /// A name or a glob (`eth*`), or with `!` before it one to leave out. Else the policies'
    /// `[settings] interfaces` say which; where these say none, it is the only `run` there is, and
    /// interfaces are not compared.
    #[arg(short, long = "interface", value_name = "IFACE")]
    interfaces: Vec<String>,

    #[command(flatten)]
    policies: PolicyArgs,
}

/// What a set would change.
struct Plan {
    /// What runs, if anything does.
    running: Option<Running>,
    /// From what runs to the set.
    policies: Difference,
    /// From those attached to those that are named, if any are.
    interfaces: Option<InterfaceDifference>,
}

impl Plan {
    fn is_empty(&self) -> bool {
        let no_interface = self.interfaces.as_ref().is_none_or(InterfaceDifference::is_empty);
        self.policies.is_empty() && no_interface
    }
}

pub(super) fn run(args: &Args, output: Output) -> Result<ExitCode> {
    let set = args.policies.load()?;
    enforceable(&set)?;
    let named = named_interfaces(&args.interfaces, &set.settings);
    let selection = (!named.is_empty()).then(|| Selection::new(named)).transpose()?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(Error::runtime)?;
    let (loaders, present) =
        runtime.block_on(async { Ok::<_, Error>((client::running().await?, list().await?)) })?;
    let running = match &selection {
        Some(selection) if args.interfaces.is_empty() => {
            choice::by_settings(loaders, selection, named)
        }
        Some(selection) => choice::by_interfaces(loaders, selection, named),
        None => choice::only(loaders),
    }?;
    let before = running.as_ref().map(|running| running.set.clone()).unwrap_or_default();
    let attached = running.as_ref().map_or(&[][..], |running| &running.interfaces);
    let plan = Plan {
        policies: Difference::between(&before, &set, &ThisMachine::new()),
        interfaces: selection.map(|selection| {
            InterfaceDifference::between(attached, &attachable(&selection, &present))
        }),
        running,
    };
    if output.is_json() {
        output.json(&document::of(&plan))?;
    } else {
        output.text(text::of(&plan))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Fails where `run` would: nobody plans what can't be done.
fn enforceable(set: &PolicySet) -> Result<()> {
    unenforced::refuse(set)?;
    let resolved = Resolved::new(&set.policies, &ThisMachine::new());
    let keys = Keys::alone(&resolved, 1)?;
    let slots = vec![0; set.policies.len()];
    compile(&rank::ranked(&set.policies), &set.policies, &slots, &resolved, &keys)?;
    Ok(())
}

/// The names of those `present` that `run` would attach to.
fn attachable(selection: &Selection, present: &[Interface]) -> Vec<String> {
    for name in selection.missing(present) {
        warn!("there is no interface {name} yet");
    }
    let selected = present.iter().filter(|interface| selection.contains(&interface.name));
    let (able, unable): (Vec<_>, Vec<_>) = selected.partition(|interface| interface.kind.is_some());
    for Interface { name, .. } in unable {
        warn!("{name} is left out: it carries neither Ethernet nor plain IP frames");
    }
    able.into_iter().map(|interface| interface.name.clone()).collect()
}
