"""Compares every elementwise function with NumPy's, on all element types.

    python3 tests/numpy/ufuncs.py target/release/examples/ufuncs

Operands are special values, every pair of them, and random ones. Integers and truth values have to be
equal; so have real numbers where a function is exact, and their zeros' signs; other functions may differ by
some units in the last place. Ends with exit code 1, after all differences.
"""

import math
import os
import subprocess
import sys
import tempfile

import numpy as np

RNG = np.random.default_rng(12)
RANDOM = 4000

# Ours by NumPy's name, where that is another.
NAMES = {
    "abs": "absolute", "pow": "power", "eq": "equal", "ne": "not_equal", "lt": "less", "le": "less_equal",
    "gt": "greater", "ge": "greater_equal", "conj": "conjugate",
}

# Units in the last place that results may differ by; NumPy's own error is one of them, or more. All that
# is not listed is exact.
ULPS = dict.fromkeys(
    "exp exp2 expm1 log log2 log10 log1p sin cos tan arcsin arccos arctan sinh cosh tanh arcsinh arccosh "
    "arctanh cbrt pow float_power hypot arctan2".split(), 4)
ULPS |= {"erf": 4, "erfc": 5, "degrees": 2, "radians": 2}
# The gamma functions are libm's, ours and Python's of different makes.
ULPS |= {"gamma": 20}

# Errors relative to the magnitude of complex results, in units of the type's epsilon.
COMPLEX = 16

# What an absolute error is allowed of, for results that cancel: ours and NumPy's round an inner result.
ABSOLUTE = {"logaddexp": 4, "logaddexp2": 4, "sinc": 4, "lgamma": 20}

# Where ours differs by design: function, kinds of dtype, and why. The comparison is then with `OTHER`.
#   divide, integers: rounds towards zero and stays in the type, as Rust's `/`; NumPy gives float64.
#   pow, integers: NumPy refuses negative powers; ours gives 0, and 1 or -1 for those bases.
#   reciprocal, integers: of 0 is 0; NumPy's is whatever the processor gives.
#   minimum, maximum, fmin, fmax: of two zeros either; NumPy's depends on the place in the array.
#   isnan and so on of NaN's sign: NumPy's own NaNs have either sign, so signs of NaN are not compared.


def of_pairs(values, dtype):
    a, b = np.repeat(values, len(values)), np.tile(values, len(values))
    return a.astype(dtype), b.astype(dtype)


def integers(dtype):
    info = np.iinfo(dtype)
    values = {info.min, info.min + 1, info.max, info.max - 1, 0, 1, 2, 3, 5, 7, 8, 12, 15, 16, 31, 32, 63, 64, 65, 100}
    values |= {-v for v in values}
    values = np.array(sorted(v for v in values if info.min <= v <= info.max), dtype=dtype)
    a, b = of_pairs(values, dtype)
    draw = lambda: RNG.integers(info.min, info.max, RANDOM, dtype=dtype, endpoint=True)
    small = lambda: RNG.integers(0 if info.min == 0 else -9, 20, RANDOM).astype(dtype)
    return np.concatenate([a, draw(), draw(), small()]), np.concatenate([b, draw(), small(), small()])


def specials(dtype):
    info = np.finfo(dtype)
    values = [0.0, 0.5, 0.75, 1.0, 1.5, 2.0, 2.5, 3.0, 4.5, 10.0, 1e10, info.eps, info.tiny, info.smallest_subnormal,
              info.max, np.inf, 1.0 - info.eps / 2, 1.0 + info.eps, math.pi / 2, 88.0, 710.0]
    values = np.array(values, dtype=dtype)
    return np.concatenate([values, -values, np.array([np.nan], dtype=dtype)])


def floats(dtype):
    a, b = of_pairs(specials(dtype), dtype)
    normal = lambda scale: (RNG.standard_normal(RANDOM) * scale).astype(dtype)
    reach = 30 if dtype == np.float32 else 290
    wide = lambda: normal(1) * 10.0 ** RNG.uniform(-reach, reach, RANDOM)
    unit = lambda: RNG.uniform(-1, 1, RANDOM)
    with np.errstate(all="ignore"):
        return (np.concatenate([a, normal(5), wide(), unit()]).astype(dtype),
                np.concatenate([b, normal(5), wide(), unit()]).astype(dtype))


def complexes(dtype):
    part = np.float32 if dtype == np.complex64 else np.float64
    values = np.array([0.0, 0.5, 1.0, 3.0, -0.0, -0.5, -1.0, -3.0], dtype=part)
    values = (values[:, None] + 0j * values).ravel().astype(dtype)
    values.imag = np.tile(np.array([0.0, 0.5, 1.0, 3.0, -0.0, -0.5, -1.0, -3.0], dtype=part), 8)
    a, b = of_pairs(values, dtype)
    draw = lambda: RNG.standard_normal(RANDOM) * 2 + 2j * RNG.standard_normal(RANDOM)
    return np.concatenate([a, draw()]).astype(dtype), np.concatenate([b, draw()]).astype(dtype)


def operands(dtype):
    if dtype == np.bool_:
        return np.array([0, 0, 1, 1], dtype=dtype), np.array([0, 1, 0, 1], dtype=dtype)
    kind = np.dtype(dtype).kind
    return {"i": integers, "u": integers, "f": floats, "c": complexes}[kind](dtype)


def scalar(function):
    """A function of Python's, by elements; None where it refuses, which is not compared."""

    def of(x):
        try:
            return function(float(x))
        except (ValueError, OverflowError):
            return None

    def over(a):
        values = [of(x) for x in a]
        known = np.array([v is not None for v in values])
        return np.array([v if v is not None else 0.0 for v in values]).astype(a.dtype), known

    return over


def expected(name, a, b):
    """NumPy's result, and where it is one."""
    known = np.ones(len(a), dtype=bool)
    integer = a.dtype.kind in "iu"
    if name == "log1p" and a.dtype == np.complex64:
        # NumPy's loses digits near zero; in double precision enough are left.
        return np.log1p(a.astype(np.complex128)).astype(np.complex64), known
    if name in ("erf", "erfc", "gamma", "lgamma"):
        return scalar(getattr(math, name))(a)
    if name == "divide" and integer:
        wide_a, wide_b = a.astype(object), b.astype(object)
        quotients = [0 if y == 0 else abs(x) // abs(y) * (1 if (x < 0) == (y < 0) else -1) for x, y in zip(wide_a, wide_b)]
        return np.array([q & (2 ** (8 * a.itemsize) - 1) for q in quotients], dtype=np.uint64).astype(a.dtype), known
    if name == "pow" and integer:
        known = b >= 0
        return np.power(a, np.where(known, b, 0).astype(b.dtype)), known
    if name == "reciprocal" and integer:
        known = a != 0
        return np.reciprocal(np.where(known, a, 1).astype(a.dtype)), known
    if name == "ldexp":
        return np.ldexp(a, (np.arange(len(a)) % 2200 - 1100).astype(np.int32)), known
    if name[-2:] in ("_0", "_1"):
        function = getattr(np, name[:-2])
        return (function(a, b) if name.startswith("divmod") else function(a))[int(name[-1])], known
    if name == "sinc":
        # Of what is infinite, also times pi, NumPy's is not a number; ours is the limit, zero.
        return np.sinc(a), np.isfinite(a * a.dtype.type(math.pi)) | np.isnan(a)
    if name in ("real", "imag", "angle"):
        return getattr(np, name)(a), known
    function = getattr(np, NAMES.get(name, name))
    two = getattr(function, "nin", 1) == 2
    return (function(a, b) if two else function(a)), known


def wrong(name, ours, theirs, a):
    """Where results are not what they should be."""
    if ours.dtype.kind in "iub":
        return ours != theirs
    if ours.dtype.kind == "c":
        part = np.finfo(ours.dtype)
        if name in ("add", "subtract", "conj", "negative"):
            return (ours.real != theirs.real) | (ours.imag != theirs.imag)
        finite = np.isfinite(theirs)
        close = np.abs(ours - theirs) <= COMPLEX * part.eps * np.maximum(np.abs(theirs), part.tiny)
        # What is infinite or not a number need not be so in the same part (C99's Annex G leaves that open).
        return np.where(finite, ~close, np.isfinite(ours))
    if name == "angle" or (name == "abs" and a.dtype.kind == "c"):
        ulps = 4
    else:
        ulps = ULPS.get(name, 0)
    nan = np.isnan(ours) != np.isnan(theirs)
    difference = np.abs(ours.astype(np.longdouble) - theirs)
    unit = np.spacing(np.abs(theirs))
    unit = np.where(np.isfinite(unit), unit, 0)
    allowed = ulps * unit.astype(np.longdouble)
    if name in ABSOLUTE:
        allowed = ABSOLUTE[name] * np.finfo(ours.dtype).eps * np.maximum(1.0, np.abs(theirs))
    if name == "ldexp":
        # NumPy rounds twice where the result is subnormal.
        allowed = np.where(np.abs(theirs) < np.finfo(ours.dtype).tiny, unit, 0)
    far = (difference > allowed) & (ours != theirs) & ~np.isnan(theirs)
    sign = (theirs == 0) & (ours == 0) & (np.signbit(ours) != np.signbit(theirs))
    if name in ("minimum", "maximum", "fmin", "fmax", *ABSOLUTE):
        sign[:] = False
    return nan | far | sign


def judge(folder, dtype, a, b):
    suffix = f"-{np.dtype(dtype).name}.npy"
    failures, count = 0, 0
    for file in sorted(os.listdir(folder)):
        name = file.removesuffix(suffix)
        if name == file or name in ("a", "b"):
            continue
        count += 1
        ours = np.load(os.path.join(folder, file))
        with np.errstate(all="ignore"):
            theirs, known = expected(name, a, b)
            if ours.dtype != theirs.dtype:
                print(f"{name} of {np.dtype(dtype)}: {ours.dtype}, NumPy's is {theirs.dtype}")
                failures += 1
                continue
            bad = np.flatnonzero(wrong(name, ours, theirs, a) & known)
        if len(bad):
            failures += 1
            print(f"{name} of {np.dtype(dtype)}: {len(bad)} differ")
            for i in bad[:: max(1, len(bad) // 4)][:4]:
                print(f"    {a[i]!r}, {b[i]!r}: {ours[i]!r}, NumPy's is {theirs[i]!r}")
    return failures, count


def main():
    if int(np.__version__.split(".")[0]) < 2:
        print(f"SKIPPED: NumPy {np.__version__} has other rules; this compares with those of NumPy 2")
        return 0
    types = [np.bool_, np.int8, np.int16, np.int32, np.int64, np.uint8, np.uint16, np.uint32, np.uint64,
             np.float32, np.float64, np.complex64, np.complex128]
    with tempfile.TemporaryDirectory() as folder:
        pairs = {}
        for dtype in types:
            pairs[dtype] = operands(dtype)
            for name, values in zip("ab", pairs[dtype]):
                np.save(os.path.join(folder, f"{name}-{np.dtype(dtype).name}.npy"), values)
        subprocess.run([sys.argv[1], folder], check=True, timeout=300)
        results = [judge(folder, dtype, *pairs[dtype]) for dtype in types]
    failures, count = (sum(column) for column in zip(*results))
    print(f"{count} functions of {len(types)} dtypes compared with NumPy {np.__version__}: {failures} differ")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
