"""Writes `reference.txt`: values of the functions, each the sum of two doubles, by mpmath."""

import random
import struct
from pathlib import Path

from mpmath import mp, mpf
import mpmath as m

mp.prec = 400
random.seed(20)
PI = float(mp.pi)


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

ONE = {
    "exp": (m.exp, [within(-1, 1), within(-700, 709), sized(-60, -1), within(-745, -708)]),
    "log": (m.log, [within(0.5, 2), near(1.0), sized(-1070, 1022, False), sized(-1074, -1022, False)]),
    "sin": (m.sin, ANGLES),
    "cos": (m.cos, ANGLES),
    "tan": (m.tan, ANGLES),
}

TWO = {
    "power": (m.power, [(within(0, 10), within(-10, 10)), (near(1.0), within(-7e5, 7e5)),
                        (sized(-1022, 1022, False), within(-1, 1)), (sized(-1074, -1022, False), within(-1, 1)),
                        (within(-9, 9), lambda: float(random.randrange(-99, 99)))]),
}


def line(name, x, y, value):
    hi = float(value)
    lo = 0.0 if m.isinf(hi) or hi != hi else float(value - mpf(hi))
    return " ".join([name, bits(x), bits(y), bits(hi), bits(lo)])


def lines():
    for name, (function, draws) in ONE.items():
        for draw in draws:
            for _ in range(160 // len(draws)):
                x = draw()
                yield line(name, x, 1.0, function(mpf(x)))
    for name, (function, draws) in TWO.items():
        for first, second in draws:
            for _ in range(160 // len(draws)):
                x, y = first(), second()
                yield line(name, x, y, function(mpf(x), mpf(y)))


if __name__ == "__main__":
    Path(__file__).with_name("reference.txt").write_text("\n".join(lines()) + "\n")
