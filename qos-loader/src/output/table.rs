//! Tables for people and for `awk`: aligned columns without lines between them.

use comfy_table::presets::NOTHING;
use comfy_table::{CellAlignment, Table};

/// A table with a line of titles. The columns `right`, from 0, are aligned to the right.
pub fn table(titles: &[&str], right: &[usize], rows: Vec<Vec<String>>) -> String {
    let mut table = Table::new();
    table.load_style(NOTHING).set_header(titles).add_rows(rows);
    for (index, column) in table.column_iter_mut().enumerate() {
        column.set_padding((0, 2));
        if right.contains(&index) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table.trim_fmt()
}
