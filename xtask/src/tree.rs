//! The tree under examination: its files, its packages, and what each package builds.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use cargo_metadata::camino::Utf8Path;
use cargo_metadata::semver::Version;
use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, Package, TargetKind};

use crate::process;

/// The workspace as git and cargo see it.
#[derive(Debug)]
pub struct Tree {
    root: PathBuf,
    files: Vec<String>,
    metadata: Metadata,
}

/// A package of this workspace, as far as a rule looks at it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Member {
    pub(crate) name: String,
    /// Its folder, relative to the root.
    pub(crate) dir: String,
    pub(crate) published: bool,
    pub(crate) dependencies: Vec<Dependency>,
    pub(crate) binaries: Vec<String>,
}

#[derive(Clone, Debug)]
pub(crate) struct Dependency {
    pub(crate) name: String,
    /// Compiled into tests, examples and benches alone.
    pub(crate) dev: bool,
}

/// A package compiled for another one.
#[derive(Clone, Debug)]
pub(crate) struct Built {
    pub(crate) name: String,
    pub(crate) rust_version: Option<Version>,
    pub(crate) proc_macro: bool,
}

impl Tree {
    /// Reads the workspace that this program belongs to.
    ///
    /// # Errors
    ///
    /// When git or cargo cannot be run, or `Cargo.lock` does not fit the manifests.
    pub fn load() -> Result<Self> {
        let root = root();
        // Only packages for this machine: the others need not have been downloaded.
        let host = process::read(Command::new("rustc").args(["--print", "host-tuple"]))?;
        let options = ["--locked", "--filter-platform", host.trim()].map(String::from);
        let metadata = MetadataCommand::new()
            .manifest_path(root.join("Cargo.toml"))
            .other_options(options)
            .exec()?;
        Ok(Self { files: tracked(&root)?, root, metadata })
    }

    /// The files that git tracks or would track, relative to the root.
    pub(crate) fn files(&self) -> impl Iterator<Item = &str> {
        self.files.iter().map(String::as_str)
    }

    pub(crate) fn read(&self, file: &str) -> Result<String> {
        let path = self.root.join(file);
        fs::read_to_string(&path).with_context(|| format!("cannot read {file} as text"))
    }

    /// The files of these endings, and their text.
    pub(crate) fn texts(&self, endings: &[&str]) -> Result<Vec<(&str, String)>> {
        self.files()
            .filter(|file| endings.iter().any(|ending| file.ends_with(ending)))
            .map(|file| Ok((file, self.read(file)?)))
            .collect()
    }

    pub(crate) fn members(&self) -> Vec<Member> {
        self.metadata.workspace_packages().into_iter().map(|package| self.member(package)).collect()
    }

    /// What `package` compiles with all of its features, on this machine, without its tests.
    pub(crate) fn built_by(&self, package: &str, features: &[&str]) -> Result<Vec<Built>> {
        let listing = process::read(
            Command::new(env!("CARGO"))
                .current_dir(&self.root)
                .args(["tree", "--locked", "--edges", "normal,build", "--prefix", "none"])
                .args(["--no-dedupe", "--format", "{p}", "--package", package])
                .args(features),
        )?;
        let mut names: Vec<(&str, &str)> = listing
            .lines()
            .filter_map(|line| {
                let mut words = line.split(' ');
                Some((words.next()?, words.next()?.strip_prefix('v')?))
            })
            .filter(|(name, _)| *name != package)
            .collect();
        names.sort_unstable();
        names.dedup();
        names.into_iter().map(|(name, version)| self.built(name, version)).collect()
    }

    pub(crate) fn rust_version(&self, member: &str) -> Option<Version> {
        self.metadata
            .workspace_packages()
            .into_iter()
            .find(|package| *package.name == member)
            .and_then(|package| package.rust_version.clone())
    }

    fn built(&self, name: &str, version: &str) -> Result<Built> {
        let package = self
            .metadata
            .packages
            .iter()
            .find(|package| *package.name == name && package.version.to_string() == version)
            .with_context(|| format!("cargo metadata does not know {name} {version}"))?;
        let is_macro = |kind: &TargetKind| *kind == TargetKind::ProcMacro;
        Ok(Built {
            name: name.into(),
            rust_version: package.rust_version.clone(),
            proc_macro: package.targets.iter().any(|target| target.kind.iter().any(is_macro)),
        })
    }

    fn member(&self, package: &Package) -> Member {
        let dir = package.manifest_path.parent().map_or(self.root.as_path(), Utf8Path::as_std_path);
        Member {
            name: package.name.to_string(),
            dir: dir.strip_prefix(&self.root).unwrap_or(dir).to_string_lossy().into_owned(),
            published: package.publish.as_ref().is_none_or(|registries| !registries.is_empty()),
            dependencies: package.dependencies.iter().map(dependency).collect(),
            binaries: package
                .targets
                .iter()
                .filter(|target| target.is_bin())
                .map(|target| target.name.clone())
                .collect(),
        }
    }
}

impl Member {
    /// Whether this is one of the crates that others may build on.
    pub(crate) fn is_library(&self) -> bool {
        self.dir.starts_with("crates/")
    }

    pub(crate) fn is_example(&self) -> bool {
        self.dir.starts_with("examples/")
    }

    /// What it compiles into its library and binaries.
    pub(crate) fn normal_dependencies(&self) -> impl Iterator<Item = &str> {
        self.dependencies.iter().filter(|dependency| !dependency.dev).map(|found| &*found.name)
    }
}

/// The workspace's folder.
pub(crate) fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_path_buf()
}

fn dependency(found: &cargo_metadata::Dependency) -> Dependency {
    Dependency { name: found.name.clone(), dev: found.kind == DependencyKind::Development }
}

fn tracked(root: &Path) -> Result<Vec<String>> {
    let listing = process::read(
        Command::new("git")
            .current_dir(root)
            // The checkout may belong to another user, as it does in a container.
            .args(["-c", "safe.directory=*", "ls-files", "-z"])
            .args(["--cached", "--others", "--exclude-standard", "--deduplicate"]),
    )?;
    let is_there = |file: &&str| root.join(file).is_file();
    Ok(listing
        .split('\0')
        .filter(|file| !file.is_empty())
        .filter(is_there)
        .map(Into::into)
        .collect())
}
