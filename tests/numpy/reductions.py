"""Compares reductions, scans and statistics with NumPy's, on all element types.

    python3 tests/numpy/reductions.py target/release/examples/reductions

Arrays are random ones, ones with special values, empty ones, and, for statistics, small numbers that are often
equal. Types of results have to be NumPy's, integers equal, floating-point numbers within a bound that is stated
below, and where NumPy refuses so does ours. Ends with exit code 1, after all differences.
"""

import math
import os
import subprocess
import sys
import tempfile
import warnings

import numpy as np

RNG = np.random.default_rng(23)
QUANTILES = [0.0, 0.1, 0.25, 0.5, 0.73, 1.0]
EDGES = np.array([-20.0, -3.0, 0.0, 0.0, 7.5, 20.0])
HEIGHTS = np.array([0.5, -1.0, 2.0, 3.0, 1e3, 7.0])
TYPES = [np.bool_, np.int8, np.int16, np.int32, np.int64, np.uint8, np.uint16, np.uint32, np.uint64,
         np.float32, np.float64, np.complex64, np.complex128]

# Types that differ by design, by function: (ours, why).
DTYPES = {
    "count": ("uint64", "a number of elements is not negative"),
    "quantile": ("float64", "order statistics, of float32 also, are in double precision"),
    "nanquantile": ("float64", "as quantile"),
    "edges": ("float64", "edges, of float32 also, are in double precision"),
    "interp": ("float64", "NumPy's is that"),
    "cov": (None, "in double precision, as NumPy's"),
    "average": ("double", "averages, of float32 also, are in double precision"),
    "weights": ("float64", "as average"),
    "vdot": (None, "integers widen to 64 bits as in sums; NumPy's wrap in their type"),
}

REFUSED = ["min", "max", "argmin", "argmax", "nanargmin", "nanargmax"]

# What there has to be a result of.
NAMES = """
    sum prod mean var std var_ddof std_ddof count any all nansum nanprod nanmean nanvar nanstd cumsum cumprod nancumsum
    nancumprod min max argmin argmax nanmin nanmax nanargmin nanargmax cummax cummin norm diff diff2 diff_ends vdot cov
    cov_ddof0 cov_two corrcoef cov_fweights cov_aweights average average_kept weights sum_where mean_where var_where ptp quantile nanquantile histogram_edges digitize digitize_right
    interp histogram edges density bincount bincount_weighted
""".split()

# Values that differ by design, with reasons:
#   sums of zeros that are all negative are positive zero; minima of two zeros are either: so the signs of zeros
#     are not compared.
#   sums, means, variances and norms are exact and rounded once, NumPy's is not: the error bound is NumPy's.
#   histograms and quantiles of float32 are those of the same numbers in double precision.
#   quantiles that are an element are that, where NumPy's line to an infinite neighbour is NaN.
#   products of complex numbers that are not finite: C99's Annex G leaves the parts open.

# Bounds, in units of the result's epsilon, times the magnitude of what is added (or of the result, of products).
BOUND = 64


def shapes(case):
    return {"plain": (37, 23), "special": (6, 9), "infinite": (6, 9), "empty": (0, 3), "thin": (1, 5), "small": (5, 41),
            "line": (60,)}[case]


def array(case, dtype):
    shape, kind = shapes(case), np.dtype(dtype).kind
    if kind == "b":
        return RNG.random(shape) < (0.9 if case == "thin" else 0.5)
    if kind in "iu":
        info = np.iinfo(dtype)
        if case in ("small", "line"):
            return RNG.integers(0 if case == "line" else max(info.min, -9), 14, shape).astype(dtype)
        return RNG.integers(info.min, info.max, shape, dtype=dtype, endpoint=True)
    part = lambda: RNG.standard_normal(shape) * np.exp2(RNG.integers(-12, 12, shape))
    if case in ("small", "line"):
        part = lambda: RNG.integers(-40, 40, shape) / 4
    values = np.array([0.0, -0.0, 1.0, -2.5, 3.0, 1e-15, 1e15, -np.inf, np.inf, np.inf, np.nan, np.nan])
    if case == "infinite":
        part = lambda: RNG.choice(values[:-2], shape)
    if case == "special":
        part = lambda: np.concatenate([
            RNG.choice(values, (3, 9)), np.full((1, 9), np.nan), RNG.choice(values[:5], (2, 9))])
    if kind == "c":
        return (part() + 1j * part()).astype(dtype) if case not in ("special", "infinite") else np.where(
            np.isnan(part()), np.nan, np.nan_to_num(part(), posinf=2, neginf=0.5)).astype(dtype)
    return part().astype(dtype)


def double(a):
    """Elements in double precision, for what is computed in it."""
    return a.astype(np.complex128 if a.dtype.kind == "c" else np.float64)


def expected(function, axis, a, case):
    """NumPy's result, in an array."""
    name, *of = function.split(":")
    skip = name.startswith("nan")
    if name.removeprefix("nan") == "quantile":
        judge = np.nanquantile if skip else np.quantile
        return judge(double(a), QUANTILES[int(of[1])], axis=axis, method=of[0])
    if name == "histogram":
        return np.histogram(double(a) if a.dtype.kind == "f" else a, bins=int(of[0]))[0]
    if name == "edges":
        return np.histogram(double(a) if a.dtype.kind == "f" else a, bins=int(of[0]))[1]
    if name == "norm":
        flat = double(a).ravel() if a.dtype.kind in "iub" else a.ravel()
        return np.linalg.norm(flat) if axis is None else np.linalg.norm(a, axis=axis)
    weights = np.arange(a.shape[-1], dtype=np.int32) % 4
    special = {
        "count": lambda: np.count_nonzero(a, axis=axis),
        "var_ddof": lambda: np.var(a, axis=axis, ddof=1),
        "std_ddof": lambda: np.std(a, axis=axis, ddof=2),
        "cummax": lambda: np.maximum.accumulate(a, axis=axis),
        "cummin": lambda: np.minimum.accumulate(a, axis=axis),
        "diff": lambda: np.diff(a, axis=axis),
        "diff2": lambda: np.diff(a, n=2, axis=axis),
        "diff_ends": lambda: np.diff(a, axis=axis, prepend=a.dtype.type(0), append=a),
        "sum_where": lambda: np.sum(a, axis=axis, where=weights != 0),
        "mean_where": lambda: np.mean(a, axis=axis, where=weights != 0),
        "var_where": lambda: np.var(a, axis=axis, where=weights != 0),
        "vdot": lambda: np.vdot(widened(a), widened(a)),
        "cov": lambda: np.atleast_2d(np.cov(a, rowvar=axis == 1)),
        "cov_ddof0": lambda: np.atleast_2d(np.cov(a, ddof=0)),
        "cov_two": lambda: np.cov(a, a[::-1]),
        "corrcoef": lambda: np.atleast_2d(np.corrcoef(a)),
        "cov_fweights": lambda: np.cov(a, fweights=weights),
        "cov_aweights": lambda: np.cov(a, aweights=weights),
        "average": lambda: np.average(double(a), axis=1, weights=weights),
        "average_kept": lambda: np.average(double(a), axis=1, weights=weights, keepdims=True),
        "weights": lambda: np.average(double(a), axis=1, weights=weights.astype(float), returned=True)[1].real,
        "histogram_edges": lambda: np.histogram(a, bins=EDGES)[0],
        "digitize": lambda: np.digitize(a, EDGES),
        "digitize_right": lambda: np.digitize(a, EDGES, right=True),
        "interp": lambda: np.interp(a, EDGES, HEIGHTS),
        "density": lambda: np.histogram(double(a), 7, range=(-5, 9), weights=np.abs(double(a)), density=True)[0],
        "bincount": lambda: np.bincount(a.astype(np.int64), minlength=20),
        "bincount_weighted": lambda: np.bincount(a.astype(np.int64), weights=a),
    }
    return special[name]() if name in special else getattr(np, name)(a, axis=axis)


def widened(a):
    return a.astype({"i": np.int64, "u": np.uint64}.get(a.dtype.kind, a.dtype))


def dtype_of(function, a, theirs):
    name = function.split(":")[0].split("_")[0]
    ours = DTYPES.get(name, (None,))[0]
    return {None: theirs.dtype, "double": double(a[:0]).dtype}.get(ours) or np.dtype(ours)


def magnitude(function, axis, a, theirs):
    """What rounding is measured by: the size of what is added up, for each result."""
    name = function.split(":")[0].removeprefix("nan")
    size = np.abs(theirs)
    with np.errstate(all="ignore"):
        parts = np.nan_to_num(np.abs(double(a)), posinf=0)
        if name in ("sum", "sum_where"):
            return np.maximum(size, parts.sum(axis=axis))
        if name == "cumsum":
            return np.maximum(size, parts.cumsum(axis=axis))
        if name in ("mean", "mean_where"):
            return np.maximum(size, parts.mean(axis=axis) if a.size else 0)
        if name.split("_")[0] in ("var", "cov", "average"):
            return np.maximum(size, np.max(parts, initial=0) ** (1 if name.startswith("average") else 2))
        if name.split("_")[0] == "std":
            # The root of a small difference.
            return np.maximum(size, np.max(parts, initial=0))
        if name in ("quantile", "interp"):
            return np.maximum(size, np.max(parts, initial=0) if name == "quantile" else 1e3)
    return np.maximum(size, 1.0) if name == "corrcoef" else size


def wrong(function, axis, a, ours, theirs):
    if ours.dtype.kind in "iub":
        return ours != theirs.astype(ours.dtype)
    finite = np.isfinite(theirs)
    if function.split(":")[0].removeprefix("nan") in ("prod", "cumprod") and ours.dtype.kind == "c":
        return finite & far(function, axis, a, ours, theirs)
    same = (ours == theirs) | (np.isnan(ours) & np.isnan(theirs))
    if "quantile" in function:
        same |= np.isnan(theirs) & np.isin(ours, a)
    return np.where(finite, far(function, axis, a, ours, theirs), ~same)


def far(function, axis, a, ours, theirs):
    exact = function.removeprefix("nan") in ("min", "max", "ptp", "cummax", "cummin", "diff", "diff2")
    # NumPy accumulates in the elements' type; results of float32 in double precision are compared as such.
    of = [x.dtype for x in (ours, theirs, a) if x.dtype.kind in "fc"]
    within_type = function.split(":")[0] in ("quantile", "nanquantile", "cov", "corrcoef", "average", "average_kept", "density")
    eps = max(np.finfo(x).eps for x in (of[:1] if within_type else of))
    bound = 0 if exact else BOUND * eps * magnitude(function, axis, a, theirs)
    with np.errstate(all="ignore"):
        return (np.abs(ours - theirs) > bound) & (ours != theirs)


def exact_sum(a, axis):
    """Sums of floating-point numbers, rounded once; None where elements are not finite."""
    if a.dtype.kind != "f" or not np.isfinite(a).all() or a.size == 0:
        return None
    if axis is None:
        return np.array([math.fsum(double(a).ravel())]).astype(a.dtype)
    return np.apply_along_axis(math.fsum, axis, double(a)).astype(a.dtype)


def judge(folder, case, dtype, a, functions):
    """Differences, and how many functions were compared."""
    failures, count = 0, 0
    for function, axis in functions:
        what = f"{function}@{'all' if axis is None else axis}-{case}-{np.dtype(dtype).name}"
        file = os.path.join(folder, what + ".npy")
        ours = np.load(file) if os.path.exists(file) else None
        try:
            with np.errstate(all="ignore"):
                theirs = np.atleast_1d(expected(function, axis, a, case))
        except (ValueError, ZeroDivisionError):
            theirs = None
        count += 1
        if ours is None or theirs is None:
            if ours is not theirs:
                failures += 1
                print(f"{what}: refused by {'us' if ours is None else 'NumPy'} only")
            continue
        ours = np.atleast_1d(ours)
        wanted = dtype_of(function, a, theirs)
        if ours.dtype != wanted or ours.shape != theirs.shape:
            failures += 1
            print(f"{what}: {ours.dtype} {ours.shape}, NumPy's is {theirs.dtype} {theirs.shape}")
            continue
        bad = np.argwhere(wrong(function, axis, a, ours, theirs))
        sums = exact_sum(a, axis) if function == "sum" else None
        if sums is not None:
            bad = np.argwhere(ours != sums)
        if len(bad):
            failures += 1
            print(f"{what}: {len(bad)} of {ours.size} differ")
            for at in map(tuple, bad[:3]):
                print(f"    {at}: {ours[at]!r}, NumPy's is {theirs[at]!r}")
    return failures, count


def functions(folder, case, dtype, a):
    """What is compared of an array: each function and axis that any array of the type has a result of."""
    suffix = f"-{np.dtype(dtype).name}.npy"
    found = set()
    for file in os.listdir(folder):
        if not file.endswith(suffix) or "@" not in file:
            continue
        function, rest = file.removesuffix(suffix).split("@")
        axis, of = rest.split("-")
        if of == case:
            found.add((function, None if axis == "all" else int(axis)))
    # Also those that are refused.
    for name in REFUSED:
        if np.dtype(dtype).kind != "c":
            found |= {(name, axis) for axis in [None, *range(a.ndim)]}
    return sorted(found, key=str)


def main():
    if int(np.__version__.split(".")[0]) < 2:
        print(f"SKIPPED: NumPy {np.__version__} has other rules; this compares with those of NumPy 2")
        return 0
    cases = ["plain", "special", "infinite", "empty", "thin", "small", "line"]
    with tempfile.TemporaryDirectory() as folder:
        arrays = {}
        for dtype in TYPES:
            for case in cases:
                a = arrays[dtype, case] = array(case, dtype)
                np.save(os.path.join(folder, f"{case}-{np.dtype(dtype).name}.npy"), a)
        subprocess.run([sys.argv[1], folder], check=True, timeout=300)
        warnings.simplefilter("ignore")
        results = []
        absent = set(NAMES)
        for (dtype, case), a in arrays.items():
            known = functions(folder, case, dtype, a)
            absent -= {function.split(":")[0] for function, _ in known}
            results.append(judge(folder, case, dtype, a, known))
    failures, count = (sum(column) for column in zip(*results))
    if absent:
        failures += 1
        print(f"no results of {', '.join(sorted(absent))}")
    print(f"{count} results of {len(TYPES)} dtypes compared with NumPy {np.__version__}: {failures} differ")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
