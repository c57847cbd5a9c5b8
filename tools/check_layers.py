"""Fail when a csrc file includes a header its layer may not see.  The table below is the whole rule.

usage: python tools/check_layers.py csrc
"""
import re
import sys
from pathlib import Path

MAY_INCLUDE = {                     # a layer may also include itself; "base" is open to all
    "base":    "",
    "codec":   "base",
    "text":    "base codec model",
    "model":   "base",
    "parse":   "base codec text model",
    "store":   "base codec",
    "index":   "base codec text model store",
    "query":   "base codec text model store index",
    "stats":   "base codec text model store index query",
    "graph":   "base model",
    "archive": "base codec text model parse store index query stats",
    "interop": "base model",
    "python":  "base codec text model parse stats graph archive interop",
}

def main(root):
    root, bad, names = Path(root), [], {}
    for f in sorted(root.rglob("*.[ch]")):
        layer = f.relative_to(root).parts[0]
        if names.setdefault(f.name, f) != f:
            bad.append(f"{f}: the file name is taken by {names[f.name]}")
        for n, line in enumerate(f.read_text().splitlines(), 1):
            m = re.match(r'\s*#\s*include\s*[<"]([^">]+)[">]', line)
            if not m:
                continue
            there = m[1].split("/")[0]
            if m[1] == "Python.h" and layer != "python":
                bad.append(f"{f}:{n}: Python.h outside csrc/python")
            elif there in MAY_INCLUDE and there != layer and there not in MAY_INCLUDE[layer].split():
                bad.append(f"{f}:{n}: {layer} may not include {m[1]}")
    print("\n".join(bad) or "layers: ok")
    return bool(bad)

sys.exit(main(sys.argv[1]))
