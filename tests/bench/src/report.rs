//! What was measured, in the forms in which it is shown: text, JSON and Markdown.

mod cell;
mod target;

use qos_loader::output::table::table;
use serde_json::{Map, Value, json};

pub(crate) use cell::{Cell, Unit};
pub(crate) use target::Target;

use crate::plot::Plot;

/// What belongs together.
#[derive(Debug)]
pub(crate) struct Section {
    /// Its key in JSON.
    pub(crate) key: &'static str,
    /// Its heading.
    pub(crate) title: &'static str,
    /// What was measured and how, a paragraph of Markdown.
    pub(crate) lead: String,
    pub(crate) tables: Vec<Table>,
    pub(crate) targets: Vec<Target>,
    /// For the document.
    pub(crate) plot: Option<Plot>,
}

/// Rows of cells below titles.
#[derive(Debug)]
pub(crate) struct Table {
    /// What tells it from the section's other tables, in JSON and above the table.
    pub(crate) name: String,
    pub(crate) titles: Vec<String>,
    pub(crate) rows: Vec<Vec<Cell>>,
}

impl Section {
    /// For a terminal.
    pub(crate) fn text(&self) -> String {
        let tables = self.tables.iter().map(|table| format!("{}\n{}\n", table.name, table.text()));
        let targets = self.targets.iter().map(|target| format!("{}\n", target.text()));
        format!(
            "## {}\n\n{}\n{}",
            self.title,
            tables.collect::<Vec<_>>().join("\n"),
            targets.collect::<String>()
        )
    }

    /// For `--json`.
    pub(crate) fn json(&self) -> Value {
        let tables = self.tables.iter().map(|table| (table.name.clone(), table.json()));
        let targets: Vec<Value> = self.targets.iter().map(Target::json).collect();
        json!({ "tables": tables.collect::<Map<_, _>>(), "targets": targets })
    }

    /// For the document.
    pub(crate) fn markdown(&self) -> String {
        let tables =
            self.tables.iter().map(|table| format!("{}:\n\n{}", table.name, table.markdown()));
        format!("## {}\n\n{}\n\n{}", self.title, self.lead, tables.collect::<Vec<_>>().join("\n"))
    }
}

impl Table {
    /// For a terminal.
    pub(crate) fn text(&self) -> String {
        let titles: Vec<&str> = self.titles.iter().map(String::as_str).collect();
        let right: Vec<usize> = (1..titles.len()).collect();
        let cells = |row: &Vec<Cell>| row.iter().map(Cell::text).collect();
        table(&titles, &right, self.rows.iter().map(cells).collect())
    }

    fn json(&self) -> Value {
        let row = |row: &Vec<Cell>| -> Value {
            self.titles.iter().cloned().zip(row.iter().map(Cell::json)).collect()
        };
        self.rows.iter().map(row).collect()
    }

    /// For the document.
    pub(crate) fn markdown(&self) -> String {
        let line = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
        let rule = self.titles.iter().map(|_| "---".to_owned()).collect();
        let rows = self.rows.iter().map(|row| line(row.iter().map(Cell::text).collect()));
        line(self.titles.clone()) + &line(rule) + &rows.collect::<String>()
    }
}
