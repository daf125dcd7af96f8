//! What becomes of the DSCP that a packet carries, from the contract's sections 2 and 5.

use qos_common::dscp::Dscp;
use qos_loader::policy::Policy;

/// Where a packet comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A socket of this machine.
    Socket,
    /// Another machine: it is forwarded.
    Forwarded,
}

/// The DSCP that a packet is given that carries `carried`, if it does not keep that.
pub fn given(
    winner: Option<&Policy>,
    ignores_marks: bool,
    origin: Origin,
    carried: u8,
) -> Option<Dscp> {
    if let Some(policy) = winner {
        if policy.actions.keep_marked && carried != 0 {
            return None;
        }
        if let Some(dscp) = policy.actions.dscp {
            return Some(dscp);
        }
    }
    if ignores_marks && origin == Origin::Socket { Dscp::new(0) } else { None }
}
