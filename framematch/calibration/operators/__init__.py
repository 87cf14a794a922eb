"""What people do to frames before we see them: edits of finished frames, and line art made of them.

Two registries of pure functions ``(pixels uint8 (H, W, 3), rng) -> uint8 (H', W', 3)``; the same
generator state gives the same picture. Line art here is a stand-in: lines found by an operator, not
drawn by a hand. Must not import matching, index or media.
"""

from framematch.calibration.operators.drawings import LINE_ART
from framematch.calibration.operators.edits import FINISHED
from framematch.calibration.operators.pixels import Operator

__all__ = ["FINISHED", "LINE_ART", "Operator"]
