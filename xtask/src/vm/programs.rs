//! Programs of this machine, with the libraries that they need.

use std::{
    fs,
    io::{Read as _, Write},
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context as _, Result};

use super::archive::Archive;
use crate::{command::output, workspace};

/// Puts the program `name` of the PATH into the archive.
pub(super) fn add_named<W: Write>(archive: &mut Archive<W>, name: &str) -> Result<()> {
    let path = workspace::find_program(name).with_context(|| {
        format!("there is no program {name}, which guests have from this machine")
    })?;
    add(archive, &path)
}

/// Puts a program at its own place in the archive.
pub(super) fn add<W: Write>(archive: &mut Archive<W>, program: &Path) -> Result<()> {
    archive.copy(program, program)?;
    for library in libraries(program)? {
        archive.copy(&library, &library)?;
    }
    Ok(())
}

fn libraries(program: &Path) -> Result<Vec<PathBuf>> {
    let mut magic = [0; 4];
    let read = fs::File::open(program)?.read(&mut magic)?;
    if magic[..read] != *b"\x7fELF" {
        return Ok(Vec::new());
    }
    match output(Command::new("ldd").arg(program)) {
        Ok(printed) => Ok(printed.lines().filter_map(path).collect()),
        Err(error) if format!("{error}").contains("not a dynamic executable") => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

/// The path in a line of `ldd`: behind an arrow, or the loader's at its start.
fn path(line: &str) -> Option<PathBuf> {
    let line = line.trim();
    let path = line.split_once(" => ").map_or(line, |(_, path)| path);
    let path = path.split(" (0x").next()?;
    path.starts_with('/').then(|| path.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ldd_is_understood() {
        let printed = "\tlinux-vdso.so.1 (0x00007ffd)\n\
                       \tlibc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x00007f39)\n\
                       \t/lib64/ld-linux-x86-64.so.2 (0x00007f39)\n\tstatically linked\n";
        let paths: Vec<PathBuf> = printed.lines().filter_map(path).collect();
        let expected = ["/lib/x86_64-linux-gnu/libc.so.6", "/lib64/ld-linux-x86-64.so.2"];
        assert_eq!(paths, expected.map(PathBuf::from));
    }
}
