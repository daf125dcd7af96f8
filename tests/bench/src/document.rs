//! docs/performance.md, written whole from one run, or in part.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};

use crate::results::Results;

/// Writes the document, and a plot beside it for each section that has one.
pub(crate) fn write(results: &Results) -> Result<()> {
    let targets = format!("## Targets\n\n{}", results.targets().markdown());
    let mut parts = vec![INTRODUCTION.to_owned(), results.machine.markdown(), targets];
    for section in &results.sections {
        parts.push(section.markdown());
        if let Some(plot) = &section.plot {
            let name = format!("performance-{}.svg", section.key);
            write_file(&name, &plot.svg()?)?;
            parts.push(format!("![nanoseconds a packet by the number of policies]({name})\n"));
        }
    }
    write_file(PERFORMANCE, &parts.join("\n"))
}

/// Writes the sections of `results` in the place of what the document has under their titles. The targets
/// stay those of the last whole run.
pub(crate) fn replace(results: &Results) -> Result<()> {
    let mut document = fs::read_to_string(path(PERFORMANCE)).context("no docs/performance.md")?;
    for section in &results.sections {
        let section = format!("{}\n{LATER}\n", section.markdown());
        let title = section.lines().next().context("a section without a title")?;
        // One that it has not yet comes last.
        let begin = document.find(&format!("{title}\n")).unwrap_or(document.len());
        let rest = document[begin..].get(title.len()..).and_then(|rest| rest.find("\n## "));
        let end = rest.map_or(document.len(), |rest| begin + title.len() + rest + 1);
        document.replace_range(begin..end, &section);
    }
    write_file(PERFORMANCE, &document)
}

const LATER: &str = "This section is of a run of its own, later than the table of targets.\n";

const PERFORMANCE: &str = "performance.md";

const INTRODUCTION: &str = "# What it costs

What qos-loader costs a packet and a machine, beside a floor, which is the least that a program that
marks can do, and beside its peers. One command measures all of it and writes this file:

```sh
sudo -E env \"PATH=$PATH\" cargo xtask bench --write    # without --write it only prints
```

What is compared is measured in turn, in many rounds of one run, and what is compared most closely
is measured right after each other: so whatever else the machine does meets all of it alike.
A ratio is computed in each round. The tables have the median of all rounds, and in brackets the
least and the most. Absolute figures are this machine's; ratios hold more widely.
";

fn write_file(name: &str, text: &str) -> Result<()> {
    fs::write(path(name), text).with_context(|| format!("cannot write docs/{name}"))?;
    eprintln!("written: docs/{name}");
    Ok(())
}

fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs").join(name)
}
