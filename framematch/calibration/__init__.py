"""Fits the model that turns evidence into confidence, to the library that an index was made from.

`calibrate` does it all, `write_calibration` keeps it. Cases, fit and outcome are those by which the
shipped model was fitted too (benchmarks/calibration). Must not import the faces.
"""

from framematch.calibration.frames import Skipped
from framematch.calibration.library import Settings
from framematch.calibration.refit import (
    Figures,
    Refit,
    ReviewedFigures,
    ReviewedPart,
    calibrate,
)
from framematch.calibration.reviewed import Reviewed
from framematch.calibration.writing import check_place, write_calibration

__all__ = [
    "Figures",
    "Refit",
    "Reviewed",
    "ReviewedFigures",
    "ReviewedPart",
    "Settings",
    "Skipped",
    "calibrate",
    "check_place",
    "write_calibration",
]
