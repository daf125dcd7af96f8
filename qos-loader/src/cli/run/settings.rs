//! Says in the log what the advanced settings are, under the numbers of Windows' event log.

use tracing::{debug, info};

use crate::{
    events,
    policy::{
        condition::KnownName as _,
        settings::{AppMarking, Settings},
    },
};

/// Logs both advanced settings; that one is not set is for those who look closely.
pub(super) fn log(settings: &Settings) {
    let level = settings.inbound_throughput_level.as_ref().map(|setting| setting.value);
    let event = events::inbound_throughput(level);
    if let Some(level) = level {
        info!(event, level, "inbound throughput level refreshed");
    } else {
        debug!(event, "inbound throughput level refreshed: not set");
    }
    let marking = settings.app_marking.as_ref().map(|setting| setting.value);
    let event = events::app_marking(marking.map(|marking| marking == AppMarking::Allow));
    if let Some(marking) = marking {
        info!(event, marking = marking.name(), "marks of applications refreshed");
    } else {
        debug!(event, "marks of applications refreshed: not set");
    }
}
