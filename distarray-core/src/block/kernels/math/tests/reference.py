"""Writes `reference.txt`: values of the functions, each the sum of two doubles, by mpmath.

The second one is 2^1000 times as large where the first is less than 2^-900.
"""

import random
import struct
import sys
from pathlib import Path

from mpmath import mp, mpf
import mpmath as m

mp.prec = 400
random.seed(20)
PI = float(mp.pi)
# Lines of each function; the first argument asks for others, to measure the bounds with more.
COUNT = int(sys.argv[1]) if len(sys.argv) > 1 else 100


def bits(x):
    return struct.pack(">d", x).hex()


def near(*centres, width=1e-3):
    return lambda: random.choice(centres) * (1 + random.uniform(-width, width))


def within(a, b):
    return lambda: random.uniform(a, b)


def sized(a, b, sign=True):
    """Numbers whose exponents of 2 are spread evenly."""
    return lambda: random.choice((1, -1) if sign else (1,)) * random.uniform(1, 2) * 2.0 ** random.uniform(a, b)


def quarters():
    return random.randrange(1, 2 ** random.randrange(1, 40)) * (PI / 2)


ANGLES = [within(-7, 7), sized(-30, 30), sized(30, 1022), quarters]

TAN_PI_8 = 2**0.5 - 1
UNIT = [within(-1, 1), sized(-60, -1), lambda: random.choice((1, -1)) * (1 - 2.0 ** random.uniform(-53, 0)),
        near(0.5, -0.5)]
HYPERBOLIC = [within(-2, 2), within(-710, 710), sized(-40, 0), within(700, 710.4)]

ONE = {
    "exp": (m.exp, [within(-1, 1), within(-700, 709), sized(-60, -1), within(-745, -708)]),
    "log": (m.log, [within(0.5, 2), near(1.0), sized(-1070, 1022, False), sized(-1074, -1022, False)]),
    "sin": (m.sin, ANGLES),
    "cos": (m.cos, ANGLES),
    "tan": (m.tan, ANGLES),
    "exp2": (lambda x: m.power(2, x), [within(-1, 1), within(-1020, 1023), sized(-60, -1), within(-1074, -1022)]),
    "expm1": (m.expm1, [within(-1, 1), within(-40, 709), sized(-60, -1), sized(-1074, -60), within(-2, 3)]),
    "log2": (lambda x: m.log(x) / m.log(2), [within(0.5, 2), near(1.0), sized(-1070, 1022, False), sized(-1074, -1022, False)]),
    "log10": (lambda x: m.log(x) / m.log(10), [within(0.5, 2), near(1.0), sized(-1070, 1022, False), sized(-1074, -1022, False)]),
    "log1p": (m.log1p, [within(-0.9, 2), sized(-60, -1), sized(-1074, -60), sized(0, 1022, False),
                        lambda: -1 + random.uniform(0, 1) * 2.0 ** random.uniform(-50, 0)]),
    "arcsin": (m.asin, UNIT),
    "arccos": (m.acos, UNIT),
    "arctan": (m.atan, [within(-3, 3), sized(-60, 60), near(1.0, -1.0, TAN_PI_8, 1 / TAN_PI_8), sized(-1074, 1022)]),
    "sinh": (m.sinh, HYPERBOLIC),
    "cosh": (m.cosh, HYPERBOLIC),
    "tanh": (m.tanh, [within(-1, 1), within(-22, 22), sized(-40, -1), sized(-1074, -40)]),
    "arcsinh": (m.asinh, [within(-3, 3), sized(-60, 60), sized(-1074, 1022)]),
    "arccosh": (m.acosh, [within(1, 3), sized(0, 1022, False), lambda: 1 + 2.0 ** random.uniform(-52, 0)]),
    "arctanh": (m.atanh, [within(-1, 1), sized(-60, -1), sized(-1074, -40),
                          lambda: random.choice((1, -1)) * (1 - 2.0 ** random.uniform(-53, 0))]),
    "cbrt": (lambda x: m.sign(x) * m.cbrt(abs(x)), [within(-8, 8), sized(-1022, 1022), sized(-1074, -1022)]),
    "erf": (m.erf, [within(-1, 1), within(-6, 6), sized(-60, 0), sized(-1074, -60)]),
    "erfc": (m.erfc, [within(-1, 1), within(-6, 6), within(0, 26.5), sized(-60, 0)]),
}

TWO = {
    "power": (m.power, [(within(0, 10), within(-10, 10)), (near(1.0), within(-7e5, 7e5)),
                        (sized(-1022, 1022, False), within(-1, 1)), (sized(-1074, -1022, False), within(-1, 1)),
                        (within(-9, 9), lambda: float(random.randrange(-99, 99)))]),
    "hypot": (m.hypot, [(within(-4, 4), within(-4, 4)), (sized(-30, 30), sized(-30, 30)), (sized(-1074, -1000), sized(-1074, -1000)),
                        (sized(990, 1022), sized(990, 1022)), (sized(-1074, 1022), sized(-1074, 1022))]),
    "arctan2": (m.atan2, [(within(-4, 4), within(-4, 4)), (sized(-30, 30), sized(-30, 30)), (sized(-1074, 1022), sized(-1074, 1022)),
                          (near(1.0, -1.0), near(1.0, -1.0))]),
}


def scale(hi):
    """What the second number is scaled by, where it would lose bits."""
    return mpf(2) ** 1000 if abs(hi) < 2.0**-900 else 1


def line(name, x, y, value):
    hi = float(value)
    lo = 0.0 if m.isinf(hi) or hi != hi else float((value - mpf(hi)) * scale(hi))
    return " ".join([name, bits(x), bits(y), bits(hi), bits(lo)])


def lines():
    for name, (function, draws) in ONE.items():
        for draw in draws:
            for _ in range(COUNT // len(draws)):
                x = draw()
                yield line(name, x, 1.0, function(mpf(x)))
    for name, (function, draws) in TWO.items():
        for first, second in draws:
            for _ in range(COUNT // len(draws)):
                x, y = first(), second()
                yield line(name, x, y, function(mpf(x), mpf(y)))


if __name__ == "__main__":
    Path(__file__).with_name("reference.txt").write_text("\n".join(lines()) + "\n")
