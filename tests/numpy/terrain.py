"""Compares the example `terrain` with NumPy.

    python3 tests/numpy/terrain.py target/release/examples/terrain
    python3 tests/numpy/terrain.py target/release/examples/terrain --launch "mpirun -n {ranks}"

Without a launcher, `--ranks` starts threads. Ends with exit code 1 at the first difference.
"""

import argparse
import json
import os
import shlex
import subprocess
import sys
import tempfile

import numpy as np

DEM = os.path.join(os.path.dirname(__file__), "../../examples/data/jacksboro_fault_dem.npy")
DISTS = ["b,n", "n,b", "b,b", "c,b", "c:3,c:2"]


def expected(cells):
    z = cells.astype(np.float64)
    south, east = np.gradient(z)
    slope = np.hypot(south, east)
    report = {
        "shape": list(cells.shape),
        "dtype": cells.dtype.newbyteorder("=").name,
        "min": cells.min().item(),
        "max": cells.max().item(),
        "mean": z.mean(),
        "std": z.std(),
        "slope_mean": slope.mean(),
        "slope_max": slope.max(),
        "above_mean": int((z > z.mean()).sum()),
    }
    return report, slope


class Checker:
    def __init__(self, binary, launch):
        self.binary = binary
        self.launch = launch
        self.runs = 0

    def command(self, ranks, args):
        if self.launch:
            return shlex.split(self.launch.format(ranks=ranks)) + [self.binary] + args
        return [self.binary, "--ranks", str(ranks)] + args

    def run(self, ranks, args):
        self.runs += 1
        command = self.command(ranks, args)
        done = subprocess.run(command, capture_output=True, text=True, timeout=120)
        return command, done

    def agrees(self, path, cells, ranks, dist, folder):
        report, slope = expected(cells)
        slope_file = os.path.join(folder, "slope.npy")
        png_file = os.path.join(folder, "shade.png")
        args = ["--input", path, "--dist", dist, "--json", "--slope", slope_file, "--png", png_file]
        command, done = self.run(ranks, args)
        where = f"{shlex.join(command)}\n{done.stdout}{done.stderr}"
        assert done.returncode == 0, f"exit code {done.returncode}: {where}"
        lines = done.stdout.splitlines()
        assert len(lines) == 1, f"one line of JSON: {where}"
        found = json.loads(lines[0])
        assert list(found) == [
            "backend", "ranks", "shape", "dtype", "min", "max", "mean", "std",
            "slope_mean", "slope_max", "above_mean",
        ], where
        assert found["ranks"] == ranks, where
        assert found["backend"] == ("mpi" if self.launch else "threads"), where
        for key, value in report.items():
            if key in ("mean", "std", "slope_mean", "slope_max"):
                same = np.isclose(found[key], value, rtol=1e-12, atol=0)
            else:
                same = found[key] == value
            assert same, f"{key}: {found[key]} where NumPy has {value}: {where}"
        written = np.load(slope_file)
        assert written.dtype == np.float64 and written.shape == slope.shape, where
        assert np.allclose(written, slope, rtol=1e-15, atol=0), f"slope differs: {where}"
        assert open(png_file, "rb").read(8) == b"\x89PNG\r\n\x1a\n", where
        leftovers = [name for name in os.listdir(folder) if name.endswith(".tmp")]
        assert not leftovers, f"{leftovers} left behind: {where}"

    def refuses(self, ranks, args, *words):
        """The program ends with exit code 1 and one message that has all the words."""
        command, done = self.run(ranks, args)
        where = f"{shlex.join(command)}\n{done.stdout}{done.stderr}"
        assert done.returncode == 1, f"exit code {done.returncode}: {where}"
        assert "panicked" not in done.stderr, where
        messages = [line for line in done.stderr.splitlines() if line.startswith("Error: ")]
        assert len(messages) == 1, f"one message: {where}"
        for word in words:
            assert word in messages[0], f"no '{word}' in the message: {where}"
        assert done.stdout == "", where


def files_of_every_kind(checker, folder, ranks):
    rng = np.random.default_rng(7)
    base = rng.integers(0, 100, (23, 17))
    for name in ["i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f4", "f8"]:
        for order in "<>":
            for fortran in (False, True):
                cells = np.array(base, dtype=order + name, order="F" if fortran else "C")
                path = os.path.join(folder, "cells.npy")
                np.save(path, cells)
                for dist in DISTS[-3:]:
                    checker.agrees(path, cells, ranks, dist, folder)


def bad_input(checker, folder, ranks):
    def saved(name, cells):
        path = os.path.join(folder, name)
        np.save(path, cells)
        return path

    def raw(name, content):
        path = os.path.join(folder, name)
        with open(path, "wb") as file:
            file.write(content)
        return path

    good = open(DEM, "rb").read()
    checker.refuses(ranks, ["--input", os.path.join(folder, "no.npy")], "no.npy")
    checker.refuses(ranks, ["--input", folder], folder)
    checker.refuses(ranks, ["--input", raw("short.npy", good[:-100])], "short.npy")
    checker.refuses(ranks, ["--input", raw("head.npy", good[:20])], "head.npy")
    checker.refuses(ranks, ["--input", raw("none.npy", b"")], "none.npy")
    checker.refuses(ranks, ["--input", raw("text.npy", b"elevation,1\n" * 20)], "text.npy")
    lies = good.replace(b"(344, 403)", b"(944, 403)")
    checker.refuses(ranks, ["--input", raw("lies.npy", lies)], "lies.npy")
    huge = good.replace(b"'shape': (344, 403), }          ", b"'shape': (9999999999, 9999999999), }"[:32])
    checker.refuses(ranks, ["--input", raw("huge.npy", huge)], "huge.npy")
    objects = good.replace(b"'<i2'", b"'|O' ")
    checker.refuses(ranks, ["--input", raw("objects.npy", objects)], "objects.npy", "descr")
    checker.refuses(ranks, ["--input", saved("one.npy", np.arange(5.0))], "one.npy", "[5]")
    checker.refuses(ranks, ["--input", saved("three.npy", np.zeros((2, 3, 4)))], "three.npy", "[2, 3, 4]")
    checker.refuses(ranks, ["--input", saved("thin.npy", np.zeros((1, 9)))], "thin.npy", "[1, 9]")
    checker.refuses(ranks, ["--input", saved("empty.npy", np.zeros((0, 9)))], "empty.npy", "[0, 9]")
    checker.refuses(ranks, ["--input", saved("z.npy", np.zeros((5, 5), "c16"))], "z.npy", "complex128")
    for dist in ["x,b", "b,b,b", "c:0,b", "c:x,b", "b;b", ""]:
        if dist:
            checker.refuses(ranks, ["--dist", dist], dist.split(",")[0])
    checker.refuses(ranks, ["--slope", os.path.join(folder, "no/where.npy")], "no/where.npy")
    checker.refuses(ranks, ["--png", os.path.join(folder, "no/where.png")], "no/where.png")
    checker.refuses(ranks, ["--slope", folder], folder)
    checker.refuses(ranks, ["--colour"], "--colour")
    if not checker.launch:
        checker.refuses(0, [], "ranks")
        checker.refuses("many", [], "many")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binary")
    parser.add_argument("--launch", help="the launcher's command, with {ranks}")
    parser.add_argument("--ranks", default="1,2,3,5,7")
    options = parser.parse_args()
    ranks = [int(n) for n in options.ranks.split(",")]
    checker = Checker(os.path.abspath(options.binary), options.launch)
    with tempfile.TemporaryDirectory() as folder:
        dem = np.load(DEM)
        few = os.path.join(folder, "few.npy")
        np.save(few, dem[:3, :40])
        for count in ranks:
            for dist in DISTS:
                checker.agrees(DEM, dem, count, dist, folder)
                checker.agrees(few, dem[:3, :40], count, dist, folder)
        files_of_every_kind(checker, folder, ranks[min(2, len(ranks) - 1)])
        bad_input(checker, folder, ranks[min(2, len(ranks) - 1)])
    print(f"terrain agrees with NumPy in {checker.runs} runs")


if __name__ == "__main__":
    try:
        main()
    except AssertionError as error:
        sys.exit(f"terrain differs from NumPy: {error}")
