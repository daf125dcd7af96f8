//! systemd's journal, by its native protocol: each field of what is logged is a field of the entry.

use core::fmt;
use std::{env, io};

use nix::sys::stat::{FileStat, fstat};
use tracing::{
    Event, Subscriber,
    field::{Field, Value, Visit},
    span::{Attributes, Id, Record},
};
use tracing_journald::{Priority, PriorityMappings};
use tracing_subscriber::{
    Layer,
    fmt::{
        FormatFields as _,
        format::{DefaultFields, Writer},
    },
    layer::Context,
    registry::LookupSpan,
};

/// Whether standard error leads to the journal, as systemd says in `JOURNAL_STREAM`
/// (systemd.exec(5)). Whoever inherits the variable may have another standard error.
pub(super) fn has_standard_error() -> bool {
    let stream = env::var("JOURNAL_STREAM");
    let standard_error = fstat(io::stderr());
    stream.is_ok_and(|stream| standard_error.is_ok_and(|file| names(&stream, &file)))
}

/// Whether a `JOURNAL_STREAM` names the file: its device and inode, with a colon between them.
fn names(stream: &str, file: &FileStat) -> bool {
    stream == format!("{}:{}", file.st_dev, file.st_ino)
}

/// Sends what is logged to the journal. `MESSAGE` is what the text log says, so that `journalctl`
/// shows the numbers of events; `QOS_EVENT` and others like it are for finding them.
pub(super) struct Journal(tracing_journald::Layer);

impl Journal {
    /// Fails if there is no journal.
    pub(super) fn open() -> io::Result<Self> {
        let priorities = PriorityMappings {
            info: Priority::Informational,
            debug: Priority::Debug,
            ..PriorityMappings::new()
        };
        let layer = tracing_journald::layer()?
            .with_syslog_identifier("qos-loader".to_owned())
            .with_field_prefix(Some("QOS".to_owned()))
            .with_priority_mappings(priorities);
        Ok(Self(layer))
    }
}

impl<S: Subscriber + for<'span> LookupSpan<'span>> Layer<S> for Journal {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        self.0.on_new_span(attributes, id, context);
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        self.0.on_record(id, values, context);
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let fields = event.metadata().fields();
        let mut texts = Texts(vec![None; fields.len()]);
        event.record(&mut texts);
        let mut line = String::new();
        let formatted = DefaultFields::new().format_fields(Writer::new(&mut line), event);
        if let (Ok(()), Some(message)) = (formatted, fields.field("message")) {
            texts.0[message.index()] = Some(line);
        }
        let values = texts.0.iter().map(|text| text.as_ref().map(|text| text as &dyn Value));
        let values: Vec<Option<&dyn Value>> = values.collect();
        // As the macros of `tracing` make an event.
        let values = fields.value_set_all(&values);
        self.0.on_event(&Event::new(event.metadata(), &values), context);
    }
}

/// The values of an event's fields, as the journal has them.
struct Texts(Vec<Option<String>>);

impl Visit for Texts {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.0[field.index()] = Some(format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.0[field.index()] = Some(value.to_owned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_names_one_file() {
        let file = fstat(io::stderr()).unwrap();
        let FileStat { st_dev, st_ino, .. } = file;
        assert!(names(&format!("{st_dev}:{st_ino}"), &file));
        for other in [
            format!("{st_dev}:{}", st_ino + 1),
            format!("{}:{st_ino}", st_dev + 1),
            format!("{st_dev}"),
            format!("{st_dev}:{st_ino}:"),
            String::new(),
        ] {
            assert!(!names(&other, &file), "{other}");
        }
    }
}
