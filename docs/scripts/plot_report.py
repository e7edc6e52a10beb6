"""Takes charts out of a report, as pictures that stand alone and follow light and dark.

cargo run --release -- demo
python3 docs/scripts/plot_report.py target/demo/report.html docs \
    "Histogram of scores=demo-scores" "Course of the score=demo-course" "ROC curve=demo-roc"
"""

import pathlib
import re
import sys

page = pathlib.Path(sys.argv[1]).read_text()
folder = pathlib.Path(sys.argv[2])
style = re.search(r"<style>\n(.*?)</style>", page, re.S).group(1)
# what is about pictures: colours, and the rules of `svg`
colours = re.search(r":root \{.*?\n  --second: [^}]*\}\n@media \(prefers.*?\} \}\n", style, re.S).group(0)
rules = "".join(line.replace("svg .", ".").replace("svg text", "text") + "\n"
                for line in style.split("\n") if line.startswith("svg ."))
rules += "text { fill: var(--ink); font: 12px system-ui, sans-serif; } .tick { fill: var(--quiet); }\n"
for wanted in sys.argv[3:]:
    title, name = wanted.split("=")
    svg = next(svg for svg in re.findall(r"<svg .*?</svg>", page, re.S) if f"<title>{title}</title>" in svg)
    width, height = re.search(r'viewBox="0 0 (\S+) (\S+)"', svg).groups()
    svg = svg.replace("<svg ", f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" ', 1)
    # a picture is shown on paper of any colour: it brings its own
    sheet = f"<style>{colours}{rules}</style><rect width=\"100%\" height=\"100%\" fill=\"var(--paper)\"/>"
    svg = svg.replace("<title>", sheet + "<title>", 1)
    (folder / f"{name}.svg").write_text(svg + "\n")
    print(folder / f"{name}.svg")
