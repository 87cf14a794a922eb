"""A case to files that can be handed over: JSON, CSV, HTML, CASE/UCO, hashdeep, BagIt.

Knows records only: no decoding, no index, no matching.
"""
