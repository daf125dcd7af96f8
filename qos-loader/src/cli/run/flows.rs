//! Has flows told and counted that the program reports.

use tracing::warn;

use super::reload::Policies;
use crate::{
    flows::{Flows, Matched},
    kernel::{Enforcement, reports::FlowReport},
};

/// Tells of what was `reported`, by the policies that are in force now.
pub(super) fn tell(
    flows: &mut Flows,
    reported: &[FlowReport],
    policies: &Policies,
    enforcement: &mut Enforcement,
) {
    let seed = enforcement.seed();
    for report in reported {
        let policy = report.action.slot().and_then(|slot| enforcement.policy_in(slot));
        let matched = policy.map(|policy| Matched { policy, hosts: policies.hosts_of(policy) });
        flows.tell(report, matched, &policies.hosts, seed);
    }
    match enforcement.dataplane().lost_reports() {
        Ok(lost) => flows.lose(lost),
        Err(error) => warn!("flows may be lost: {error}"),
    }
}
