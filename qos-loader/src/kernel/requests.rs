//! Has the kernel follow what clients ask for, as soon as some policy asks for it: servers of this machine
//! by what they receive, its clients by what they send.

use aya::Ebpf;

use super::{
    hooks::{
        Hook,
        packets::{PacketHook, PacketHooks},
    },
    privilege,
};
use crate::{
    error::{Error, Kind, Result},
    policy::Policy,
};

const RECEIVED: PacketHook =
    PacketHook { program: "qos_request_received", of: "requests", sent: false };
const SENT: PacketHook = PacketHook { program: "qos_request_sent", of: "requests", sent: true };

/// What is followed.
#[derive(Debug, Default)]
pub(super) struct Requests(PacketHooks);

impl Requests {
    /// Has it followed what `policies` ask for; what is followed stays so.
    pub(super) fn follow(&mut self, ebpf: &mut Ebpf, policies: &[Policy]) -> Result<()> {
        let mut attach = |hook| {
            let attached = privilege::check_tracing().and_then(|()| {
                self.0.attach(ebpf, hook).map_err(|error| Error::new(Kind::Unsupported, error))
            });
            attached.map_err(|error| error.context("what clients ask for can't be followed here"))
        };
        if policies.iter().any(|policy| !policy.conditions.url.is_empty()) {
            attach(RECEIVED)?;
        }
        if policies.iter().any(|policy| !policy.conditions.destination_host.is_empty()) {
            attach(SENT)?;
        }
        Ok(())
    }

    /// The hooks; none while no policy asks.
    pub(super) fn hooks(&self) -> &[Hook] {
        self.0.hooks()
    }
}
