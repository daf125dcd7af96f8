//! What is in a guest: modules, programs, tests, and what they read.

use std::{fs::File, io::BufWriter, path::Path};

use anyhow::Result;

use super::{archive::Archive, binaries::Binaries, image::Image, kernels::Settings, programs};
use crate::workspace;

/// Users and groups, of whom some programs want to become one.
const ETC: [(&str, &str); 3] = [
    (
        "passwd",
        "root:x:0:0:root:/root:/bin/bash\ndaemon:x:1:1:daemon:/:/bin/sh\n\
         tcpdump:x:101:101::/:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/sh\n",
    ),
    ("group", "root:x:0:\ndaemon:x:1:\ntcpdump:x:101:\nnogroup:x:65534:\n"),
    ("hosts", "127.0.0.1 localhost guest\n::1 localhost\n"),
];

/// A guest's content, as it is being written.
pub(super) struct Content {
    archive: Archive<BufWriter<File>>,
}

impl Content {
    /// The init alone.
    pub(super) fn new(path: &Path, binaries: &Binaries) -> Result<Self> {
        let mut archive = Archive::create(path)?;
        archive.copy(binaries.get("qos-vm-init")?, Path::new("/init"))?;
        Ok(Self { archive })
    }

    /// What makes it a machine: modules, programs, the loader, the repository's files.
    pub(super) fn machine(
        &mut self,
        image: &Image,
        settings: &Settings,
        binaries: &Binaries,
    ) -> Result<()> {
        let mut order = Vec::new();
        for module in image.modules()? {
            let name = module.file_name().unwrap_or_default();
            let place = Path::new("/vm/modules.d").join(name);
            self.archive.copy(&module, &place)?;
            order.push(place.display().to_string());
        }
        self.archive.bytes(Path::new("/vm/modules"), 0o644, order.join("\n").as_bytes())?;
        for program in &settings.programs {
            programs::add_named(&mut self.archive, program)?;
        }
        for (name, text) in ETC {
            self.archive.bytes(&Path::new("/etc").join(name), 0o644, text.as_bytes())?;
        }
        self.archive.copy(binaries.get("qos-loader")?, Path::new("/usr/local/bin/qos-loader"))?;
        // The tests copy it from where cargo put it.
        let traffic = binaries.get("traffic")?;
        self.archive.copy(traffic, traffic)?;
        for path in &settings.repository {
            let path = workspace::root().join(path);
            self.archive.copy(&path, &path)?;
        }
        Ok(())
    }

    /// A binary with tests.
    pub(super) fn tests(&mut self, binaries: &Binaries, name: &str) -> Result<()> {
        self.archive.copy(binaries.get(name)?, &Path::new("/vm/tests").join(name))
    }

    /// A command in the place of tests. Files of this machine that it names by their whole paths are
    /// taken along.
    pub(super) fn command(&mut self, words: &[String]) -> Result<()> {
        for path in words.iter().map(Path::new).filter(|path| path.is_absolute() && path.is_file())
        {
            programs::add(&mut self.archive, path)?;
        }
        self.archive.bytes(Path::new("/vm/command"), 0o644, words.join("\0").as_bytes())
    }

    /// Writes the end.
    pub(super) fn finish(self) -> Result<()> {
        self.archive.finish()
    }
}
