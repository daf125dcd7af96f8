//! All that was measured in one run, and on which machine.

use serde_json::{Map, Value, json};

use crate::{
    machine::Machine,
    report::{Cell, Section, Table, Target},
};

pub(crate) struct Results {
    pub(crate) machine: Machine,
    pub(crate) sections: Vec<Section>,
}

impl Results {
    /// Every target of every section.
    pub(crate) fn targets(&self) -> Table {
        let row = |target: &Target| target.cells().map(Cell::Text).into();
        let titles = ["what", "median (least-most)", "target", "verdict"];
        Table {
            name: "targets".to_owned(),
            titles: titles.map(str::to_owned).into(),
            rows: self.all_targets().map(row).collect(),
        }
    }

    /// Whether every target is met.
    pub(crate) fn are_met(&self) -> bool {
        self.all_targets().all(Target::is_met)
    }

    /// For `--json`.
    pub(crate) fn json(&self) -> Value {
        let sections = self.sections.iter().map(|one| (one.key.to_owned(), one.json()));
        let targets: Vec<Value> = self.all_targets().map(Target::json).collect();
        json!({
            "machine": self.machine.json(),
            "sections": sections.collect::<Map<_, _>>(),
            "targets": targets,
        })
    }

    fn all_targets(&self) -> impl Iterator<Item = &Target> {
        self.sections.iter().flat_map(|section| &section.targets)
    }
}
