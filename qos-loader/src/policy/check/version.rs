//! The version of the file's format. A file need not say one.

use super::Fault;
use super::reader::Reader;
use crate::diagnostic::{Diagnostics, Text};
use crate::events;
use crate::policy::parse::{Document, Value};

/// The only version that there is.
pub const VERSION: i64 = 1;

/// Checks the version of a text.
pub fn version(text: &Text, document: &Document, diagnostics: &mut Diagnostics) {
    let Some(version) = &document.version else { return };
    let fault = match (version.get_ref(), version.get_ref().type_name()) {
        (Value::Integer(VERSION), _) => return,
        (Value::Integer(other), _) => {
            Fault::new(format!("this is a policy file of version {other}, which is not known"))
        }
        (_, type_name) => Fault::new(format!("the version is a number, not {type_name}")),
    };
    let fault = fault.hinted(format!("this program reads `version = {VERSION}`"));
    Reader::new(text, diagnostics).report(&version.span(), fault.with_event(events::VERSION));
}
