//! Reads the values of one policy, or of the settings, and reports each that is wrong.

use core::ops::Range;

use toml::Spanned;

use super::Fault;
use super::key;
use crate::diagnostic::{Diagnostics, Text};
use crate::policy::parse::{Entry, Value};

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
        self.diagnostics.push(fault.at(self.text.place(span)));
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
        self.element(&entry.value, read)
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
        elements.iter().filter_map(|element| self.element(element, read)).collect()
    }

    fn element<T>(
        &mut self,
        value: &Spanned<Value>,
        read: fn(&Value) -> Result<T, Fault>,
    ) -> Option<Spanned<T>> {
        match read(value.get_ref()) {
            Ok(read) => Some(Spanned::new(value.span(), read)),
            Err(fault) => {
                self.report(&value.span(), fault);
                None
            }
        }
    }
}
