//! Descriptions of distributions as text, so that changes of it mean something.

use distarray_core::Result;
use distarray_core::dist::{Dist, Distribution};

/// What a distribution is built from.
#[derive(Clone, Debug, Default)]
pub(super) struct Description {
    pub(super) shape: Vec<usize>,
    pub(super) size: usize,
    dists: Option<String>,
    grid: Option<Vec<usize>>,
    ranks: Option<Vec<usize>>,
    halos: usize,
    steps: Vec<Step>,
}

#[derive(Clone, Debug)]
enum Step {
    Axis(usize, Dist),
    Halo(usize, usize, usize),
    Boundary(usize, usize, usize),
    Periodic(usize),
}

/// Reads the kinds from the first line, and from each other line a word and numbers:
/// `shape`, `grid`, `ranks`, `size` and `halos`, and of an axis `halo`, `boundary`, `periodic`,
/// `irregular` (bounds) and `unstructured` (lists, between slashes). Anything else is passed over.
pub(super) fn read(text: &str) -> Description {
    let mut lines = text.lines();
    let dists = lines.next().filter(|line| !line.is_empty()).map(str::to_owned);
    let mut description = Description { dists, size: 1, ..Description::default() };
    for line in lines {
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        description.take(word, rest);
    }
    description
}

fn numbers(text: &str) -> Vec<usize> {
    text.split_whitespace().filter_map(|number| number.parse().ok()).collect()
}

impl Description {
    fn take(&mut self, word: &str, rest: &str) {
        let given = numbers(rest);
        match (word, &given[..]) {
            ("shape", _) => self.shape = given,
            ("grid", _) => self.grid = Some(given),
            ("ranks", _) => self.ranks = Some(given),
            ("size", &[size, ..]) => self.size = size,
            ("halos", &[width, ..]) => self.halos = width,
            ("halo", &[axis, low, high, ..]) => self.steps.push(Step::Halo(axis, low, high)),
            ("boundary", &[axis, low, high, ..]) => {
                self.steps.push(Step::Boundary(axis, low, high));
            }
            ("periodic", &[axis, ..]) => self.steps.push(Step::Periodic(axis)),
            ("irregular", [axis, bounds @ ..]) => {
                self.steps.push(Step::Axis(*axis, Dist::irregular(bounds)));
            }
            ("unstructured", &[axis, ..]) => {
                let lists = rest.split_once(' ').map_or("", |(_, lists)| lists);
                let lists: Vec<_> = lists.split('/').map(numbers).collect();
                self.steps.push(Step::Axis(axis, Dist::unstructured(lists)));
            }
            _ => {}
        }
    }

    pub(super) fn with_grid(self, grid: &[usize]) -> Self {
        Self { grid: Some(grid.to_vec()), ..self }
    }

    pub(super) fn build(&self) -> Result<Distribution> {
        let mut builder = Distribution::builder(&self.shape).halos(self.halos);
        if let Some(dists) = &self.dists {
            builder = builder.dists(dists);
        }
        if let Some(grid) = &self.grid {
            builder = builder.grid(grid);
        }
        if let Some(ranks) = &self.ranks {
            builder = builder.ranks(ranks.iter().copied());
        }
        for step in self.steps.iter().cloned() {
            builder = match step {
                Step::Axis(axis, dist) => builder.axis(axis, dist),
                Step::Halo(axis, low, high) => builder.halo(axis, low, high),
                Step::Boundary(axis, low, high) => builder.boundary(axis, low, high),
                Step::Periodic(axis) => builder.periodic(axis),
            };
        }
        builder.build(self.size)
    }
}
