//! Answers what commands ask.

use std::process;

use tracing::warn;

use super::{memory, reload::Policies, where_to::Where};
use crate::{
    control::{Counted, Question, Running, server::Request},
    error::Result,
    flows::Flows,
    kernel::{Direction, Enforcement},
};

/// The most commands that watch at a time.
const WATCHERS: usize = 16;

/// Answers a request, unless that fails.
pub(super) fn answer(
    request: Request,
    policies: &Policies,
    flows: &Flows,
    where_to: &Where,
    enforcement: &mut Enforcement,
) {
    let answered = match request.question {
        Question::Running => {
            request.answer(&running(policies, where_to, enforcement));
            Ok(())
        }
        Question::Counted => {
            counted(policies, flows, enforcement).map(|counted| request.answer(&counted))
        }
        Question::Learned => {
            let losses = enforcement.dataplane().name_losses();
            losses.map(|losses| request.answer(&policies.learned(losses)))
        }
        Question::Watch if flows.watchers() >= WATCHERS => Ok(()),
        Question::Watch => {
            enforcement.dataplane().report_all(true).map(|()| request.follow(flows.watch()))
        }
    };
    if let Err(error) = answered {
        warn!("a command gets no answer: {error}");
    }
    memory::give_back();
}

fn running(policies: &Policies, where_to: &Where, enforcement: &Enforcement) -> Running {
    let names = |direction| enforcement.interfaces(direction).map(str::to_owned).collect();
    Running {
        pid: process::id(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        since: policies.since(),
        named: where_to.named.clone(),
        interfaces: names(Direction::Egress),
        ingress: names(Direction::Ingress),
        programs: enforcement.programs().into_iter().collect(),
        hooks: enforcement.hooks().cloned().collect(),
        nobodys: enforcement.nobodys(),
        shapers: enforcement.shapings(),
        set: policies.document(),
    }
}

fn counted(policies: &Policies, flows: &Flows, enforcement: &Enforcement) -> Result<Counted> {
    let (set, counted) = (policies.document(), enforcement.counted()?);
    Ok(Counted::new(process::id(), &set, counted, &enforcement.shapings(), flows.counts()))
}
