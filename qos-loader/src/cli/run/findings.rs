//! What is wrong with a policy set, a line of the log each, under the numbers of Windows' event log.

use tracing::{error, warn};

use crate::diagnostic::{Diagnostic, Diagnostics, Severity};

/// Logs each finding with its place.
pub(super) fn log(findings: &Diagnostics) {
    for Diagnostic { severity, message, place, hints, event } in findings {
        let (file, line, column) = (place.file.display(), place.line, place.column);
        let (event, hint) = (*event, hints.join("; "));
        match severity {
            Severity::Error => error!(event, hint, "{file}:{line}:{column}: {message}"),
            Severity::Warning => warn!(event, hint, "{file}:{line}:{column}: {message}"),
        }
    }
}
