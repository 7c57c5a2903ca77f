"""A believable past: months of a province's life, lived by the real services on a moved clock.

``seasons`` says when people report, ``speech`` and ``places`` what and where, ``cast`` who acts;
``filings``, ``centre``, ``agency`` and ``reporter`` are their acts; ``town`` is what all acts share
and ``life`` lets the time pass.
"""
