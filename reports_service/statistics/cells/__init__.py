"""Figures kept ready: cells that are recounted when what they count changes.

Three steps, each made from the one before, never by adding a difference:

1. ``facts`` reads assignments and reports as the tables hold them now.
2. A *sheet* is a copy of what is counted by one moment (opened, due, resolved …) of one agency in
   one local month. A row that changed is copied anew; its old copy shows which cells it counted in
   before.
3. A *cell* is what the figures need of one agency in a span (month, year, the years before), by
   itself or for one category, area, channel or day: counts, and how long things took.

``recount`` keeps them, ``lookup`` answers from them.
"""
