//! How long tests wait for what must come.

use std::time::Duration;

/// Far longer than anything takes here, also on an emulated machine that others keep busy: who waits so
/// long waits for nothing.
pub const PATIENCE: Duration = Duration::from_mins(1);
