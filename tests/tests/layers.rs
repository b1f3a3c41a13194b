//! The shape of the code, as ARCHITECTURE.md tells it.

use std::fs;
use std::path::{Path, PathBuf};

/// The layers of the core: a module uses only those above its line.
const LAYERS: &[&[&str]] = &[
    &["error"],
    &["element"],
    &["dist", "comm"],
    &["block"],
    &["handle"],
    &["exchange", "expr"],
    &["ops"],
    &["command"],
    &["array"],
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests lie in the workspace")
}

/// Every Rust file below a folder.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder of sources").flatten() {
        let path = entry.path();
        let name = entry.file_name();
        if path.is_dir() && name != "target" && !name.to_string_lossy().starts_with("target-") {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn layer(module: &str) -> Option<usize> {
    LAYERS.iter().position(|modules| modules.contains(&module))
}

/// The modules that a line names by `crate::`, but for names that stand in the crate's root.
fn used(line: &str) -> Vec<String> {
    let code = line.split("//").next().unwrap_or_default();
    let names = code.split("crate::").skip(1).map(|rest| {
        rest.chars().take_while(|c| c.is_ascii_lowercase() || *c == '_').collect::<String>()
    });
    names.filter(|name| layer(name).is_some()).collect()
}

#[test]
fn a_module_of_the_core_uses_only_the_layers_below_it() {
    let core = root().join("distarray-core/src");
    let mut wrong = Vec::new();
    for path in sources(&core) {
        let inside = path.strip_prefix(&core).expect("below the core");
        let first = inside.iter().next().expect("a file has a name").to_string_lossy();
        let module = first.trim_end_matches(".rs");
        if module == "lib" {
            continue;
        }
        let own = layer(module).unwrap_or_else(|| panic!("'{module}' stands in no layer"));
        let text = fs::read_to_string(&path).expect("a source is text");
        // Tests may look up.
        let text = text.split("#[cfg(test)]").next().unwrap_or_default();
        for (number, line) in text.lines().enumerate() {
            for other in used(line).into_iter().filter(|other| other != module) {
                if layer(&other) >= Some(own) {
                    wrong.push(format!(
                        "{}:{}: {module} uses {other}",
                        inside.display(),
                        number + 1
                    ));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// The crates of ours that a crate depends on, tests aside.
fn dependencies(package: &str) -> Vec<String> {
    let manifest = fs::read_to_string(root().join(package).join("Cargo.toml")).expect("a manifest");
    let section = manifest.split("[dependencies]").nth(1).unwrap_or_default();
    let section = section.split("\n[").next().unwrap_or_default();
    let names = section.lines().filter_map(|line| line.split(['.', ' ', '=']).next());
    names.filter(|name| name.starts_with("distarray")).map(str::to_owned).collect()
}

#[test]
fn crates_depend_downwards() {
    assert!(dependencies("distarray-protocol").is_empty());
    assert_eq!(dependencies("distarray-core"), ["distarray-protocol"]);
    assert_eq!(dependencies("distarray-threads"), ["distarray-core"]);
    assert_eq!(dependencies("distarray-mpi"), ["distarray-core"]);
    for name in dependencies("distarray-io") {
        assert!(["distarray-core", "distarray-protocol"].contains(&&*name), "io uses {name}");
    }
}

#[test]
fn files_hold_one_idea() {
    let long: Vec<_> = sources(root())
        .into_iter()
        .filter_map(|path| {
            let lines = fs::read_to_string(&path).expect("a source is text").lines().count();
            (lines > 600).then(|| format!("{} has {lines} lines", path.display()))
        })
        .collect();
    assert!(long.is_empty(), "\n{}", long.join("\n"));
}
