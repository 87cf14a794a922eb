"""Distractors: up to millions of rows that show nothing asked for, added to an index in memory.

A confidence that is honest with a thousand rows need not be with a million. No footage of that size
can be shipped, so a distractor is a collage of two pictures of a pool of some thousand: real lines
and colours on both sides of the cut, in a combination that no show has.
"""

from benchmarks.distractors.crowd import Crowded, with_distractors

__all__ = ["Crowded", "with_distractors"]
