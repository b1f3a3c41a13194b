//! The step `large`: more than 2^31 and 2^32 elements, for real.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use crate::place::Place;
use crate::report::Outcome;
use crate::steps::{PACKAGES, all, describe};

/// How a test begins to tell that the machine has no room for it.
const SKIPPED: &str = "SKIPPED ";

/// Runs the tests; a skip where the machine has no room for some of them.
pub(crate) fn large(place: &Place) -> Outcome {
    let tests = format!("test {PACKAGES} --test large");
    // Apart, so that cargo can draw its progress.
    let built = all([place.cargo(&format!("{tests} --no-run"))]);
    if built != Outcome::Passed {
        return built;
    }
    let mut command = place.cargo(&format!("{tests} -- --ignored"));
    // glibc then asks for huge pages: half of the time would go by in page faults.
    command.env("GLIBC_TUNABLES", "glibc.malloc.hugetlb=1");
    let text = describe(&command);
    println!("$ {text}");
    match listen(&mut command) {
        Ok((true, skips)) if skips.is_empty() => Outcome::Passed,
        Ok((true, skips)) => Outcome::Skipped(skips.join("; ")),
        Ok((false, _)) => Outcome::Failed(text),
        Err(error) => Outcome::Failed(format!("{text} ({error})")),
    }
}

/// Runs a command and passes on what it tells; whether it succeeded, and what it skipped.
fn listen(command: &mut Command) -> std::io::Result<(bool, Vec<String>)> {
    let mut child = command.stderr(Stdio::piped()).spawn()?;
    let mut skips = Vec::new();
    if let Some(pipe) = child.stderr.take() {
        for line in BufReader::new(pipe).lines() {
            let line = line?;
            eprintln!("{line}");
            skips.extend(line.strip_prefix(SKIPPED).map(str::to_owned));
        }
    }
    Ok((child.wait()?.success(), skips))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_skipped_is_heard() {
        let heard = |script: &str| listen(Command::new("sh").args(["-c", script])).unwrap();
        assert_eq!(heard("echo out; echo well >&2"), (true, vec![]));
        let told = "echo SKIPPED mails: no memory >&2; echo 'SKIPPED files: no disk' >&2";
        let skips = ["mails: no memory", "files: no disk"].map(str::to_owned).to_vec();
        assert_eq!(heard(told), (true, skips));
        assert_eq!(heard("exit 1"), (false, vec![]));
    }
}
