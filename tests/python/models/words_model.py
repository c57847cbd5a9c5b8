"""The words of a text, after docs/WORDS.md: slow, plain, and independent of the core."""
import re
import unicodedata as ucd

# Default_Ignorable_Code_Point
IGNORABLE = ("\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
             "\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff")
is_ignorable = re.compile(f"[{IGNORABLE}]").match
APOSTROPHES = "\u2018\u2019\u201b\u02bc"
BLANK = "\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
ELISIONS = "c d j l m n qu s t jusqu lorsqu puisqu quoiqu all dall dell nell sull un".split()
TERM_MAX = 255


# --- 1. spelling
def is_dropped(c):
    if is_ignorable(c) or c in "\u0640\u0345" or ucd.category(c) == "Me":
        return True
    return (ucd.category(c) == "Mn" and ucd.name(c, "").startswith(("ARABIC ", "HEBREW "))
            and c not in "\u0653\u0654\u0655")


def decomposed(c):
    """One character, decomposed as far as words go."""
    mapping = ucd.decomposition(c).split()
    if not mapping:
        return ucd.normalize("NFD", c)              # Korean syllables
    before = ""
    if mapping[0].startswith("<"):
        kind = mapping.pop(0)
        allowed = ucd.category(c)[0] in "LMN" or kind in ("<wide>", "<narrow>", "<small>", "<square>")
        if not allowed or c in "\u0e33\u0eb3" or "\u3131" <= c <= "\u318e":
            return c
        before = " " if kind == "<fraction>" else ""
    return before + "".join(decomposed(chr(int(x, 16))) for x in mapping)


def is_latin_or_greek(c):
    """A letter of Script Latin or Greek, by its name; the last line has the few that are named otherwise."""
    return (ucd.category(c)[0] == "L" and ucd.name(c, "").startswith(("LATIN ", "GREEK "))
            or c in "\u1d2f\u1d3b\u1d4e\u2132\u214e\U00010780")


def without_marks(text):
    out, base = [], ""
    for c in text:
        if ucd.category(c)[0] != "M":
            base = c
        elif ucd.category(c) == "Mn" and base and is_latin_or_greek(base):
            continue
        out.append(c)
    return "".join(out)


def single(c):
    if c in APOSTROPHES:
        return "'"
    if c == "\u0131":
        return "i"
    if c in "\u066b\u066c":
        return "." if c == "\u066b" else ","
    if ucd.category(c) == "Nd":
        return str(ucd.decimal(c))
    return c.casefold()


def folded(text):
    while True:
        step = "".join(c for c in text if not is_dropped(c))
        step = "".join(c for x in step for c in decomposed(x) if not is_dropped(c))
        step = without_marks(ucd.normalize("NFD", step))
        step = "".join(map(single, step))
        if step == text:
            return ucd.normalize("NFC", text)
        text = step


# --- 3. scripts without spaces
KINDS = {
    "cjk": ("CJK ", "HIRAGANA ", "KATAKANA", "HANGUL ", "BOPOMOFO ", "HENTAIGANA ", "HANGZHOU NUMERAL ", "COUNTING ROD ",
            "IDEOGRAPHIC ITERATION", "IDEOGRAPHIC CLOSING", "IDEOGRAPHIC NUMBER", "OLD CHINESE ITERATION",
            "VERTICAL KANA ", "VERTICAL IDEOGRAPHIC ", "MASU MARK"),
    "thai": ("THAI ",), "lao": ("LAO ",), "khmer": ("KHMER ",), "myanmar": ("MYANMAR ",),
}


def kind(c):
    """What the cutter takes a folded character for."""
    if re.match(f"[{BLANK}]", c):
        return "blank"
    major = ucd.category(c)[0]
    if major == "M":
        return "mark"
    if major not in "LN":
        return "other"
    if c in "0123456789":
        return "digit"
    for run, names in KINDS.items():
        if ucd.name(c, "").startswith(names):
            return run
    return "letter"


def extends(c):
    return (ucd.category(c)[0] == "M" or c in "\u0e33\u0eb3"
            or "\u1160" <= c <= "\u11ff" or "\ud7b0" <= c <= "\ud7fb")


def run_words(run):
    characters = []
    for c in run:
        if characters and extends(c):
            characters[-1] += c
        else:
            characters.append(c)
    return [cut(a + b) for a, b in zip(characters, characters[1:] + [""])]


# --- 2. scripts with spaces.  A stretch is segments and joints: ["apple", ".", "inc", "'", "s"]
def one_letter(segment):
    bases = [c for c in segment if kind(c) != "mark"]
    return len(bases) == 1 and bases[0] not in "0123456789"


def holds(word, left, joint, right):
    if joint == ".'":
        return right == "s"
    if joint == "'":
        return right[0] not in "0123456789" and (right == "s" or word not in ELISIONS)
    if joint == ".":
        both_digits = left[-1] in "0123456789" and right[0] in "0123456789"
        return both_digits or (one_letter(left) and one_letter(right))
    if joint == ",":
        return bool(re.fullmatch("[0-9]{1,3}", left) and re.match("[0-9]{3}(?![0-9])", right))
    return False


def bare(word):
    """Without possessives."""
    while word.endswith("'s"):
        word = word[:-2]
    return word


def stretch_words(parts):
    """Words of a list segment, joint, segment, …, segment."""
    out, word, left = [], parts[0], parts[0]
    for joint, right in zip(parts[1::2], parts[2::2]):
        if holds(word, left, joint, right):
            word += {",": "", ".'": "'"}.get(joint, joint) + right
        else:
            out.append(cut(bare(word), True))
            word = right
        left = right
    return out + [cut(bare(word), True)]


def cut(term, spaced=False):
    if len(term.encode()) <= TERM_MAX:
        return term
    term = term.encode()[:TERM_MAX].decode(errors="ignore")
    while spaced and term != bare(term).rstrip("'."):
        term = bare(term).rstrip("'.")
    return term


def scan(text):
    """The folded text as a list of ("stretch", parts), ("run", characters) and ("gap", characters)."""
    kinds = [kind(c) for c in text]
    i = 0
    while i < len(text):
        if kinds[i] in KINDS:
            j = i + 1
            while j < len(text) and kinds[j] in (kinds[i], "mark"):
                j += 1
            yield "run", text[i:j]
        elif kinds[i] in ("letter", "digit"):
            parts, j = stretch(text, kinds, i)
            yield "stretch", parts
        else:
            j = i + 1
            yield "gap", text[i]
        i = j


def segment_end(text, kinds, i):
    while i < len(text) and kinds[i] in ("letter", "digit", "mark"):
        i += 1
    return i


def stretch(text, kinds, i):
    j = segment_end(text, kinds, i)
    parts = [text[i:j]]
    while True:
        sign = re.compile(r"\+\+|#").match(text, j)
        if sign and re.fullmatch("[a-z]", current_word(parts)):
            parts[-1] += sign[0]
            j = sign.end()
            if not text.startswith("'", j) and not text.startswith(".'", j):
                return parts, j
        joint = re.compile(r"\.'|['.,]").match(text, j)
        if not joint or joint.end() == len(text) or kinds[joint.end()] not in ("letter", "digit"):
            return parts, j
        end = segment_end(text, kinds, joint.end())
        parts += [joint[0], text[joint.end():end]]
        j = end


def current_word(parts):
    """The word that the last segment belongs to."""
    word, left = parts[0], parts[0]
    for joint, right in zip(parts[1::2], parts[2::2]):
        word = word + joint + right if holds(word, left, joint, right) else right
        left = right
    return word


# --- 4. positions
def is_paragraph_break(gap):
    return any(len(re.findall("\r\n|[\n\r\x85\u2028]", run)) + 2 * run.count("\u2029") >= 2
               for run in re.findall(f"[{BLANK}]+", gap))


def words(text: str) -> list[tuple[str, int]]:
    out, gap, position = [], "", 0
    for what, content in scan(folded(text)):
        if what == "gap":
            gap += content
            continue
        if out and is_paragraph_break(gap):
            position += 1
        gap = ""
        for term in stretch_words(content) if what == "stretch" else run_words(content):
            out.append((term, position))
            position += 1
    return out
