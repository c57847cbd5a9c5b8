"""pynews: ask an archive of news articles about words, tags and dates.

>>> import pynews
>>> ar = pynews.demo()
>>> len(ar)
3000

``build`` makes an archive of what is on disk, ``open`` opens one, ``demo`` has one ready to try.
"""

from pynews._archive import Archive, build, open
from pynews._article import Article, Related
from pynews._articles import Articles
from pynews._demo import demo
from pynews._errors import (
    ArchiveChangedError,
    ArchiveError,
    ArchiveLockedError,
    ArchiveVersionError,
    CorruptArchiveError,
    InputLimitError,
    PynewsError,
    QuerySyntaxError,
    UnknownNameError,
    UnsupportedError,
)
from pynews._expr import Expr, q
from pynews._graph import Communities, Graph
from pynews._names import Names
from pynews._parse import parse, words
from pynews._related import RelatedGraph
from pynews._repair import repair
from pynews._report import Report
from pynews._table import Column, Table
from pynews._trend import Trend
from pynews._trend_stats import Found, LeadLag

__version__ = "0.1.0"

__all__ = [
    "Archive",
    "ArchiveChangedError",
    "ArchiveError",
    "ArchiveLockedError",
    "ArchiveVersionError",
    "Article",
    "Articles",
    "Column",
    "Communities",
    "CorruptArchiveError",
    "Expr",
    "Found",
    "Graph",
    "InputLimitError",
    "LeadLag",
    "Names",
    "PynewsError",
    "QuerySyntaxError",
    "Related",
    "RelatedGraph",
    "Report",
    "Table",
    "Trend",
    "UnknownNameError",
    "UnsupportedError",
    "build",
    "demo",
    "open",
    "parse",
    "q",
    "repair",
    "words",
]
