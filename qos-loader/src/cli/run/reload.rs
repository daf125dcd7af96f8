//! Reads the policies again and puts them in force, or leaves those in force as they are.

use std::path::Path;

use tracing::{error, info, warn};

use super::serve;
use crate::{
    diagnostic::Diagnostic,
    error::{Error, Result},
    events,
    kernel::Enforcement,
    policy::{layer::PolicySet, resolve::ThisMachine, source::Sources, warnings::warnings},
};

/// The policies in force and where they come from.
pub(super) struct Policies {
    sources: Sources,
    set: PolicySet,
}

impl Policies {
    pub(super) fn new(sources: Sources, set: PolicySet) -> Self {
        Self { sources, set }
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.set.policies.len()
    }

    /// Puts them in force, and says in the log what may not do what was meant.
    pub(super) fn enforce(&self, enforcement: &mut Enforcement) -> Result<()> {
        let machine = ThisMachine::new();
        for warning in &warnings(&self.set, &machine) {
            let Diagnostic { message, event, place, .. } = warning;
            warn!(event, "{}:{}: {message}", place.file.display(), place.line);
        }
        enforcement.enforce(&self.set.policies, &machine)
    }

    /// Reads them again; says how it went in the log.
    pub(super) fn reload(&mut self, enforcement: &mut Enforcement) {
        serve::reloading();
        match self.try_reload(enforcement) {
            Ok(true) => info!(
                event = events::REFRESHED_CHANGED,
                policies = self.len(),
                "policies refreshed, with changes"
            ),
            Ok(false) => info!(
                event = events::REFRESHED_UNCHANGED,
                policies = self.len(),
                "policies refreshed, no changes"
            ),
            Err(error) => {
                if let Some(diagnostics) = error.diagnostics() {
                    error!(event = events::REFRESH_FAILED, "{}", diagnostics.to_text(false));
                }
                error!(
                    event = events::REFRESH_FAILED,
                    "the policies before stay in force: {error}"
                );
            }
        }
        serve::notify(&[sd_notify::NotifyState::Ready]);
    }

    /// True if something changed. Users and cgroups are looked up again in any case.
    fn try_reload(&mut self, enforcement: &mut Enforcement) -> Result<bool> {
        if self.sources.files.iter().any(|file| file == Path::new("-")) {
            return Err(Error::usage("standard input can't be read again"));
        }
        let read = Self { sources: self.sources.clone(), set: PolicySet::read(&self.sources)? };
        read.enforce(enforcement)?;
        let changed = read.set != self.set;
        *self = read;
        Ok(changed)
    }
}
