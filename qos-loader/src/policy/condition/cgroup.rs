//! Cgroups.

use core::fmt;

use itertools::{EitherOrBoth, Itertools as _};

/// A path of the cgroup v2 hierarchy, where an element `*` stands for any one element. It matches
/// that cgroup and all below it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CgroupPattern {
    elements: Vec<String>,
}

impl CgroupPattern {
    /// From an absolute path without empty, `.` or `..` elements; `None` for any other text.
    pub fn new(path: &str) -> Option<Self> {
        let rest = path.strip_prefix('/')?;
        let elements: Vec<String> = match rest {
            "" => Vec::new(),
            _ => rest.strip_suffix('/').unwrap_or(rest).split('/').map(str::to_owned).collect(),
        };
        let proper = |element: &String| !matches!(element.as_str(), "" | "." | "..");
        elements.iter().all(proper).then_some(Self { elements })
    }

    /// The hierarchy's root.
    pub const fn root() -> Self {
        Self { elements: Vec::new() }
    }

    /// The cgroup called `name` in this one.
    #[must_use]
    pub fn child(&self, name: &str) -> Self {
        let mut elements = self.elements.clone();
        elements.push(name.to_owned());
        Self { elements }
    }

    /// This cgroup's ancestors from the root down, and itself.
    pub fn lineage(&self) -> impl Iterator<Item = Self> {
        (0..=self.depth()).map(|depth| Self { elements: self.elements[..depth].to_vec() })
    }

    /// The number of elements: 0 for the root.
    pub fn depth(&self) -> usize {
        self.elements.len()
    }

    /// The elements from the root down.
    pub fn elements(&self) -> &[String] {
        &self.elements
    }

    /// The cgroups at the depth of the deeper of both that both name or are above.
    #[must_use]
    pub fn meet(&self, other: &Self) -> Option<Self> {
        let same = |(one, other): (&String, &String)| one == other || one == "*" || other == "*";
        if !self.elements.iter().zip(&other.elements).all(same) {
            return None;
        }
        let narrower = |pair: EitherOrBoth<&String>| match pair {
            EitherOrBoth::Both(one, other) if one == "*" => other.clone(),
            EitherOrBoth::Both(only, _) | EitherOrBoth::Left(only) | EitherOrBoth::Right(only) => {
                only.clone()
            }
        };
        let elements = self.elements.iter().zip_longest(&other.elements).map(narrower);
        Some(Self { elements: elements.collect() })
    }

    /// Whether the cgroup at `path` is one that the pattern names, or below one.
    pub fn covers(&self, path: &Self) -> bool {
        self.elements.len() <= path.elements.len()
            && self.elements.iter().zip(&path.elements).all(|(own, one)| own == "*" || own == one)
    }
}

impl fmt::Display for CgroupPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "/{}", self.elements.join("/"))
    }
}
