//! Programs at the root of the cgroups, which see the packets of all sockets.

use anyhow::{Context as _, Result};
use aya::{
    Ebpf,
    programs::{
        CgroupAttachMode, CgroupSkb, ProgramError, cgroup_skb::CgroupSkbAttachType as Side,
    },
};

use super::{Hook, State, program, root};

/// A program, and which packets it sees.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PacketHook {
    /// The program's name.
    pub(crate) program: &'static str,
    /// What it is for.
    pub(crate) of: &'static str,
    /// Whether it sees what sockets send, or else what they receive.
    pub(crate) sent: bool,
}

/// What is attached, until the programs end.
#[derive(Debug, Default)]
pub(crate) struct PacketHooks {
    attached: Vec<&'static str>,
    hooks: Vec<Hook>,
}

impl PacketHooks {
    /// Attaches a program, unless it is attached. The link belongs to `ebpf`.
    pub(crate) fn attach(&mut self, ebpf: &mut Ebpf, hook: PacketHook) -> Result<()> {
        let PacketHook { program: name, of, sent } = hook;
        if self.attached.contains(&name) {
            return Ok(());
        }
        let (place, side) =
            if sent { ("egress", Side::Egress) } else { ("ingress", Side::Ingress) };
        let root = root()?;
        let program: &mut CgroupSkb = program(ebpf, name)?;
        match program.load() {
            Ok(()) | Err(ProgramError::AlreadyLoaded) => {}
            Err(error) => return Err(error).with_context(|| format!("loading {name}")),
        }
        // A link of a cgroup always lets others be there too.
        program.attach(&root, side, CgroupAttachMode::Single)?;
        self.attached.push(name);
        self.hooks
            .push(Hook { name: format!("cgroup/skb/{place} ({of})"), state: State::Attached });
        Ok(())
    }

    /// What was attached.
    pub(crate) fn hooks(&self) -> &[Hook] {
        &self.hooks
    }
}
