import pynews                                            # one import for work …
from pynews import q                                     # … and one for queries: q.<Tab> lists them all
ar = pynews.demo()                                       # or pynews.open("coverage.pna")
ar                                                       # card: span, tags, sections, links, sparkline
ar.health()                                              # gaps, bogus dates, untagged share, duplicates
korea = ar.search("korea AND (blockchain OR ai)")        # a lazy selection; len(korea) is instant
len(korea), len(korea.base)                              # numerator and denominator are always visible
korea
korea.sample(3, seed=1)                                  # read before you count
korea.trend(freq="month")                                # date, count, total, share, 95% band, partial
korea.trend(freq="weekday")                              # the weekly rhythm
t = ar.trend({"Korea": "korea", "CBDC": '"digital currency" OR cbdc'}, freq="month")
t
t.plot()                                                 # native matplotlib/Altair object, or inline SVG
t.smooth(3)                                              # ratio of sums, never mean of ratios
t.bursts()                                               # Kleinberg, weighed against the totals
t.changepoints()                                         # where the level of attention moved
t.lead_lag("Korea", "CBDC")                              # two-sided, with a null band, said in words
adoption = ar.filter(q.section("Adoption"))["2020":"2021"]   # filters move BOTH sides of the share
adoption.trend("korea", freq="month")
ar.trend(by="tag", top=3, share_of="tagged", freq="year")    # untagged articles out of the denominator
peak = t.at("2020-08", "Korea")                          # from a point on the curve to its articles
peak
peak.kwic("korea", width=5, sort="R1").head(3)           # concordance
ar.related                                               # links: resolved, dangling, forward in time
ar.related.pagerank().head(3)
g = korea.related.to_networkx(); (type(g).__name__, len(g))
hot = q.near("south", "korea", within=2) & ~q.tag("Regulation") & (q.date >= "2020-07")
str(hot)                                                 # every expression prints as a query string …
len(ar.search(hot)) == len(ar.search(q.near("south", "korea", within=2)).filter("NOT tag:Regulation").filter(q.date >= "2020-07"))
t.to_dict().keys()                                       # .to_pandas() .to_polars() .to_arrow() alike
try: ar.search('korea AND "digital curr')
except pynews.QuerySyntaxError as err: print(err)        # caret and hint
try: ar.filter(q.tag("Blokchain"))
except pynews.UnknownNameError as err: print(err)        # did you mean …?
