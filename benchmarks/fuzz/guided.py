"""Parsers of our own under atheris: input that reaches new code is kept and changed further.

Owns all that knows atheris (the extra ``fuzz``), which is imported here and nowhere else. The code
of this package is instrumented before it is imported, so this runs in a process of its own.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from random import Random

#: What each target exercises; the rest of the package is not worth the slower code.
_INSTRUMENTED = (
    *("framematch.index", "framematch.ingest", "framematch.triage", "framematch.report"),
    *("framematch.media", "framematch.hashing.interchange", "framematch.records"),
    *("framematch.matching.confidence", "framematch.case_records"),
)


def main(name: str, seconds: float, folder: Path, seed: int) -> None:
    """Run one target under atheris; does not return.

    Parameters
    ----------
    name : str
        Of the target.
    seconds : float
        How long.
    folder : Path
        Of this round; the corpus, beside it, is kept from one round to the next.
    seed : int
        Of libFuzzer's dice.
    """
    import atheris

    with atheris.instrument_imports(include=list(_INSTRUMENTED)):
        targets = import_module("benchmarks.fuzz.targets").TARGETS
    inputs, told = import_module("benchmarks.fuzz.inputs"), import_module("benchmarks.fuzz.parsers")
    target, seeds = targets[name], targets[name].seeds()
    corpus = folder.parent / "corpus" / name
    corpus.mkdir(parents=True, exist_ok=True)
    for number, data in enumerate(seeds):
        (corpus / f"seed-{number}").write_bytes(data)
    log = told.Log(folder, name)
    scratch = Path(tempfile.mkdtemp(prefix="framematch-fuzz-"))

    def run(data: bytes) -> None:
        log.take(data, told.judged(target, data, scratch))

    def mutate(data: bytes, longest: int, number: int) -> bytes:
        dice = Random(number)  # noqa: S311 - input, no secrets
        given = bytes(data) or seeds[0]
        if dice.random() < 0.5:
            change: Callable[[bytes, int], bytes] = atheris.Mutate
            return bytes(change(given, longest))
        return bytes(inputs.changed(target, (given, given, *seeds), dice))[:longest]

    options = [
        f"-max_total_time={seconds:.0f}",
        f"-seed={seed}",
        "-max_len=131072",
        "-rss_limit_mb=4096",
    ]
    arguments = [sys.argv[0], *options, "-print_final_stats=1", "-timeout=60", str(corpus)]
    atheris.Setup(arguments, run, custom_mutator=mutate, enable_python_coverage=True)
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4]))
