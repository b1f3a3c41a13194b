//! The shape of the code, as ARCHITECTURE.md tells it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// The layers of the core: a module uses only those on the lines above its own.
const LAYERS: &[&[&str]] = &[
    &["error", "digest"],
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

/// The code of a file: without comments, and without its unit tests, which may look up.
fn code(path: &Path) -> String {
    let text = fs::read_to_string(path).expect("a source is text");
    let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    text.lines().map(|line| line.split("//").next().unwrap_or_default().to_owned() + "\n").collect()
}

fn layer(module: &str) -> Option<usize> {
    LAYERS.iter().position(|modules| modules.contains(&module))
}

fn identifier(text: &str) -> String {
    text.trim_start().chars().take_while(|&c| c.is_alphanumeric() || c == '_').collect()
}

/// What stands in the braces at the start of a text, divided at its own commas.
fn in_braces(text: &str) -> Vec<String> {
    let (mut depth, mut items) = (0, vec![String::new()]);
    for c in text.chars() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 1 => items.push(String::new()),
            _ => items.last_mut().expect("there is one").push(c),
        }
        if depth == 0 {
            break;
        }
    }
    items
}

/// The names that some code takes from the crate's root, with their lines.
fn of_the_crate(code: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (at, _) in code.match_indices("crate::") {
        // A macro's `$crate` and another crate's name end in the same letters.
        if code[..at].ends_with(|c: char| c == '$' || c == '_' || c.is_alphanumeric()) {
            continue;
        }
        let line = code[..at].matches('\n').count() + 1;
        let rest = &code[at + "crate::".len()..];
        let names = match rest.starts_with('{') {
            true => in_braces(rest).iter().map(|item| identifier(item)).collect(),
            false => vec![identifier(rest)],
        };
        found.extend(names.into_iter().filter(|name| !name.is_empty()).map(|name| (line, name)));
    }
    found
}

/// The modules of the names that the crate's root hands on.
fn handed_on(lib: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for statement in lib.split("pub use ").skip(1) {
        let statement = statement.split(';').next().unwrap_or_default();
        let Some((module, names)) = statement.split_once("::") else { continue };
        let names = if names.starts_with('{') { in_braces(names) } else { vec![names.to_owned()] };
        found.extend(names.iter().map(|name| (identifier(name), module.trim().to_owned())));
    }
    found
}

#[test]
fn the_reader_of_sources_sees_what_is_used() {
    let code = "use crate::comm::{Run, copy};\nuse crate::{dist::{Axis, Dist}, ArrayRef};\nlet a = crate::ops::reduce();";
    let names: Vec<_> = of_the_crate(code);
    let expected = [(1, "comm"), (2, "dist"), (2, "ArrayRef"), (3, "ops")];
    assert_eq!(names, expected.map(|(line, name)| (line, name.to_owned())));
    assert!(of_the_crate("$crate::element, other_crate::ops").is_empty());
    let root = handed_on("pub use element::{Bits, Complex32};\npub use handle::ArrayRef;\n");
    assert_eq!(root["ArrayRef"], "handle");
    assert_eq!(root["Complex32"], "element");
}

#[test]
fn a_module_of_the_core_uses_only_the_layers_below_it() {
    let core = root().join("distarray-core/src");
    let handed_on = handed_on(&code(&core.join("lib.rs")));
    let mut wrong = Vec::new();
    for path in sources(&core) {
        let inside = path.strip_prefix(&core).expect("below the core");
        let first = inside.iter().next().expect("a file has a name").to_string_lossy();
        let module = first.trim_end_matches(".rs");
        if module == "lib" {
            continue;
        }
        let own = layer(module).unwrap_or_else(|| panic!("'{module}' stands in no layer"));
        for (line, name) in of_the_crate(&code(&path)) {
            let other = handed_on.get(&name).unwrap_or(&name);
            if other != module && layer(other).is_some_and(|other| other >= own) {
                wrong.push(format!("{}:{line}: {module} uses {other}", inside.display()));
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
fn the_core_and_the_files_name_no_backend() {
    for package in ["distarray-core", "distarray-io", "distarray-protocol"] {
        for path in sources(&root().join(package).join("src")) {
            let code = code(&path);
            for backend in ["distarray_threads", "distarray_mpi", "mpi::", "std::thread::spawn"] {
                assert!(!code.contains(backend), "{} names {backend}", path.display());
            }
        }
    }
}

#[test]
fn nobody_uses_hash_maps() {
    let (map, set) = (["Hash", "Map"].concat(), ["Hash", "Set"].concat());
    for path in sources(root()) {
        let code = code(&path);
        assert!(!code.contains(&map) && !code.contains(&set), "{}", path.display());
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
