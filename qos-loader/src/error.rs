//! How a command fails: a kind, which is the exit code, a chain of causes, and what to do about it.

use core::fmt;
use std::process::ExitCode;

use serde_json::json;

use crate::diagnostic::Diagnostics;
use crate::output::Output;

/// The result of most of this crate.
pub type Result<T, E = Error> = core::result::Result<T, E>;

/// Who can do something about an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It failed at run time: exit code 1.
    Runtime,
    /// The command line or a policy is wrong: exit code 2.
    Usage,
    /// This kernel or these privileges can't do it: exit code 3.
    Unsupported,
    /// Nobody reads standard output any more, which is no failure: exit code 0.
    Closed,
}

/// Why a command failed.
#[derive(Debug)]
pub struct Error {
    kind: Kind,
    cause: anyhow::Error,
    hints: Vec<String>,
    event: Option<u16>,
}

impl Error {
    /// Something failed at run time.
    pub fn runtime(cause: impl Into<anyhow::Error>) -> Self {
        Self::new(Kind::Runtime, cause.into())
    }

    /// The command line or a policy is wrong.
    pub fn usage(message: impl fmt::Display) -> Self {
        Self::new(Kind::Usage, anyhow::anyhow!("{message}"))
    }

    /// This kernel or these privileges can't do what was asked.
    pub fn unsupported(message: impl fmt::Display) -> Self {
        Self::new(Kind::Unsupported, anyhow::anyhow!("{message}"))
    }

    /// An error of any kind.
    pub const fn new(kind: Kind, cause: anyhow::Error) -> Self {
        Self { kind, cause, hints: Vec::new(), event: None }
    }

    /// The same under what was being done when it happened.
    #[must_use]
    pub fn context(mut self, doing: impl fmt::Display) -> Self {
        self.cause = self.cause.context(doing.to_string());
        self
    }

    /// The same with advice.
    #[must_use]
    pub fn hinted(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// The same as an error of another kind.
    #[must_use]
    pub fn of_kind(self, kind: Kind) -> Self {
        Self { kind, ..self }
    }

    /// The same as the event `number` of Policy-based QoS.
    #[must_use]
    pub const fn with_event(mut self, number: u16) -> Self {
        self.event = Some(number);
        self
    }

    /// Its number among the events of Policy-based QoS.
    pub const fn event(&self) -> Option<u16> {
        self.event
    }

    /// Who can do something about it.
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    /// The findings, if a policy set is what is wrong.
    pub fn diagnostics(&self) -> Option<&Diagnostics> {
        self.cause.downcast_ref()
    }

    /// Tells people on standard error what failed and what to do, and scripts on standard output
    /// what is wrong with their policies. Returns the exit code.
    pub fn report(&self, output: Output) -> ExitCode {
        if self.kind != Kind::Closed {
            self.explain(output);
        }
        ExitCode::from(match self.kind {
            Kind::Closed => 0,
            Kind::Runtime => 1,
            Kind::Usage => 2,
            Kind::Unsupported => 3,
        })
    }

    fn explain(&self, output: Output) {
        if let Some(diagnostics) = self.diagnostics() {
            if output.is_json() {
                // Whether somebody reads it changes nothing any more.
                output
                    .json(&json!({
                        "diagnostics": diagnostics.to_json(),
                        "mistakes": diagnostics.errors(),
                    }))
                    .ok();
            } else {
                output.diagnostics(diagnostics);
                output.message("");
            }
        }
        output.message(&self.to_string());
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error: {}", self.cause)?;
        for cause in self.cause.chain().skip(1) {
            write!(f, "\ncaused by: {cause}")?;
        }
        for hint in &self.hints {
            write!(f, "\nhint: {hint}")?;
        }
        Ok(())
    }
}

impl From<anyhow::Error> for Error {
    fn from(cause: anyhow::Error) -> Self {
        Self::runtime(cause)
    }
}

impl From<Diagnostics> for Error {
    fn from(diagnostics: Diagnostics) -> Self {
        Self::new(Kind::Usage, diagnostics.into())
    }
}

#[cfg(test)]
mod tests {
    use anyhow::Context as _;

    use super::*;

    #[test]
    fn an_error_tells_its_causes_from_the_outside_in_and_then_its_hints() {
        let error = Err::<(), _>(std::io::Error::other("no such device"))
            .context("can't attach to eth0")
            .map_err(Error::from)
            .unwrap_err()
            .context("can't start")
            .hinted("`ip link` lists the interfaces");
        assert_eq!(
            error.to_string(),
            "error: can't start\n\
             caused by: can't attach to eth0\n\
             caused by: no such device\n\
             hint: `ip link` lists the interfaces"
        );
    }
}
