//! The example `convert`: from every format to every other without a change, and one message and code
//! 1 for what cannot be converted.

use std::fs;
use std::path::{Path, PathBuf};

use crate::place::Place;
use crate::report::Outcome;

/// The array that goes through all formats, and what is told of it where a format does not.
const ORIGINAL: &str = "examples/data/jacksboro_fault_dem.npy";
const DTYPE: &[&str] = &["--dtype", "int16"];
const SHAPE: &[&str] = &["--shape", "344,403"];

/// What cannot be converted, and what the message says of it.
const REFUSED: &[(&str, &str)] = &[
    ("none.npy out.npy", "none.npy: cannot be opened: "),
    ("a.npy out.xyz", "out.xyz: is of no known format"),
    ("a.npy a.npy", "a.npy: is the input"),
    ("a.npz:x a.npz:y", "a.npz: is the input"),
    ("a.dnpy a.dnpy", "a: is the input"),
    ("a.npy out.npy --slice 0:1,2,3", "a slice of 3 axes"),
    ("a.npy out.npy --dtype number", "unknown dtype 'number'"),
    ("a.npy out.npy --memory 10", "10 bytes a rank are not enough"),
    ("a.npy out.npy --chunks 2,2", "chunks: [2, 2] cannot be had"),
    ("a.npy no/such/out.npy", "no/such/out.npy: cannot be created: "),
    ("a.npz:y out.npy", "'y'"),
    ("a.bin out.npy", "--dtype and --shape say"),
    ("a.npy", "INPUT and OUTPUT are two files, not 1"),
];

/// Runs the program between the formats that it was built with.
pub(crate) fn check(place: &Place, program: &Path, more: &[&str]) -> Outcome {
    let files: Vec<&str> =
        ["a.npy", "a.npz:x", "a.csv", "a.bin", "a.dnpy"].iter().chain(more).copied().collect();
    println!("$ {} between {}", program.display(), files.join(" "));
    let folder = place.target.join("convert");
    let _ = fs::remove_dir_all(&folder);
    let run = Run { place, program, folder };
    match run.all(&files) {
        Ok(()) => Outcome::Passed,
        Err(why) => Outcome::Failed(format!("convert: {why}")),
    }
}

struct Run<'a> {
    place: &'a Place,
    program: &'a Path,
    folder: PathBuf,
}

impl Run<'_> {
    fn all(&self, files: &[&str]) -> Result<(), String> {
        let (from, to) = (self.folder.join("from"), self.folder.join("to"));
        for folder in [&from, &to] {
            fs::create_dir_all(folder).map_err(|error| error.to_string())?;
        }
        let original = self.place.root.join(ORIGINAL);
        let bytes = fs::read(&original).map_err(|error| error.to_string())?;
        for (turn, file) in files.iter().enumerate() {
            let ranks = turn % 3 + 1;
            self.succeed(&original, &from.join(file), Vec::new(), ranks)?;
            for other in files {
                let other = to.join(other);
                self.succeed(&from.join(file), &other, told(file), ranks)?;
                let back = to.join("back.npy");
                self.succeed(&other, &back, told(&other.to_string_lossy()), 4 - ranks)?;
                if fs::read(&back).map_err(|error| error.to_string())? != bytes {
                    return Err(format!("{file} to {} changed elements", other.display()));
                }
            }
        }
        REFUSED.iter().try_for_each(|(args, part)| self.fail(&from, args, part))
    }

    /// Converts in several pieces: a rank has 256 KiB at most.
    fn succeed(&self, from: &Path, to: &Path, told: Vec<&str>, ranks: usize) -> Result<(), String> {
        let mut command = self.place.command(self.program);
        command.arg(from).arg(to).args(told).args(["--memory", "256K", "--json"]);
        if [".h5", ".zarr"].iter().any(|end| to.to_string_lossy().contains(end)) {
            command.args(["--chunks", "100,100", "--compress", "gzip:1"]);
        }
        let output = command.args(["--ranks", &ranks.to_string()]).output();
        let output = output.map_err(|error| error.to_string())?;
        let (text, errors) =
            (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        match output.status.success()
            && text.contains("\"bytes\":277264,")
            && text.lines().count() == 1
        {
            true => Ok(()),
            false => Err(format!("{} to {}: {text}{errors}", from.display(), to.display())),
        }
    }

    /// Gets one message that has this part, the code 1, and no new file.
    fn fail(&self, folder: &Path, args: &str, part: &str) -> Result<(), String> {
        let files = || fs::read_dir(folder).map(Iterator::count).map_err(|error| error.to_string());
        let before = files()?;
        let mut command = self.place.command(self.program);
        command.current_dir(folder).args(["--ranks", "2"]).args(args.split(' '));
        let output =
            command.env_remove("RUST_BACKTRACE").output().map_err(|error| error.to_string())?;
        let errors = String::from_utf8_lossy(&output.stderr);
        let is_one = errors.lines().count() == 1 && errors.contains(part);
        match is_one && output.status.code() == Some(1) && files()? == before {
            true => Ok(()),
            false => Err(format!("convert {args}: {} and {errors}", output.status)),
        }
    }
}

/// What is told of a file that does not say it.
fn told(file: &str) -> Vec<&'static str> {
    match file {
        file if file.ends_with("csv") => DTYPE.to_vec(),
        file if file.ends_with("bin") => [DTYPE, SHAPE].concat(),
        _ => Vec::new(),
    }
}
