//! Reads the policies again and puts them in force, or leaves those in force as they are.

use std::{
    path::Path,
    time::{SystemTime, UNIX_EPOCH},
};

use tracing::{debug, error, info};

use super::{cgroups, findings, serve, settings, watch::Watch};
use crate::{
    error::{Error, Result},
    events,
    kernel::Enforcement,
    output::set::SetDocument,
    policy::{
        difference::Difference,
        layer::PolicySet,
        resolve::{Resolved, ThisMachine},
        source::Sources,
        unenforced,
        warnings::warnings,
    },
};

/// The policies in force and where they come from.
pub(super) struct Policies {
    sources: Sources,
    set: PolicySet,
    resolved: Resolved,
    /// When the set was put in force.
    since: SystemTime,
    /// Tells when [`Policies::refresh`] may have something to do.
    pub(super) cgroups: Watch,
}

impl Policies {
    pub(super) fn new(sources: Sources, set: PolicySet) -> Result<Self> {
        let (resolved, since) = (Resolved::default(), SystemTime::now());
        Ok(Self { sources, set, resolved, since, cgroups: cgroups::watch()? })
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.set.policies.len()
    }

    /// When they were put in force, in seconds since 1970.
    pub(super) fn since(&self) -> u64 {
        self.since.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
    }

    /// They themselves, for other processes.
    pub(super) fn document(&self) -> SetDocument {
        SetDocument::of(&self.set)
    }

    /// Puts them in force, and says in the log what may not do what was meant.
    pub(super) fn enforce(&mut self, enforcement: &mut Enforcement) -> Result<()> {
        self.replace(enforcement, self.set.clone())
    }

    /// Puts `set` in force, or leaves everything as it is.
    fn replace(&mut self, enforcement: &mut Enforcement, set: PolicySet) -> Result<()> {
        let machine = ThisMachine::new();
        // Watched before they are looked up, so that none is missed, and beside those in force, which
        // may stay so.
        let both = [self.set.policies.as_slice(), &set.policies].concat();
        cgroups::follow(&mut self.cgroups, &both, &machine);
        let resolved = Resolved::new(&set.policies, &machine);
        enforcement.enforce(&set.policies, &resolved)?;
        (self.set, self.resolved, self.since) = (set, resolved, SystemTime::now());
        cgroups::follow(&mut self.cgroups, &self.set.policies, &machine);
        settings::log(&self.set.settings);
        findings::log(&warnings(&self.set, &machine));
        Ok(())
    }

    /// Looks users and cgroups up again; puts the policies in force for what there is now.
    pub(super) fn refresh(&mut self, enforcement: &mut Enforcement) {
        let machine = ThisMachine::new();
        cgroups::follow(&mut self.cgroups, &self.set.policies, &machine);
        let resolved = Resolved::new(&self.set.policies, &machine);
        if resolved == self.resolved {
            return;
        }
        match enforcement.enforce(&self.set.policies, &resolved) {
            Ok(()) => {
                debug!("the policies follow cgroups that came or went");
                self.resolved = resolved;
            }
            Err(error) => error!("the policies do not follow a cgroup: {error}"),
        }
    }

    /// Reads them again; says how it went in the log.
    pub(super) fn reload(&mut self, enforcement: &mut Enforcement) {
        serve::reloading();
        match self.try_reload(enforcement) {
            Ok(difference) if difference.is_empty() => info!(
                event = events::REFRESHED_UNCHANGED,
                policies = self.len(),
                "policies refreshed, no changes"
            ),
            Ok(difference) => info!(
                event = events::REFRESHED_CHANGED,
                policies = self.len(),
                added = difference.added.len(),
                removed = difference.removed.len(),
                changed = difference.changed.len(),
                turned = difference.turned.len(),
                settings = difference.settings.len(),
                "policies refreshed, with changes"
            ),
            Err(error) => {
                error.diagnostics().into_iter().for_each(findings::log);
                if let Some(event) = error.event() {
                    error!(event, "{error}");
                }
                error!(
                    event = events::REFRESH_FAILED,
                    "the policies before stay in force: {error}"
                );
            }
        }
        serve::notify(&[sd_notify::NotifyState::Ready]);
    }

    /// Returns what changed. Users and cgroups are looked up again in any case.
    fn try_reload(&mut self, enforcement: &mut Enforcement) -> Result<Difference> {
        if self.sources.files.iter().any(|file| file == Path::new("-")) {
            return Err(Error::usage("standard input can't be read again"));
        }
        let set = PolicySet::read(&self.sources)?;
        unenforced::refuse(&set)?;
        let difference = Difference::between(&self.document(), &set, &ThisMachine::new());
        self.replace(enforcement, set)?;
        Ok(difference)
    }
}
