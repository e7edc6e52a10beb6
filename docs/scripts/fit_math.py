"""Fits every coefficient in core/src/math.rs and prints it as it stands there.

    python3 -m venv venv && venv/bin/pip install mpmath==1.4.1 numpy==2.4.6
    venv/bin/python docs/scripts/fit_math.py            # all, about two minutes
    venv/bin/python docs/scripts/fit_math.py exp tanh   # some of: exp ln ln_1p_unit sin_cos normal_quantile

Method. A formula  f(x) = base(x) + sum c_k phi_k(x)  is fitted by Remez exchange in 50-digit arithmetic so that the
largest weighted error is least (weight = 1/|f| where the relative error counts, 1 where the absolute one does). The
coefficients are then rounded to f32 one after the other, the most influential first, and the remaining ones are
fitted anew each time, so that each takes up the rounding of those before it. Nothing is searched at random: the
output is a function of this file. Reference values come from mpmath; no coefficient is copied from anywhere.

The quantile's table has two more conditions, because it must be continuous and monotone: each segment takes exactly
the f32 nearest to the true quantile at its start (c0) and does not pass that of its end, computed in f32, operation by
operation; and it never falls over all 2^23 arguments. c1 is lowered unit by unit in the last place until that holds.
"""

import sys

import mpmath
import numpy as np
from mpmath import mp, mpf

mp.dps = 50
F32 = np.float32


def to_f32(x):
    """The f32 nearest to `x`, ties to even, from the full precision of `x`."""
    x = mpf(x)
    if x == 0:
        return mpf(0)
    exponent = int(mpmath.floor(mpmath.log(abs(x), 2)))
    if mpf(2) ** exponent > abs(x):
        exponent -= 1
    quantum = mpf(2) ** (exponent - 23)
    return mpmath.nint(x / quantum) * quantum


def literal(x):
    """Shortest decimal that reads back as this f32, in Rust's notation."""
    text = np.format_float_positional(F32(float(x)), unique=True, trim="0")
    if abs(x) < mpf("1e-4"):
        text = np.format_float_scientific(F32(float(x)), unique=True, trim="0", exp_digits=1)
    head, dot, tail = text.partition(".")
    digits, e, power = tail.partition("e")
    groups = [digits[i : i + 3] for i in range(0, len(digits), 3)]
    return f"{head}{dot}{'_'.join(groups)}{e}{power}"


def chebyshev_points(n, lo, hi):
    return [(lo + hi) / 2 - (hi - lo) / 2 * mpmath.cos(mp.pi * i / (n - 1)) for i in range(n)]


def remez(basis, target, weight, lo, hi):
    """Coefficients of the weighted minimax fit, and the largest weighted error."""
    n = len(basis)
    lo, hi = mpf(lo), mpf(hi)
    # Start off the centre and off the ends: a weight may vanish there, and such a point says nothing.
    nodes = chebyshev_points(n + 3, lo, hi)[1:-1]
    nodes = [x + (hi - lo) * mpf("1e-3") for x in nodes]
    grid = [x for x in chebyshev_points(48 * (n + 1), lo, hi) if weight(x) != 0]
    values = [(weight(x), target(x), [phi(x) for phi in basis]) for x in grid]
    for _ in range(40):
        system = mpmath.matrix(n + 1, n + 1)
        right = mpmath.matrix(n + 1, 1)
        for i, x in enumerate(nodes):
            w = weight(x)
            for j, phi in enumerate(basis):
                system[i, j] = w * phi(x)
            system[i, n] = (-1) ** i
            right[i] = w * target(x)
        solution = mpmath.lu_solve(system, right)
        c = [solution[j] for j in range(n)]
        level = abs(solution[n])
        peaks = []
        for x, (w, t, phis) in zip(grid, values):
            e = w * (t - sum(a * b for a, b in zip(c, phis)))
            if peaks and (peaks[-1][1] > 0) == (e > 0):
                if abs(e) > abs(peaks[-1][1]):
                    peaks[-1] = (x, e)
            else:
                peaks.append((x, e))
        worst = max(abs(e) for _, e in peaks)
        while len(peaks) > n + 1:
            peaks.pop(0 if abs(peaks[0][1]) < abs(peaks[-1][1]) else -1)
        if len(peaks) < n + 1 or worst <= level * (1 + mpf("1e-4")):
            return c, worst
        nodes = [x for x, _ in peaks]
    return c, worst


def fit_rounded(basis, target, weight, lo, hi):
    """As `remez`, with every coefficient an f32; `basis` in falling order of influence."""
    fixed = []
    for k in range(len(basis)):
        rest = lambda x: target(x) - sum(c * phi(x) for c, phi in zip(fixed, basis))
        c, _ = remez(basis[k:], rest, weight, lo, hi)
        fixed.append(to_f32(c[0]))
    error = lambda x: abs(weight(x) * (target(x) - sum(c * phi(x) for c, phi in zip(fixed, basis))))
    return fixed, max(error(x) for x in chebyshev_points(2001, mpf(lo), mpf(hi)))


def powers(first, count):
    return [lambda x, k=k: x**k for k in range(first, first + count)]


def show(names, values, note):
    print(f"// {note}")
    for name, value in zip(names, values):
        print(f"const {name}: f32 = {literal(value)};")
    print()


def exp():
    """e^r = 1 + r + r^2 (c2 + … + c6 r^4) on |r| <= ln2/2, a little wider for the rounding of x/ln2."""
    half = mpmath.log(2) / 2 * mpf("1.0001")
    high = mpmath.nint(mpmath.log(2) * 2**16) / 2**16
    show(["LN2_HIGH", "LN2_LOW"], [high, to_f32(mpmath.log(2) - high)], "n·LN2_HIGH is exact for |n| < 256")
    target = lambda r: (mpmath.expm1(r) - r) / r**2 if r else mpf(1) / 2
    weight = lambda r: r**2 * mpmath.exp(-r)
    c, e = fit_rounded(powers(0, 5), target, weight, -half, half)
    show([f"EXP_{k}" for k in range(2, 7)], c, f"relative error of the formula {mpmath.nstr(e * 2**24, 3)}·2^-24")


def ln():
    """log m = 2 artanh s = 2s + s·z (c0 + c1 z + c2 z^2), s = (m-1)/(m+1), z = s^2, m in [sqrt 1/2, sqrt 2]."""
    top = ((mpmath.sqrt(2) - 1) / (mpmath.sqrt(2) + 1)) ** 2
    target = lambda z: (2 * mpmath.atanh(mpmath.sqrt(z)) / mpmath.sqrt(z) - 2) / z if z > mpf("1e-12") else mpf(2) / 3
    weight = lambda z: z / 2
    ln2 = to_f32(mpmath.log(2))
    c, e = fit_rounded(powers(0, 3), target, weight, 0, top)
    print(f"// log 2 as one f32 is off by {mpmath.nstr(ln2 / mpmath.log(2) - 1, 3)} of itself, which is little enough")
    show([f"ARTANH_{k}" for k in range(3)], c, f"relative error of the formula {mpmath.nstr(e * 2**24, 3)}·2^-24")
    nearest = int(F32(float(mpmath.sqrt(mpf(1) / 2))).view(np.uint32))
    for step in sorted(range(-100, 101), key=lambda d: (abs(d), d)):
        if ln_never_falls_at_borders(nearest + step, [F32(float(x)) for x in c], F32(float(ln2))):
            print(f"// sqrt 1/2 moved by {step} ulp, so that the result does not fall where k steps")
            print(f"const LN_SPLIT: u32 = 0x{nearest + step:08x};\n".replace("0x3f35", "0x3f35_"))
            return
    raise ArithmeticError("no split point")


def ln_never_falls_at_borders(split, c, ln2):
    """Compares the last number of every binade [split, 2 split) with the first of the next, in f32 as core does it."""
    first = (np.arange(1, 254, dtype=np.int64) << 23) + (split & 0x7FFFFF)

    def value(bits):
        k = (bits - split) & ~0x7FFFFF
        m = (bits - k).astype(np.uint32).view(np.float32)
        s = (m - F32(1)) / (m + F32(1))
        z = s * s
        w = z * (c[0] + z * (c[1] + z * c[2]))
        return ((s + s) + s * w) + k.astype(np.float32) * (ln2 / F32(2**23))

    return bool(np.all(value(first) >= value(first - 1)))


def ln_1p_unit():
    """log(1 + e) = e + e^2 (c2 + … + c10 e^8) on [0, 1]."""
    target = lambda e: (mpmath.log1p(e) - e) / e**2 if e > mpf("1e-12") else -mpf(1) / 2
    weight = lambda e: e**2 / mpmath.log1p(e) if e else mpf(0)
    c, e = fit_rounded(powers(0, 9), target, weight, 0, 1)
    show([f"LN_1P_{k}" for k in range(2, 11)], c, f"relative error of the formula {mpmath.nstr(e * 2**24, 3)}·2^-24")


def sin_cos():
    """sin h = h + h z (c3 + … + c9 z^3) and cos h = 1 + z (c2 + … + c10 z^4), z = h^2, on |h| <= pi/2, a little wider for
    an angle that is rounded past a half turn."""
    top = (mp.pi / 2 * mpf("1.0001")) ** 2
    root = mpmath.sqrt
    target = lambda z: (mpmath.sin(root(z)) / root(z) - 1) / z if z > mpf("1e-12") else -mpf(1) / 6
    weight = lambda z: z * root(z) / mpmath.sin(root(z)) if z else mpf(0)
    c, e = fit_rounded(powers(0, 4), target, weight, 0, top)
    show([f"SIN_{k}" for k in (3, 5, 7, 9)], c, f"relative error of the formula {mpmath.nstr(e * 2**24, 3)}·2^-24")
    target = lambda z: (mpmath.cos(root(z)) - 1) / z if z > mpf("1e-12") else -mpf(1) / 2
    c, e = fit_rounded(powers(0, 5), target, lambda z: z, 0, top)
    show([f"COS_{k}" for k in (2, 4, 6, 8, 10)], c, f"absolute error of the formula {mpmath.nstr(e * 2**24, 3)}·2^-24")


# ---- normal quantile -------------------------------------------------------------------------------------------------

DEGREE = 5


def quantile(p):
    """x <= 0 with Phi(x) = p, by Newton's method on log Phi."""
    if p == mpf(1) / 2:
        return mpf(0)
    x = -mpmath.sqrt(-2 * mpmath.log(2 * p)) if p < mpf("0.4") else (p - mpf(1) / 2) * mpmath.sqrt(2 * mp.pi)
    for _ in range(200):
        tail = mpmath.erfc(-x / mpmath.sqrt(2)) / 2
        density = mpmath.exp(-x * x / 2) / mpmath.sqrt(2 * mp.pi)
        step = mpmath.log(tail / p) * tail / density
        x -= step
        if abs(step) < mpf(10) ** -35:
            return x
    raise ArithmeticError(p)


def interpolant(f, lo, hi, n=40):
    """Barycentric interpolation of an analytic `f` at Chebyshev points: 30 digits here, and quick to evaluate."""
    xs = chebyshev_points(n, mpf(lo), mpf(hi))
    ys = [f(x) for x in xs]
    ws = [(-1) ** i * (mpf(1) / 2 if i in (0, n - 1) else 1) for i in range(n)]

    def evaluate(x):
        top = bottom = mpf(0)
        for xi, yi, wi in zip(xs, ys, ws):
            if x == xi:
                return yi
            t = wi / (x - xi)
            top += t * yi
            bottom += t
        return top / bottom

    return evaluate


def horner_f32(c, h):
    """The segment's polynomial as core evaluates it: each operation rounded to f32."""
    y = np.full_like(h, c[-1])
    for k in range(len(c) - 2, -1, -1):
        y = c[k] + h * y
    return y


ALL_H = (np.arange(2**23, dtype=np.uint32) | np.uint32(0x3F800000)).view(np.float32) - F32(1)


def segment(lo, hi):
    """Six f32 coefficients for Phi^-1(lo + (hi - lo) h), h in [0, 1)."""
    start, end = to_f32(quantile(lo)), to_f32(quantile(hi))
    exact = interpolant(lambda h: quantile(lo + (hi - lo) * h), 0, 1)
    line = lambda h: start + (end - start) * h
    weight = lambda h: h * (1 - h)
    b, _ = remez(powers(0, DEGREE - 1), lambda h: (exact(h) - line(h)) / weight(h) if weight(h) else mpf(0), weight, 0, 1)
    c = [start, end - start] + [mpf(0)] * (DEGREE - 1)
    for k, bk in enumerate(b):  # h (1 - h) h^k = h^(k+1) - h^(k+2)
        c[k + 1] += bk
        c[k + 2] -= bk
    c[2:] = [to_f32(x) for x in c[2:]]
    c[1] = to_f32(end - start - sum(c[2:]))
    c = [F32(float(x)) for x in c]
    limit = F32(float(end))
    while True:
        y = horner_f32(c, ALL_H)
        if y[-1] <= limit and not (limit == 0 and y[-1] == 0) and np.all(y[1:] >= y[:-1]):
            break
        c[1] = np.nextafter(c[1], F32(-np.inf))
    sample = ALL_H[:: 2**23 // 512]
    worst = max(abs(mpf(float(y)) - exact(mpf(float(h)))) for h, y in zip(sample, horner_f32(c, sample)))
    return c, worst, float(limit - y[-1])


def normal_quantile():
    """Row 2·octave + half, octave k = [2^-(k+2), 2^-(k+1)) in p, halved; stored at row XOR 2 (see the index in Rust)."""
    rows = {}
    for octave in range(32):
        for half in (0, 1):
            width = mpf(2) ** -(octave + 3)
            lo = mpf(2) ** -(octave + 2) + half * width
            rows[(2 * octave) ^ (2 + half)] = (octave, half, *segment(lo, lo + width))
    print(f"// largest absolute error in f32 {mpmath.nstr(max(r[3] for r in rows.values()), 3)}, "
          f"largest step at a border {max(r[4] for r in rows.values()):.2e}")
    print("static SEGMENTS: [[f32; 6]; 64] = [")
    for index in range(64):
        print("    [" + ", ".join(literal(mpf(float(x))) for x in rows[index][2]) + "],")
    print("];\n")


if __name__ == "__main__":
    chosen = sys.argv[1:] or ["exp", "ln", "ln_1p_unit", "sin_cos", "normal_quantile"]
    for name in chosen:
        print(f"// {name}: {globals()[name].__doc__.strip()}")
        globals()[name]()
