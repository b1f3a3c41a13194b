#!/usr/bin/env python3
"""NumPy's times for the bench group `random`: one process, one core.

Prints one line of JSON a measurement, with the names of the group's lines; arguments are the names of those
that are wanted, else all are. Run it with a Python that has NumPy, and `cargo xtask bench random --json FILE`
beside it.
"""

import json
import statistics
import sys
import time

import numpy as np


def median_seconds(run, rounds=7):
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def report(op, n, run, rounds=7, item=8):
    """Measures a run, unless other ones were asked for."""
    if sys.argv[1:] and op not in sys.argv[1:]:
        return
    seconds = median_seconds(run, rounds)
    line = {"op": op, "n": n, "ranks": 1, "backend": "numpy", "median_s": seconds}
    print(json.dumps(line | {"gbps": round(n * item / seconds / 1e9, 3)}))


def pi(rng, samples):
    x, y = rng.random(samples), rng.random(samples)
    return 4 * np.count_nonzero(x * x + y * y < 1.0) / samples


def pi_in_pieces(rng, samples, piece=1 << 15):
    """As a careful user writes it: arrays that stay in the cache."""
    inside = 0
    for start in range(0, samples, piece):
        n = min(piece, samples - start)
        x, y = rng.random(n), rng.random(n)
        inside += np.count_nonzero(x * x + y * y < 1.0)
    return 4 * inside / samples


def main():
    rng = np.random.default_rng(1)
    n = 32_768
    out = np.empty(n)
    single = np.empty(n, np.float32)
    means = np.linspace(-1.0, 1.0, n)
    laws = {
        "uniform f64": lambda: rng.random(out=out),
        "normal f64": lambda: rng.standard_normal(out=out),
        "normal f64, means": lambda: rng.normal(means, 1.0),
        "exponential f64": lambda: rng.standard_exponential(out=out),
        "integers i64": lambda: rng.integers(0, 1000, n),
        "gamma(2.5)": lambda: rng.standard_gamma(2.5, n),
        "beta(2, 3)": lambda: rng.beta(2.0, 3.0, n),
        "poisson(20)": lambda: rng.poisson(20.0, n),
        "binomial(100, 0.4)": lambda: rng.binomial(100, 0.4, n),
    }
    for name, run in laws.items():
        report(name, n, run, 51)
    report("uniform f32", n, lambda: rng.random(out=single, dtype=np.float32), 51, 4)
    report("normal f32", n, lambda: rng.standard_normal(out=single, dtype=np.float32), 51, 4)
    report("integers u8", n, lambda: rng.integers(0, 100, n, np.uint8), 51, 1)
    report("permutation", 64 * n, lambda: rng.permutation(64 * n))
    samples = 100_000_000
    report("monte carlo pi", samples, lambda: pi(rng, samples), 5, 0)
    report("monte carlo pi in pieces", samples, lambda: pi_in_pieces(rng, samples), 3, 0)


if __name__ == "__main__":
    main()
