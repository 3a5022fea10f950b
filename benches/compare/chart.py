#!/usr/bin/env python3
"""Draws the bar chart of docs/ from a record: chart.py RECORD.csv [CORPUS] > docs/performance.svg

Megabytes per CPU-second of each command, file to /dev/null, on one corpus (default:
`real`), on a logarithmic scale, since the slowest and the fastest differ a thousandfold.
"""
import csv
import html
import math
import sys

ROW, LEFT, WIDTH, TOP = 26, 280, 460, 64


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    corpus = sys.argv[2] if len(sys.argv) == 3 else "real"
    with open(sys.argv[1], newline="", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["corpus"] == corpus and row["mode"] == "null"]
    if not rows:
        sys.exit(f"no rows for the corpus {corpus}")
    rows.sort(key=lambda row: -float(row["mb_per_cpu_second"]))
    top = max(float(row["mb_per_cpu_second"]) for row in rows)
    ends = math.log10(max(top * 1.2, 10))
    height = TOP + ROW * len(rows) + 44
    x = lambda speed: LEFT + WIDTH * math.log10(max(speed, 1)) / ends
    print(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {LEFT + WIDTH + 90} {height}" font-family="sans-serif" font-size="13">')
    print(f'<rect width="100%" height="100%" fill="#ffffff"/><text x="12" y="24" font-size="16" font-weight="bold">MB per CPU-second, corpus “{html.escape(corpus)}”, file to /dev/null</text>')
    print(f'<text x="12" y="44" fill="#555555">{html.escape(rows[0]["cpu"])}; median of {rows[0]["rounds"]} runs; logarithmic scale; rg counts lines only, cat copies</text>')
    for power in range(0, int(ends) + 1):
        at = x(10**power)
        print(f'<line x1="{at:.1f}" y1="{TOP - 8}" x2="{at:.1f}" y2="{height - 34}" stroke="#dddddd"/><text x="{at:.1f}" y="{height - 18}" text-anchor="middle" fill="#555555">{10**power:,}</text>')
    for at, row in enumerate(rows):
        speed, y = float(row["mb_per_cpu_second"]), TOP + at * ROW
        fill = "#1f6f5c" if row["name"].startswith("hushlog") else "#9aa7b0"
        print(f'<text x="{LEFT - 10}" y="{y + 15}" text-anchor="end">{html.escape(row["name"])}</text>')
        print(f'<rect x="{LEFT}" y="{y + 3}" width="{max(x(speed) - LEFT, 1):.1f}" height="{ROW - 9}" fill="{fill}"/><text x="{x(speed) + 6:.1f}" y="{y + 15}">{speed:,.0f}</text>')
    print("</svg>")


if __name__ == "__main__":
    main()
