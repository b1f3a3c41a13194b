//! The system's packages, on Debian and its relatives.

use std::process::{Command, Stdio};

use crate::place::{has, succeeds};

/// Both libraries: each is tested.
const MPI: &[&str] = &["openmpi-bin", "libopenmpi-dev", "mpich", "libmpich-dev"];
/// Built with MPI, which serves ranks without it as well.
const HDF5: &[&str] = &["libhdf5-openmpi-dev", "pkg-config"];
const NUMPY: &[&str] = &["python3", "python3-numpy"];

/// Bindings to MPI are made by bindgen: it loads libclang, which needs its own headers.
const CLANG_14: &[&str] = &["libclang1-14", "libclang-common-14-dev"];
/// What releases with another clang call theirs; larger.
const CLANG_OF_ANY_RELEASE: &[&str] = &["libclang-dev"];
/// The releases, by code name, whose clang is version 14.
const WITH_CLANG_14: &[&str] = &["bookworm", "jammy"];

/// Installs what is missing, where that is allowed; what is missing then, and what to do.
///
/// NumPy is tried only: it can come from elsewhere.
pub(crate) fn provide(with_numpy: bool) -> Option<String> {
    if !has("dpkg-query") || !has("apt-get") {
        return elsewhere(&|program| has(program));
    }
    let release = std::fs::read_to_string("/etc/os-release").unwrap_or_default();
    let absent = missing(&wanted(&release, with_numpy), &is_installed);
    if absent.is_empty() {
        return None;
    }
    let privileges = privileges();
    if let Some(prefix) = privileges {
        install(prefix, &absent);
    }
    let absent = missing(&wanted(&release, false), &is_installed);
    let sudo = if privileges == Some(&[]) { "" } else { "sudo " };
    let by_hand = format!("{sudo}apt-get install --no-install-recommends {}", absent.join(" "));
    (!absent.is_empty()).then(|| format!("system packages; install them by: {by_hand}"))
}

fn install(prefix: &[&str], packages: &[&str]) {
    println!("installing {}", packages.join(" "));
    let apt = |args: &[&str]| {
        // `sudo` drops the environment; `env` comes after it.
        let environment = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"];
        // A machine that has just started may be updating itself.
        let lock = ["-o", "DPkg::Lock::Timeout=300"];
        let mut words = prefix.iter().chain(&environment).chain(&lock).chain(args);
        let mut command = Command::new(words.next().expect("`env` at least"));
        command.args(words).stdin(Stdio::null()).stdout(Stdio::null());
        command.status().is_ok_and(|status| status.success())
    };
    // That the lists cannot be refreshed is no reason not to try.
    apt(&["update"]);
    apt(&[&["install", "-y", "--no-install-recommends"], packages].concat());
}

/// Without Debian's tools: what cannot be found.
fn elsewhere(has: &dyn Fn(&str) -> bool) -> Option<String> {
    let programs = ["mpicc.openmpi", "mpirun.openmpi", "mpicc.mpich", "mpirun.mpich"];
    let absent: Vec<_> = programs.into_iter().filter(|program| !has(program)).collect();
    let programs = absent.join(", ");
    (!absent.is_empty()).then(|| {
        format!("Open MPI, MPICH and libclang, by this system's own means; not found: {programs}")
    })
}

/// What is needed on a release, given the text of its `/etc/os-release`.
fn wanted(release: &str, with_numpy: bool) -> Vec<&'static str> {
    let code_name = release.lines().find_map(|line| line.strip_prefix("VERSION_CODENAME="));
    let code_name = code_name.unwrap_or_default().trim_matches('"');
    let clang = match WITH_CLANG_14.contains(&code_name) {
        true => CLANG_14,
        false => CLANG_OF_ANY_RELEASE,
    };
    let numpy = if with_numpy { NUMPY } else { &[] };
    [clang, MPI, HDF5, numpy].concat()
}

fn missing<'a>(packages: &[&'a str], installed: &dyn Fn(&str) -> bool) -> Vec<&'a str> {
    packages.iter().copied().filter(|name| !installed(name)).collect()
}

fn is_installed(name: &str) -> bool {
    let query = Command::new("dpkg-query").args(["-W", "-f=${Status}", name]).output();
    query.is_ok_and(|found| found.stdout.ends_with(b"ok installed"))
}

/// What to put before a command of the superuser; `None` where that wants a password.
fn privileges() -> Option<&'static [&'static str]> {
    let id = Command::new("id").arg("-u").output().ok()?;
    if id.stdout.trim_ascii() == b"0" {
        return Some(&[]);
    }
    succeeds(Command::new("sudo").args(["-n", "true"])).then_some(&["sudo", "-n"])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_missing_is_installed() {
        let wanted = ["libclang1-14", "mpich", "libmpich-dev"];
        assert_eq!(missing(&wanted, &|name| name.contains("mpich")), ["libclang1-14"]);
        assert_eq!(missing(&wanted, &|name| name == "mpich"), ["libclang1-14", "libmpich-dev"]);
        assert!(missing(&wanted, &|_| true).is_empty());
    }

    #[test]
    fn each_release_gets_its_own_clang() {
        let bookworm = "ID=debian\nVERSION_CODENAME=bookworm\n";
        assert_eq!(wanted(bookworm, false)[..2], *CLANG_14);
        assert_eq!(wanted("VERSION_CODENAME=\"jammy\"\n", false)[..2], *CLANG_14);
        for other in ["ID=debian\nVERSION_CODENAME=trixie\n", ""] {
            assert!(wanted(other, false).contains(&"libclang-dev"));
            assert!(!wanted(other, false).iter().any(|name| name.contains("14")));
        }
    }

    #[test]
    fn numpy_is_installed_only_where_no_python_has_it() {
        assert!(wanted("", true).contains(&"python3-numpy"));
        assert!(!wanted("", false).iter().any(|name| name.contains("python")));
    }

    #[test]
    fn other_systems_are_told_what_was_not_found() {
        assert_eq!(elsewhere(&|_| true), None);
        let told = elsewhere(&|program| program.ends_with("openmpi")).unwrap();
        assert!(told.contains("mpirun.mpich") && !told.contains("mpirun.openmpi"), "{told}");
    }
}
