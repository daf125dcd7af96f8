//! A finding as text, in the form that compilers have made familiar.

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};

use super::{Diagnostic, Severity};

pub(super) fn text(diagnostic: &Diagnostic, styled: bool) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let place = &diagnostic.place;
    let snippet = Snippet::source(&place.source_line)
        .line_start(place.line)
        .path(place.file.display().to_string())
        .annotation(AnnotationKind::Primary.span(place.mark.clone()));
    let title = match diagnostic.event {
        Some(event) => level.primary_title(&diagnostic.message).id(event.to_string()),
        None => level.primary_title(&diagnostic.message),
    };
    let hints = diagnostic.hints.iter().map(|hint| Level::HELP.message(hint));
    let renderer = if styled { Renderer::styled() } else { Renderer::plain() };
    renderer.render(&[title.element(snippet).elements(hints)])
}
