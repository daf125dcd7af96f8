//! The lists of conditions, to treat them alike.

use core::mem;

use qos_loader::policy::Conditions;

/// One of the lists.
#[derive(Clone, Copy, Debug)]
pub struct List {
    /// Its key in the policy file.
    pub key: &'static str,
    length: fn(&Conditions) -> usize,
    remove: fn(&mut Conditions, usize),
    swap: fn(&mut Conditions, &mut Conditions),
}

macro_rules! list {
    ($key:literal, $field:ident) => {
        List {
            key: $key,
            length: |conditions| conditions.$field.len(),
            remove: |conditions, index| {
                conditions.$field.remove(index);
            },
            swap: |one, other| mem::swap(&mut one.$field, &mut other.$field),
        }
    };
}

/// All of them, in the policy file's order.
pub const LISTS: [List; 11] = [
    list!("user", user),
    list!("group", group),
    list!("application", application),
    list!("cgroup", cgroup),
    list!("source", source),
    list!("destination", destination),
    list!("destination-host", destination_host),
    list!("source-port", source_port),
    list!("destination-port", destination_port),
    list!("protocol", protocol),
    list!("url", url),
];

impl List {
    /// How many values it has; a condition that is not set has none.
    pub fn length(&self, conditions: &Conditions) -> usize {
        (self.length)(conditions)
    }

    /// Takes the value at `index` out.
    pub fn remove(&self, conditions: &mut Conditions, index: usize) {
        (self.remove)(conditions, index);
    }

    /// Gives each the other's values.
    pub fn swap(&self, one: &mut Conditions, other: &mut Conditions) {
        (self.swap)(one, other);
    }
}
