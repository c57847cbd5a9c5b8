"""BM25 by going through all articles (docs/RANKING.md).  Independent of the core; words are those of plain lower-case text."""
import itertools
import math

from pynews import q

ONE = 2.0**40


def norm_length(words):
    """The length that the norm byte of `words` stands for: exact up to 40, then four bits of it (docs/FORMAT.md section 6)."""
    if words <= 40:
        return words
    rest = words - 24
    step = 1 << (rest.bit_length() - 4)
    return 24 + rest // step * step


class Model:
    """articles: (title, body) of all live articles, as plain words, in the order of time."""

    def __init__(self, articles):
        self.texts = [(title.split(), body.split()) for title, body in articles]
        self.lengths = [len(t) + len(b) for t, b in self.texts]
        self.mean = sum(self.lengths) / len(self.lengths) if sum(self.lengths) else 1

    def occurrences(self, i, phrase, slop=0):
        """How often a phrase stands in article i; with slop, which only texts without a title are asked for: how many least shifts its choices of places have."""
        if slop:
            return len(set(least_shifts(self.texts[i][1], phrase, slop)))
        return sum(text[k : k + len(phrase)] == phrase for text in self.texts[i] for k in range(len(text)))

    def df(self, word):
        return sum(word in t or word in b for t, b in self.texts)

    def idf(self, word):
        df = self.df(word)
        return math.log(1 + (len(self.texts) - df + 0.5) / (df + 0.5))

    def vocabulary(self):
        return {word for text in self.texts for part in text for word in part}

    def weighted(self, leaf):
        """(phrase, slop, weight) for each list a leaf is scored by: "a", "a b", "a b~2", or "ab*"."""
        if leaf.endswith("*"):
            return [([word], 0, self.idf(word)) for word in self.vocabulary() if word.startswith(leaf[:-1])]
        text, _, slop = leaf.partition("~")
        words = text.split()
        return [(words, int(slop or 0), sum(self.idf(word) for word in words))]

    def score(self, i, leaves):
        """Of article i, in 2^-40ths."""
        k = 1.2 * (1 - 0.75 + 0.75 * norm_length(self.lengths[i]) / self.mean)
        total = 0
        for leaf in leaves:
            for phrase, slop, weight in self.weighted(leaf):
                tf = self.occurrences(i, phrase, slop)
                total += int(weight / (1 + k / tf) * ONE + 0.5) if tf else 0
        return total

    def top(self, selected, leaves, k):
        """(place, score) of the k best of the selected places."""
        scored = sorted((-self.score(i, leaves), i) for i in selected)
        return [(i, -score / ONE) for score, i in scored[:k]]


def least_shifts(text, phrase, slop):
    """Of every choice of different places, a word of the phrase each, whose shifts differ by `slop` at most: the least shift."""
    for places in itertools.product(*([at for at, w in enumerate(text) if w == word] for word in phrase)):
        shifts = [at - i for i, at in enumerate(places)]
        if len(set(places)) == len(places) and max(shifts) - min(shifts) <= slop:
            yield min(shifts)


def text_of(leaf):
    """A leaf as query text."""
    text, _, slop = leaf.partition("~")
    return str(q.phrase(text, slop=int(slop or 0))) if " " in leaf else leaf
