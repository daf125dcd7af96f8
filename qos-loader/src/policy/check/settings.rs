//! The keys of `[settings]`.

use toml::Spanned;

use super::reader::Reader;
use super::{choice, interface, key};
use crate::diagnostic::{Diagnostics, Text};
use crate::policy::parse::Document;
use crate::policy::settings::{Setting, Settings};

/// Checks the settings of a text of the layer called `layer`.
pub fn settings(
    text: &Text,
    layer: &str,
    document: &Document,
    diagnostics: &mut Diagnostics,
) -> Settings {
    let mut reader = Reader::new(text, diagnostics);
    let mut settings = Settings::default();
    for entry in &document.settings {
        let from = Source { text, layer, key: &entry.key };
        match entry.key.get_ref().as_str() {
            "interfaces" => {
                let patterns = reader.list(entry, interface::read);
                settings.interfaces = Some(from.setting(super::values(patterns)));
            }
            "app-marking" => {
                settings.app_marking = reader.one(entry, choice::read).map(|one| from.spanned(one));
            }
            "inbound-throughput-level" => {
                let level = reader.one(entry, choice::inbound_level);
                settings.inbound_throughput_level = level.map(|one| from.spanned(one));
            }
            "shaper" => {
                settings.shaper = reader.one(entry, choice::read).map(|one| from.spanned(one));
            }
            _ => reader.no_key(entry, &key::SETTINGS),
        }
    }
    settings
}

struct Source<'a> {
    text: &'a Text,
    layer: &'a str,
    key: &'a Spanned<String>,
}

impl Source<'_> {
    fn setting<T>(&self, value: T) -> Setting<T> {
        let place = self.text.place(&self.key.span());
        Setting { value, layer: self.layer.to_owned(), place }
    }

    fn spanned<T>(&self, value: Spanned<T>) -> Setting<T> {
        self.setting(value.into_inner())
    }
}
