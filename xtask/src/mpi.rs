//! The steps that need an MPI library.
//!
//! Each library has a folder of its own for builds: the bindings do not notice that the library has
//! changed.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::misbehave;
use crate::place::{Place, has};
use crate::report::Outcome;
use crate::setup;
use crate::steps::{COMPARE, all};

/// One MPI library.
pub(crate) struct Library {
    /// The name of its folder.
    name: &'static str,
    compiler: &'static str,
    launcher: &'static str,
    /// The numbers of ranks to test.
    ranks: &'static str,
    /// The numbers of ranks to compare `terrain` with NumPy.
    terrain_ranks: &'static str,
}

// Debian installs both side by side; which one is plain `mpicc` is an accident.
static OPEN_MPI: Library = Library {
    name: "openmpi",
    compiler: "mpicc.openmpi",
    launcher: "mpirun.openmpi",
    ranks: "1,2,3,4,6",
    terrain_ranks: "1,3",
};

static MPICH: Library = Library {
    name: "mpich",
    compiler: "mpicc.mpich",
    launcher: "mpirun.mpich",
    ranks: "2,4",
    terrain_ranks: "2",
};

/// Open MPI wants to be told that root, and more ranks than cores, are meant. Others ignore these.
pub(crate) const LAUNCHING: [(&str, &str); 5] = [
    ("OMPI_ALLOW_RUN_AS_ROOT", "1"),
    ("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1"),
    ("OMPI_MCA_rmaps_base_oversubscribe", "1"),
    ("OMPI_MCA_mpi_yield_when_idle", "1"),
    ("PRTE_MCA_rmaps_default_mapping_policy", ":oversubscribe"),
];

/// All packages that know of MPI: one set, so that each is built once.
const PACKAGES: &str =
    "-p distarray -p distarray-mpi -p distarray-tests --features distarray/mpi,distarray-tests/mpi";

/// Lints, and builds the docs of, what knows of MPI.
pub(crate) fn lint(place: &Place) -> Outcome {
    if let Some(why) = OPEN_MPI.lacks().or_else(|| setup::lacks("clippy")) {
        return Outcome::Skipped(why);
    }
    let cargo = |args: &str| OPEN_MPI.cargo(place, args);
    let mut doc = cargo(&format!("doc {PACKAGES} --no-deps"));
    doc.env("RUSTDOCFLAGS", "-D warnings");
    all([cargo(&format!("clippy {PACKAGES} --all-targets -- -D warnings")), doc])
}

/// Tests under Open MPI.
pub(crate) fn openmpi(place: &Place) -> Outcome {
    OPEN_MPI.test(place)
}

/// Files that processes write together: the HDF5 library that is built with Open MPI.
pub(crate) fn hdf5(place: &Place) -> Outcome {
    let lacking = OPEN_MPI.lacks().or_else(|| setup::lacks("clippy"));
    let found = parallel_hdf5(Path::new("/"));
    let folder = match (lacking, std::env::var_os(HDF5_DIR).map(PathBuf::from).or(found)) {
        (Some(why), _) => return Outcome::Skipped(why),
        (None, None) => {
            let why =
                format!("there is no HDF5 built with Open MPI; {HDF5_DIR} may name its folder");
            return Outcome::Skipped(why);
        }
        (None, Some(folder)) => folder,
    };
    let cargo = |args: &str| {
        let mut command = OPEN_MPI.cargo(place, args);
        command.env(HDF5_DIR, &folder);
        command
    };
    let packages = "-p distarray-io -p distarray-tests --features \
                    distarray-io/hdf5-mpi,distarray-tests/hdf5-mpi";
    let mut test = cargo("test -p distarray-tests --features hdf5-mpi --test hdf5_mpi");
    test.envs(LAUNCHING).env("DISTARRAY_MPIRUN", OPEN_MPI.launcher);
    all([cargo(&format!("clippy {packages} --all-targets -- -D warnings")), test])
}

/// Where the bindings look for an HDF5 library first.
const HDF5_DIR: &str = "HDF5_DIR";

/// The folder below `root` in which Debian has the HDF5 library of Open MPI.
fn parallel_hdf5(root: &Path) -> Option<PathBuf> {
    let folders = std::fs::read_dir(root.join("usr/lib")).ok()?.flatten();
    let mut folders = folders.map(|entry| entry.path().join("hdf5/openmpi"));
    folders.find(|folder| folder.join("lib").is_dir())
}

/// Tests under MPICH.
pub(crate) fn mpich(place: &Place) -> Outcome {
    MPICH.test(place)
}

impl Library {
    /// The library of this name.
    pub(crate) fn named(name: &str) -> Option<&'static Self> {
        [&OPEN_MPI, &MPICH].into_iter().find(|library| library.name == name)
    }

    pub(crate) fn name(&self) -> &'static str {
        self.name
    }

    /// Where its builds go.
    pub(crate) fn folder(&self, place: &Place) -> PathBuf {
        place.target.join(self.name)
    }

    /// A program on so many processes.
    pub(crate) fn launch(&self, ranks: &str, program: &Path) -> Command {
        let mut command = Command::new(self.launcher);
        // Waiting ranks give their cores away by themselves where there are too few.
        command.envs(LAUNCHING.into_iter().filter(|(name, _)| !name.ends_with("yield_when_idle")));
        command.args(["-n", ranks]).arg(program);
        command
    }

    fn test(&self, place: &Place) -> Outcome {
        if let Some(why) = self.lacks() {
            return Outcome::Skipped(why);
        }
        let Some(python) = &place.python else {
            return Outcome::Skipped("there is no python3 with NumPy".to_owned());
        };
        let tested = all([
            self.launched(place),
            // Of fewer packages the core would have other features, and be built again.
            self.cargo(place, &format!("test {PACKAGES} --lib")),
            self.cargo(place, &format!("test {PACKAGES} --doc")),
            self.cargo(place, &format!("build {PACKAGES} --example terrain --example misbehave")),
            self.compare(place, python),
        ]);
        match tested {
            Outcome::Passed => {
                let program = self.folder(place).join("debug/examples/misbehave");
                misbehave::check(place, &program, Some(self.launcher))
            }
            other => other,
        }
    }

    /// What the library's steps cannot do without.
    pub(crate) fn lacks(&self) -> Option<String> {
        let absent = [self.compiler, self.launcher].into_iter().find(|program| !has(program));
        let absent = absent.map(|program| format!("there is no {program}"));
        absent.or_else(|| (!has_libclang()).then(|| NO_LIBCLANG.to_owned()))
    }

    /// A cargo command that builds in the library's own folder.
    pub(crate) fn cargo(&self, place: &Place, args: &str) -> Command {
        let mut command = place.cargo(args);
        command.env("CARGO_TARGET_DIR", self.folder(place)).env("MPICC", self.compiler);
        command
    }

    /// Tests that launch themselves.
    fn launched(&self, place: &Place) -> Command {
        let mut command = self.cargo(place, &format!("test {PACKAGES} --test mpi"));
        command.env("DISTARRAY_MPIRUN", self.launcher).env("DISTARRAY_MPI_RANKS", self.ranks);
        command
    }

    /// The example `terrain` against NumPy.
    fn compare(&self, place: &Place, python: &Path) -> Command {
        let mut command = place.command(python);
        command.envs(LAUNCHING);
        command.arg(COMPARE).arg(self.folder(place).join("debug/examples/terrain"));
        command.args(["--launch", &format!("{} -n {{ranks}}", self.launcher)]);
        command.args(["--ranks", self.terrain_ranks]);
        command
    }
}

const NO_LIBCLANG: &str = "there is no libclang; LIBCLANG_PATH may name its folder";

/// Whether bindings to MPI can be made.
fn has_libclang() -> bool {
    let told = ["LIBCLANG_PATH", "LLVM_CONFIG_PATH"];
    told.into_iter().any(|name| std::env::var_os(name).is_some())
        || has("llvm-config")
        || libclang_below(Path::new("/"))
}

/// Whether the usual folders below `root` have a libclang.
fn libclang_below(root: &Path) -> bool {
    let list = |folder: &Path| {
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        entries.map(|entry| entry.path()).collect::<Vec<_>>()
    };
    let mut folders: Vec<_> = ["lib", "lib64", "usr/lib", "usr/lib64", "usr/local/lib"]
        .into_iter()
        .map(|folder| root.join(folder))
        .collect();
    for below in list(&root.join("usr/lib")) {
        folders.extend([below.join("lib"), below]);
    }
    folders.iter().flat_map(|folder| list(folder)).any(|file| {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        let rest = name.strip_prefix("libclang").unwrap_or_default();
        // `libclang.so.1` and `libclang-14.so.13`; not `libclang-cpp.so.14`.
        let rest = rest.trim_start_matches(|c: char| c == '-' || c == '.' || c.is_ascii_digit());
        rest.starts_with("so") || rest.starts_with("dylib")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hdf5_of_open_mpi_is_found_where_debian_puts_it() {
        let root = std::env::temp_dir().join(format!("xtask-hdf5-{}", std::process::id()));
        let serial = root.join("usr/lib/x86_64-linux-gnu/hdf5/serial/lib");
        std::fs::create_dir_all(serial).unwrap();
        let without = parallel_hdf5(&root);
        let folder = root.join("usr/lib/aarch64-linux-gnu/hdf5/openmpi");
        std::fs::create_dir_all(folder.join("lib")).unwrap();
        let with = parallel_hdf5(&root);
        std::fs::remove_dir_all(&root).unwrap();
        assert_eq!((without, with), (None, Some(folder)));
    }

    #[test]
    fn libclang_is_found_where_systems_put_it() {
        let root = std::env::temp_dir().join(format!("xtask-libclang-{}", std::process::id()));
        let finds = |file: &str| {
            let file = root.join(file);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(&file, "").unwrap();
            let found = libclang_below(&root);
            std::fs::remove_dir_all(&root).unwrap();
            found
        };
        assert!(finds("usr/lib/x86_64-linux-gnu/libclang-14.so.13"));
        assert!(finds("usr/lib/llvm-19/lib/libclang.so.1"));
        assert!(finds("usr/lib64/libclang.so"));
        assert!(!finds("usr/lib/x86_64-linux-gnu/libclang-cpp.so.14"));
        assert!(!finds("usr/lib/libclangTooling.a"));
    }
}
