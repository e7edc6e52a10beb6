"""Draws docs/results/iwae.svg, test nats against minutes, from docs/results/iwae-test.csv.

    python docs/scripts/plot_iwae.py

The SVG is written by hand: no plotting library, the same bytes every time.
"""

import csv
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "results"
COLOURS = {"elbo": "#0072b2", "dreg:5": "#009e73", "dreg:50": "#d55e00"}  # Okabe and Ito: told apart by everyone
PAPER = {"elbo": 86.76, "dreg:5": 85.54, "dreg:50": 84.78}
WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 640, 360, 52, 118, 16, 44


def main():
    with open(FOLDER / "iwae-test.csv") as file:
        rows = [row for row in csv.DictReader(file) if not row["run"].startswith("fixed")]
    curves = {name: [(float(r["minutes"]), float(r["nats"])) for r in rows if r["objective"] == name] for name in COLOURS}
    end = 10 * (1 + int(max(m for curve in curves.values() for m, _ in curve) / 10))
    low, high = 84, 94
    x = lambda minutes: LEFT + minutes / end * (WIDTH - LEFT - RIGHT)
    y = lambda nats: TOP + (high - min(nats, high)) / (high - low) * (HEIGHT - TOP - BOTTOM)
    parts = ["<style>text { font: 12px sans-serif; fill: #444 }</style>", f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>']
    text = lambda at_x, at_y, words, anchor="middle": f'<text x="{at_x:.0f}" y="{at_y:.0f}" text-anchor="{anchor}">{words}</text>'
    for nats in range(low, high + 1, 2):
        parts.append(f'<path d="M{LEFT} {y(nats):.1f}H{WIDTH - RIGHT}" stroke="#ddd"/>')
        parts.append(text(LEFT - 6, y(nats) + 4, nats, "end"))
    for minutes in range(0, end + 1, 20):
        parts.append(text(x(minutes), HEIGHT - BOTTOM + 18, minutes))
    parts.append(text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 6, "minutes since the first step, one core that had other work too"))
    label = 0
    for name, curve in sorted(curves.items(), key=lambda item: -item[1][-1][1]):
        points = " ".join(f"{x(m):.1f},{y(n):.1f}" for m, n in curve)
        parts.append(f'<polyline points="{points}" fill="none" stroke="{COLOURS[name]}" stroke-width="2"/>')
        label = max(label + 14, y(curve[-1][1]) + 4)  # one under the other
        parts.append(text(WIDTH - RIGHT + 8, label, f"{name}: {curve[-1][1]:.2f}", "start"))
        parts.append(f'<path d="M{LEFT} {y(PAPER[name]):.1f}H{WIDTH - RIGHT}" stroke="{COLOURS[name]}" stroke-dasharray="2 5"/>')
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}">'
    (FOLDER / "iwae.svg").write_text("\n".join([head, *parts, "</svg>\n"]))


main()
