//! The only place that prints: results to standard output, as text or JSON, and messages for
//! people to standard error.

pub mod policy;
pub mod policy_set;
pub mod table;

use core::fmt;
use std::io::{self, Write as _};

use anstream::{AutoStream, ColorChoice};
use serde::Serialize;

use crate::diagnostic::Diagnostics;
use crate::error::{Error, Kind, Result};

/// How results are printed.
#[derive(Clone, Copy, Debug)]
pub struct Output {
    json: bool,
}

impl Output {
    /// JSON documents if `json`, else text.
    pub const fn new(json: bool) -> Self {
        Self { json }
    }

    /// Whether results are JSON documents.
    pub const fn is_json(self) -> bool {
        self.json
    }

    /// Prints text and a line's end to standard output.
    pub fn text(self, text: impl fmt::Display) -> Result<()> {
        print(|out| writeln!(out, "{text}"))
    }

    /// Prints the one JSON document of a command to standard output.
    pub fn json(self, document: &impl Serialize) -> Result<()> {
        let text = serde_json::to_string_pretty(document).map_err(Error::runtime)?;
        print(|out| writeln!(out, "{text}"))
    }

    /// Prints one of a command's many JSON documents to standard output, on one line.
    pub fn json_line(self, document: &impl Serialize) -> Result<()> {
        let text = serde_json::to_string(document).map_err(Error::runtime)?;
        print(|out| writeln!(out, "{text}"))
    }

    /// Tells people something on standard error.
    pub fn message(self, text: &str) {
        // There is nobody to tell that standard error is gone.
        writeln!(io::stderr(), "{text}").ok();
    }

    /// Shows people what is wrong with a policy set.
    pub fn diagnostics(self, diagnostics: &Diagnostics) {
        self.message(&diagnostics.to_text(errors_are_styled()));
    }
}

/// Whether standard error is a terminal that shall have colours.
pub fn errors_are_styled() -> bool {
    AutoStream::choice(&io::stderr()) != ColorChoice::Never
}

fn print(write: impl FnOnce(&mut io::StdoutLock<'_>) -> io::Result<()>) -> Result<()> {
    let mut out = io::stdout().lock();
    write(&mut out).and_then(|()| out.flush()).map_err(|error| {
        if error.kind() == io::ErrorKind::BrokenPipe {
            Error::new(Kind::Closed, error.into())
        } else {
            Error::runtime(error).context("can't write to standard output")
        }
    })
}
