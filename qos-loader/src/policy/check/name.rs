//! The names of policies.

use super::Fault;
use crate::events;
use crate::policy::parse::Value;

const MAX_BYTES: usize = 255;

/// A name of 1 to 255 bytes without control characters.
pub fn read(value: &Value) -> Result<String, Fault> {
    let Value::Text(name) = value else {
        return Err(
            Fault::wrong_type("a name", value).hinted("write for instance `name = \"backup\"`")
        );
    };
    if name.is_empty() {
        let fault = Fault::new("a policy's name is empty").with_event(events::NAME_EMPTY);
        return Err(fault.hinted("a name has 1 to 255 bytes"));
    }
    if name.len() > MAX_BYTES {
        let message = format!("this name has {} bytes", name.len());
        let fault = Fault::new(message).with_event(events::NAME_TOO_LONG);
        return Err(fault.hinted("a name has 1 to 255 bytes"));
    }
    if let Some(control) = name.chars().find(|one| one.is_control()) {
        let code = u32::from(control);
        let message = format!("this name has the control character U+{code:04X}");
        return Err(Fault::unreadable(message).hinted("a name has no line ends, tabs or the like"));
    }
    Ok(name.clone())
}
