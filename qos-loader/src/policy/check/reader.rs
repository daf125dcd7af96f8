//! Reads the values of one policy, or of the settings, and reports each that is wrong.

use core::ops::Range;

use toml::Spanned;

use super::Fault;
use super::key;
use crate::diagnostic::{Diagnostics, Text, quoted, shortened};
use crate::policy::parse::{Entry, Value, digits};

pub(super) struct Reader<'a> {
    text: &'a Text,
    diagnostics: &'a mut Diagnostics,
    sound: bool,
}

impl<'a> Reader<'a> {
    pub(super) const fn new(text: &'a Text, diagnostics: &'a mut Diagnostics) -> Self {
        Self { text, diagnostics, sound: true }
    }

    /// Whether nothing was reported.
    pub(super) const fn is_sound(&self) -> bool {
        self.sound
    }

    pub(super) fn report(&mut self, span: &Range<usize>, fault: Fault) {
        self.sound = false;
        self.diagnostics.mistake(|| fault.at(self.text.place(span)));
    }

    /// The key is none that can be used here.
    pub(super) fn no_key(&mut self, entry: &Entry, known: &[&'static str]) {
        self.report(&entry.key.span(), key::unknown(entry.key.get_ref(), known));
    }

    /// The value of a key that takes one.
    pub(super) fn one<T>(
        &mut self,
        entry: &Entry,
        read: fn(&Value) -> Result<T, Fault>,
    ) -> Option<Spanned<T>> {
        self.reported(&entry.value, read(entry.value.get_ref()))
    }

    /// The values of a key that takes one or a list of them, as far as they are right.
    pub(super) fn list<T>(
        &mut self,
        entry: &Entry,
        read: fn(&Value) -> Result<T, Fault>,
    ) -> Vec<Spanned<T>> {
        let elements = entry.elements();
        if elements.is_empty() {
            let fault = Fault::unreadable("an empty list never matches");
            self.report(&entry.value.span(), fault.hinted("leave the key out"));
        }
        elements.iter().filter_map(|element| self.listed(element, read)).collect()
    }

    /// An element of a list, which may itself have been meant as one.
    fn listed<T>(
        &mut self,
        value: &Spanned<Value>,
        read: fn(&Value) -> Result<T, Fault>,
    ) -> Option<Spanned<T>> {
        let read_one = read(value.get_ref()).map_err(|mut fault| {
            if let Some(list) = several(value, read) {
                fault.hints = vec![format!("several values are a list: {list}")];
            }
            fault
        });
        self.reported(value, read_one)
    }

    fn reported<T>(
        &mut self,
        value: &Spanned<Value>,
        read: Result<T, Fault>,
    ) -> Option<Spanned<T>> {
        match read {
            Ok(read) => Some(Spanned::new(value.span(), read)),
            Err(fault) => {
                self.report(&value.span(), fault);
                None
            }
        }
    }
}

/// The list that a text with commas was meant to be, if all between them could be read.
fn several<T>(value: &Spanned<Value>, read: fn(&Value) -> Result<T, Fault>) -> Option<String> {
    let Value::Text(text) = value.get_ref() else { return None };
    let parts = || text.split([',', ';']).map(str::trim);
    let is_right = |part: &str| read(&Value::Text(part.to_owned())).is_ok();
    let written = |part| if digits(part).is_some() { shortened(part) } else { quoted(part) };
    (parts().nth(1).is_some() && parts().all(is_right))
        .then(|| format!("[{}]", shortened(&parts().map(written).collect::<Vec<_>>().join(", "))))
}
