//! README.md, CONTRIBUTING.md and docs/, for their examples.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// A document.
#[derive(Clone, Debug)]
pub struct Document {
    /// Where it is, from the workspace's root.
    pub path: PathBuf,
    /// All of it.
    pub text: String,
}

impl Document {
    /// The document at `path` from the workspace's root.
    pub fn read(path: impl Into<PathBuf>) -> Self {
        let path = path.into();
        let text = fs::read_to_string(root().join(&path)).unwrap();
        Self { path, text }
    }

    /// Every document that has examples.
    pub fn all() -> Vec<Self> {
        let entries = fs::read_dir(root().join("docs")).unwrap();
        let docs = entries.map(|entry| Path::new("docs").join(entry.unwrap().file_name()));
        let mut paths: Vec<PathBuf> = docs.collect();
        paths.extend(["README.md", "CONTRIBUTING.md"].map(PathBuf::from));
        paths.sort();
        paths.into_iter().map(Self::read).collect()
    }

    /// The insides of the blocks in `language`.
    pub fn blocks(&self, language: &str) -> Vec<&str> {
        let fence = format!("\n```{language}\n");
        let behind = self.text.split(&fence).skip(1);
        behind.map(|rest| rest.split("```").next().unwrap_or(rest)).collect()
    }

    /// Writes its policy files, which their first lines name, into `folder`.
    pub fn write_policy_files(&self, folder: &Path) {
        for block in self.blocks("toml") {
            let name = block.lines().next().and_then(|line| line.strip_prefix("# ")).unwrap();
            fs::write(folder.join(name), block).unwrap();
        }
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}
