"""A case to files that can be handed over: JSON, CSV, HTML, CASE/UCO, hashdeep, BagIt.

Knows records only: no decoding, no index, no matching.
"""

from framematch.report.bag import exported_head
from framematch.report.problem import Problem
from framematch.report.verify import altered, verify_case
from framematch.report.writing import write_case

__all__ = ["Problem", "altered", "exported_head", "verify_case", "write_case"]
