//! The memory of a process, as `/proc/PID/status` has it.

use std::{fs, path::Path};

use anyhow::{Context as _, Result};

use super::value;

/// In bytes.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Memory {
    /// The most that was resident at a time.
    pub(in super::super) peak: f64,
    /// What is resident, with the pages of the program's file that it looks at.
    pub(in super::super) resident: f64,
    /// What of it is its own, and not a file's.
    pub(in super::super) own: f64,
}

impl Memory {
    /// That of the process whose folder of `/proc` this is.
    pub(super) fn of(process: &Path) -> Result<Self> {
        let status = fs::read_to_string(process.join("status"))?;
        let bytes = |key| -> Result<f64> {
            let text = value(&status, key).and_then(|text| text.strip_suffix(" kB"));
            let kib: f64 = text.with_context(|| format!("no {key} in {status}"))?.parse()?;
            Ok(kib * 1_024.0)
        };
        Ok(Self { peak: bytes("VmHWM")?, resident: bytes("VmRSS")?, own: bytes("RssAnon")? })
    }
}
