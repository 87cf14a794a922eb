"""Compare the appearance code with every published PDQ hash: ``python -m benchmarks.pdq``."""

import argparse
import os
import sys
from pathlib import Path

from benchmarks.pdq import cost, images, videos
from benchmarks.pdq.series import MAX_DISTANCE, MIN_QUALITY, Series, heading


def main() -> int:
    """Print the distributions and return 1 where the rule is broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--media", type=Path, default=Path("../shared/media"), help="folder with pdq/ and vpdq/"
    )
    media: Path = parser.parse_args().media
    if not (media / "pdq").is_dir() or not (media / "vpdq").is_dir():
        parser.error(f"{media}: holds no pdq/ and vpdq/; name the development footage with --media")

    print(f"Rule: at most {MAX_DISTANCE} bits from the published hash at quality {MIN_QUALITY}+.\n")
    print(f"Images\n{heading()}")
    ruled, shown = images.measure_lists(media / "pdq")
    _print(ruled)
    print("  to look at, without a rule:")
    _print([*shown, images.measure_package(media / "pdq")])
    print("\nThe eight dihedral images")
    dihedral, all_named = images.measure_dihedral(media / "pdq")
    _print(dihedral)
    print(f"  each image is nearest to its own turn: {'yes' if all_named else 'NO'}")
    ruled += dihedral

    print(f"\nVideos, every frame\n{heading()}")
    for of_video, others in videos.measure(media / "vpdq"):
        ruled += of_video
        _print([*of_video, *others])

    threads = os.environ.get("OPENBLAS_NUM_THREADS", "unset")
    print(f"\nCost (OPENBLAS_NUM_THREADS={threads})")
    print("\n".join(cost.measure()))

    broken = [series.name for series in ruled if not series.kept]
    print(f"\nRule {'kept' if not broken and all_named else f'BROKEN: {broken}'}")
    return 1 if broken or not all_named else 0


def _print(many: list[Series]) -> None:
    for series in many:
        print(series.line())


if __name__ == "__main__":
    sys.exit(main())
