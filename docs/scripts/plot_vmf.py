"""Draws docs/vmf-sphere.svg and docs/vmf-marginal.svg from samples of our own sampler.

    cargo run --release -p elbow --example vmf_samples | python docs/scripts/plot_vmf.py

Needs numpy. The SVG is written by hand: no plotting library, the same bytes every time.
"""

import sys
from pathlib import Path

import numpy as np

DOCS = Path(__file__).resolve().parent.parent
CONCENTRATIONS = [1, 10, 100]
COLOURS = ["#0072b2", "#009e73", "#d55e00"]  # Okabe and Ito: told apart by everyone
INK, PALE = "#444", "#bbb"


def svg(width, height, parts):
    style = "text { font: 12px sans-serif; fill: #444 }"
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">'
    return "\n".join([head, f"<style>{style}</style>", f'<rect width="{width}" height="{height}" fill="#fff"/>', *parts, "</svg>\n"])


def text(x, y, words, anchor="middle"):
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}">{words}</text>'


def polyline(xs, ys, colour, width=1.5):
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in zip(xs, ys))
    return f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="{width}"/>'


def sphere(rows):
    """Samples on S² seen from far along the third axis; those on the far side pale."""
    radius, parts = 90, []
    for i, (kappa, colour) in enumerate(zip(CONCENTRATIONS, COLOURS)):
        cx, cy = 105 + 210 * i, 105
        x, y, z = rows[(rows[:, 0] == 3) & (rows[:, 1] == kappa), 3:].T
        parts.append(f'<circle cx="{cx}" cy="{cy}" r="{radius}" fill="none" stroke="{PALE}"/>')
        for front in (False, True):
            dots = "".join(f"M{cx + radius * a:.1f} {cy - radius * b:.1f}h0" for a, b in zip(x[(z > 0) == front], y[(z > 0) == front]))
            shade = f'stroke="{colour}" stroke-opacity="0.7"' if front else f'stroke="{PALE}"'
            parts.append(f'<path d="{dots}" fill="none" {shade} stroke-width="2.2" stroke-linecap="round"/>')
        mx, my = cx + 0.36 * radius, cy - 0.48 * radius  # μ of the example
        parts.append(f'<path d="M{mx - 5:.1f} {my:.1f}h10m-5 -5v10" stroke="{INK}" stroke-width="1.5"/>')
        parts.append(text(cx, 214, f"κ = {kappa}"))
    return svg(630, 224, parts)


def density(w, d, kappa):
    """Density of w = μ·z: exp(κw) (1 − w²)^((d−3)/2), normalised by the trapezoidal rule on its own grid."""
    log = kappa * w + 0.5 * (d - 3) * np.log1p(-w * w)
    f = np.exp(log - log.max())
    return f / np.sum(0.5 * (f[1:] + f[:-1]) * np.diff(w))


def marginal(rows):
    """Histograms of μ·z for d = 8 with the law drawn over them; height is the square root of the density."""
    left, right, top, bottom = 50, 610, 15, 215
    across = lambda w: left + (right - left) * (w + 1) / 2
    up = lambda f: bottom - (bottom - top) * np.sqrt(f / 26)
    parts, w = [], np.linspace(-1, 1, 40_001)[1:-1]
    for tick in (-1, -0.5, 0, 0.5, 1):
        parts += [f'<path d="M{across(tick)} {bottom}v4" stroke="{INK}"/>', text(across(tick), bottom + 18, str(tick).replace("-", "−"))]
    for tick in (0, 1, 5, 10, 20):
        parts += [f'<path d="M{left} {up(tick):.1f}H{right}" stroke="#eee"/>', text(left - 8, round(up(tick) + 4, 1), tick, "end")]
    for kappa, colour, at in zip(CONCENTRATIONS, COLOURS, (-0.2, 0.6, 0.945)):
        cosines = 1 - rows[(rows[:, 0] == 8) & (rows[:, 1] == kappa), 2]
        counts, edges = np.histogram(cosines, bins=np.linspace(-1, 1, 81 if kappa < 100 else 321))
        steps = np.repeat(counts / (len(cosines) * np.diff(edges)), 2)
        outline = " ".join(f"{across(x):.1f},{up(y):.1f}" for x, y in zip(np.repeat(edges, 2)[1:-1], steps))
        parts.append(f'<polygon points="{left},{bottom} {outline} {right},{bottom}" fill="{colour}" fill-opacity="0.25"/>')
        f = density(w, 8, kappa)
        seen = f > 1e-4
        stride = max(1, seen.sum() // 150)
        parts.append(polyline(across(w[seen][::stride]), up(f[seen][::stride]), colour))
        parts.append(text(across(at), round(up(np.interp(at, w, f)) - 12, 1), f"κ = {kappa}", "end"))
    parts.append(f'<path d="M{left} {bottom}H{right}" stroke="{INK}"/>')
    parts.append(text((left + right) / 2, bottom + 36, "μ·z"))
    return svg(630, 260, parts)


if __name__ == "__main__":
    table = np.loadtxt(sys.stdin, delimiter=",", skiprows=1)
    (DOCS / "vmf-sphere.svg").write_text(sphere(table))
    (DOCS / "vmf-marginal.svg").write_text(marginal(table))
