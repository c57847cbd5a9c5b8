"""Write csrc/text/pn_unicode_tables.{h,c} from the Unicode Character Database.

usage: python tools/make_unicode_tables.py [folder of the database, default /usr/share/unicode] [output folder]

Debian's package unicode-data holds the database.  The same database gives the same bytes.  What the two maps
mean is docs/WORDS.md (words) and text/pn_fold.h (names).
"""
import re
import sys
import textwrap
from pathlib import Path

UCD = Path(sys.argv[1] if len(sys.argv) > 1 else "/usr/share/unicode")
OUT = Path(sys.argv[2] if len(sys.argv) > 2 else Path(__file__).resolve().parent.parent / "csrc" / "text")
LAST = 0x10FFFF

KINDS = ("SEP SPACE LF CR LINE PARA LETTER DIGIT MARK APOS DOT COMMA PLUS HASH "
         "CJK THAI LAO KHMER MYANMAR").split()
FLAGS = {                       # of one code point
    "SELF_WORD": 1,             # the word map keeps it as it is
    "SELF_NAME": 2,             # the name map keeps it as it is
    "STRIPPED_BASE": 4,         # Latin or Greek letter: nonspacing marks after it are dropped in words
    "NONSPACING": 8,            # such a mark
    "EXTENDS": 16,              # stays in the cluster before it (of its own run)
    "JOINS_WORD": 32,           # its word map begins with a mark or jamo that may combine with what precedes
    "JOINS_NAME": 64,           # the same for its name map
    "IGNORABLE": 128,           # Default_Ignorable_Code_Point
}
APOSTROPHES = {0x2018, 0x2019, 0x201A, 0x201B, 0x02BC}
DOUBLE_QUOTES = {0x201C, 0x201D, 0x201E, 0x201F}
WORD_APOSTROPHES = APOSTROPHES - {0x201A}
TATWEEL, DOTLESS_I, IOTA_BELOW = 0x0640, 0x0131, 0x0345
UNSPACED = {"Thai": "THAI", "Lao": "LAO", "Khmer": "KHMER", "Myanmar": "MYANMAR"}
CJK_SHORT = {"Hani", "Hira", "Kana", "Hang", "Bopo"}
CJK_LONG = {"Han", "Hiragana", "Katakana", "Hangul", "Bopomofo"}


def rows(name):
    for line in (UCD / name).read_text(encoding="utf-8").splitlines():
        line = line.split("#")[0].strip()
        if line:
            yield [field.strip() for field in line.split(";")]


def span(text):
    first, _, last = text.partition("..")
    return range(int(first, 16), int(last or first, 16) + 1)


def prop(name, wanted=None):
    out = {}
    for fields in rows(name):
        if wanted is None or fields[1] in wanted:
            for c in span(fields[0]):
                out[c] = fields[1]
    return out


def read_unicode_data():
    cat, ccc, decomp, names, digit, start = {}, {}, {}, {}, {}, None
    for f in rows("UnicodeData.txt"):
        c = int(f[0], 16)
        if f[1].endswith(", First>"):
            start = c
            continue
        for x in range(start if f[1].endswith(", Last>") else c, c + 1):
            cat[x], names[x] = f[2], f[1]
            if f[3] != "0":
                ccc[x] = int(f[3])
        if f[5]:
            kind, _, rest = f[5].rpartition("> ")
            decomp[c] = (kind[1:], [int(x, 16) for x in rest.split()])
        if f[2] == "Nd":
            digit[c] = int(f[6])
    return cat, ccc, decomp, names, digit


VERSION = re.search(r"CaseFolding-(\d+\.\d+\.\d+)", (UCD / "CaseFolding.txt").read_text()).group(1)
CAT, CCC, DECOMP, NAMES, DIGIT = read_unicode_data()
SCRIPT = prop("Scripts.txt")
EXTENSIONS = prop("ScriptExtensions.txt")
SPACES = set(prop("PropList.txt", {"White_Space"}))
IGNORABLE = set(prop("DerivedCoreProperties.txt", {"Default_Ignorable_Code_Point"}))
EXCLUDED = set(prop("DerivedNormalizationProps.txt", {"Full_Composition_Exclusion"}))
FOLD = {int(f[0], 16): [int(x, 16) for x in f[2].split()] for f in rows("CaseFolding.txt") if f[1] in "CF"}
PAIRS = {tuple(d): c for c, (kind, d) in DECOMP.items() if not kind and len(d) == 2 and c not in EXCLUDED}


def cat(c):
    return CAT.get(c, "Cn")


# --- normalisation forms over lists of code points
def order(s):
    out, run = [], []
    for c in s:
        if CCC.get(c, 0):
            run.append(c)
        else:
            out += sorted(run, key=CCC.get) + [c]
            run = []
    return out + sorted(run, key=CCC.get)


def decompose(c, allowed):
    if 0xAC00 <= c <= 0xD7A3:
        i = c - 0xAC00
        t = [0x11A7 + i % 28] if i % 28 else []
        return [0x1100 + i // 588, 0x1161 + i % 588 // 28] + t
    kind, parts = DECOMP.get(c, ("", None))
    if parts is None or (kind and not allowed(c, kind)):
        return [c]
    blank = [0x20] if kind == "fraction" and allowed is word_compat else []    # 2½ is not 21/2
    return blank + [y for x in parts for y in decompose(x, allowed)]


def pair(a, b):
    if 0x1100 <= a < 0x1113 and 0x1161 <= b < 0x1176:
        return 0xAC00 + ((a - 0x1100) * 21 + b - 0x1161) * 28
    if 0xAC00 <= a <= 0xD7A3 and (a - 0xAC00) % 28 == 0 and 0x11A7 < b < 0x11C3:
        return a + b - 0x11A7
    return PAIRS.get((a, b))


def compose(s):
    out, base, last = [], None, 0
    for c in s:
        k = CCC.get(c, 0)
        blocked = base is None or (len(out) - 1 > base and last >= k)
        joined = None if blocked else pair(out[base], c)
        if joined is not None:
            out[base] = joined
            continue
        if k == 0:
            base = len(out)
        out.append(c)
        last = k
    return out


# --- the two maps
def word_compat(c, kind):
    if c in (0x0E33, 0x0EB3) or 0x3131 <= c <= 0x318E:             # Thai and Lao AM, Korean letters shown alone
        return False
    return cat(c)[0] in "LMN" or kind in ("wide", "narrow", "small", "square")


def is_point(c):
    return (cat(c) == "Mn" and NAMES[c].startswith(("ARABIC ", "HEBREW "))
            and not 0x0653 <= c <= 0x0655)                            # madda and hamza make letters


def word_drops(c):
    return c in IGNORABLE or c in (TATWEEL, IOTA_BELOW) or cat(c) == "Me" or is_point(c)


def word_single(c):
    if c in WORD_APOSTROPHES:
        return [0x27]
    if c == DOTLESS_I:
        return [0x69]
    if c in DIGIT:
        return [0x30 + DIGIT[c]]
    if c in (0x066B, 0x066C):                                         # Arabic decimal and thousands signs
        return [0x2E if c == 0x066B else 0x2C]
    return FOLD.get(c, [c])


def strips(c):
    return SCRIPT.get(c) in ("Latin", "Greek") and cat(c)[0] == "L"


def strip(s):
    out, base = [], False
    for c in s:
        if cat(c)[0] != "M":
            base = strips(c)
        elif base and cat(c) in ("Mn", "Me"):
            continue
        out.append(c)
    return out


def settle(s, step):
    """Folding can give what folds or decomposes again; a few rounds end it."""
    while True:
        t = order(step(s))
        if t == s:
            return s
        s = t


def word_map(c):
    def step(s):
        s = [y for x in s for y in decompose(x, word_compat)]
        return [y for x in s if not word_drops(x) for y in word_single(x)]
    return compose(strip(settle([c], step)))


def name_map(c):
    def step(s):
        s = [y for x in s for y in decompose(x, lambda *_: True)]
        return [y for x in s for y in ([0x27] if x in APOSTROPHES else [0x22] if x in DOUBLE_QUOTES
                                       else [x] if x == IOTA_BELOW else FOLD.get(x, [x]))]
    return compose(settle([c], step))                                 # U+0345 folds after ordering, in pn_normal.c


def joins(s):
    return bool(s) and (cat(s[0])[0] == "M" or 0x1160 <= s[0] <= 0x11FF or 0xD7B0 <= s[0] <= 0xD7FB)


def kind_of(c):
    ascii_kinds = {0x27: "APOS", 0x2E: "DOT", 0x2C: "COMMA", 0x2B: "PLUS", 0x23: "HASH", 0x0A: "LF", 0x0D: "CR", 0x2029: "PARA"}
    if c in ascii_kinds:
        return ascii_kinds[c]
    if c in (0x85, 0x2028):
        return "LINE"
    if c in SPACES:
        return "SPACE"
    if cat(c)[0] == "M":
        return "MARK"
    if cat(c)[0] not in "LN":
        return "SEP"
    if 0x30 <= c <= 0x39:
        return "DIGIT"
    script = SCRIPT.get(c)
    if script in CJK_LONG or CJK_SHORT & set(EXTENSIONS.get(c, "").split()):
        return "CJK"
    return UNSPACED.get(script, "LETTER")


# --- packing
class Pool:
    """UTF-8 strings in one run of bytes; a string that is there already is found again."""
    def __init__(self, strings):
        self.data = b""
        for s in sorted(strings, key=lambda s: (-len(s), s)):
            if s not in self.data:
                self.data += s

    def find(self, s):
        return self.data.index(s) if s else 0


def utf8(s):
    return "".join(map(chr, s)).encode()


def flags_of(c, word, name, kind):
    on = {"SELF_WORD": word == [c], "SELF_NAME": name == [c], "STRIPPED_BASE": strips(c),
          "NONSPACING": cat(c) in ("Mn", "Me"), "JOINS_WORD": joins(word), "JOINS_NAME": joins(name),
          "EXTENDS": kind == "MARK" or c in (0x0E33, 0x0EB3) or (joins([c]) and kind == "CJK"),
          "IGNORABLE": c in IGNORABLE}
    return sum(FLAGS[k] for k, v in on.items() if v)


def leaves():
    """One record a code point, as tuples; equal records are one leaf."""
    pairs = sorted((a, b, c) for (a, b), c in PAIRS.items())
    number = {c: i + 1 for i, (_, _, c) in enumerate(pairs)}
    maps = {}
    for c in range(LAST + 1):
        if 0xD800 <= c <= 0xDFFF or 0xAC00 <= c <= 0xD7A3:
            maps[c] = ([c], [c])
        else:
            maps[c] = (word_map(c), name_map(c))
    pool = Pool({utf8(m) for c, both in maps.items() for m in both if m != [c]})
    out = []
    for c in range(LAST + 1):
        word, name = maps[c]
        kind = kind_of(c)
        w, n = (b"" if m == [c] else utf8(m) for m in (word, name))
        out.append((pool.find(w), pool.find(n), number.get(c, 0), len(w), len(n), CCC.get(c, 0),
                    KINDS.index(kind), flags_of(c, word, name, kind)))
    return out, pairs, pool.data


def check(records):
    """What pn_normal.c relies on."""
    for a, b in PAIRS:
        assert cat(b)[0] == "M" and b not in PAIRS.values(), hex(b)
        assert len(decompose(a, lambda *_: False)) < 4, hex(a)
    for c in range(LAST + 1):
        if not 0xD800 <= c <= 0xDFFF and not 0xAC00 <= c <= 0xD7A3:
            for x in word_map(c):
                assert 0xAC00 <= x <= 0xD7A3 or word_map(x) == [x], hex(c)
    assert all(r[3] < 256 and r[4] < 256 for r in records)


def trie(ids, shift):
    size, blocks, first, second = 1 << shift, {}, [], []
    for i in range(0, len(ids), size):
        block = tuple(ids[i:i + size])
        if block not in blocks:
            blocks[block] = len(second) >> shift
            second += block
        first.append(blocks[block])
    return first, second


def numbers(values, per_line=24):
    lines = [values[i:i + per_line] for i in range(0, len(values), per_line)]
    return ",\n".join("    " + ",".join(str(v) for v in line) for line in lines)


def wrapped(words):
    lines = textwrap.wrap(", ".join(words).replace(" = ", "~"), 100)
    return "\n".join("    " + line.replace("~", " = ") for line in lines)


def structs(values, per_line):
    lines = [values[i:i + per_line] for i in range(0, len(values), per_line)]
    return ",\n".join("    " + ",".join("{" + ",".join(map(str, v)) + "}" for v in line) for line in lines)


HEADER = """/* pn_unicode_tables.h -- what the Unicode Character Database says of a code point.  Layer: text.
 *
 * GENERATED by tools/make_unicode_tables.py from version %(version)s; do not edit.  Constant data, any thread.
 */
#ifndef PN_UNICODE_TABLES_H
#define PN_UNICODE_TABLES_H
#include "base/pn_base.h"

#define PN_UNICODE_VERSION "%(version)s"

/* What a code point is to the word cutter, after folding. */
typedef enum {
%(kinds)s
} pn_kind;

enum {
%(flags)s
};

typedef struct pn_uc_leaf {
    uint16_t word_off, name_off;      /* of the folded UTF-8 in pn_uc_pool, where the flag SELF_… is off */
    uint16_t pair;                    /* 1 + index into pn_uc_pairs of its canonical decomposition, 0: none */
    uint8_t word_len, name_len;       /* bytes; 0 with the flag off: dropped */
    uint8_t ccc, kind, flags;
} pn_uc_leaf;

typedef struct { uint32_t first, second, composed; } pn_uc_pair;      /* ascending by (first, second) */

#define PN_UC_SHIFT %(shift)d
#define PN_UC_PAIRS %(pairs)d
extern const %(type1)s pn_uc_stage1[%(len1)d];
extern const uint16_t pn_uc_stage2[%(len2)d];
extern const pn_uc_leaf pn_uc_leaves[%(leaves)d];
extern const pn_uc_pair pn_uc_pairs[PN_UC_PAIRS];
extern const uint8_t pn_uc_pool[%(pool)d];

/* c is at most U+10FFFF. */
static inline const pn_uc_leaf *pn_uc_leaf_of(uint32_t c) {
    uint32_t block = (uint32_t)pn_uc_stage1[c >> PN_UC_SHIFT] << PN_UC_SHIFT;
    return &pn_uc_leaves[pn_uc_stage2[block | (c & ((1u << PN_UC_SHIFT) - 1))]];
}
#endif
"""
SOURCE = """/* GENERATED by tools/make_unicode_tables.py from the Unicode Character Database %(version)s; do not edit. */
#include "text/pn_unicode_tables.h"

const %(type1)s pn_uc_stage1[%(len1)d] = {
%(stage1)s
};
const uint16_t pn_uc_stage2[%(len2)d] = {
%(stage2)s
};
const pn_uc_leaf pn_uc_leaves[%(leaves)d] = {
%(leaf_rows)s
};
const pn_uc_pair pn_uc_pairs[PN_UC_PAIRS] = {
%(pair_rows)s
};
const uint8_t pn_uc_pool[%(pool)d] = {
%(pool_rows)s
};
"""


def main():
    records, pairs, pool = leaves()
    check(records)
    ids = {}
    numbered = [ids.setdefault(r, len(ids)) for r in records]
    shift = min(range(4, 10), key=lambda s: sum(len(x) for x in trie(numbered, s)))
    first, second = trie(numbered, shift)
    assert len(pool) < 65536 and len(ids) < 65536 and max(first) < 65536
    values = {
        "version": VERSION, "shift": shift, "pairs": len(pairs), "leaves": len(ids), "pool": len(pool),
        "kinds": wrapped([f"PN_KIND_{k}" for k in KINDS]),
        "flags": wrapped([f"PN_UC_{k} = {v}" for k, v in FLAGS.items()]),
        "type1": "uint8_t" if max(first) < 256 else "uint16_t", "len1": len(first), "len2": len(second),
        "stage1": numbers(first), "stage2": numbers(second),
        "leaf_rows": structs(list(ids), 4), "pair_rows": structs(pairs, 5), "pool_rows": numbers(list(pool)),
    }
    (OUT / "pn_unicode_tables.h").write_text(HEADER % values)
    (OUT / "pn_unicode_tables.c").write_text(SOURCE % values)
    size = len(first) * (1 if max(first) < 256 else 2) + 2 * len(second) + 12 * len(ids) + 12 * len(pairs) + len(pool)
    print(f"Unicode {VERSION}: {len(ids)} leaves, {len(pairs)} pairs, {len(pool)} bytes of text, {size} bytes in all")


if __name__ == "__main__":
    main()
