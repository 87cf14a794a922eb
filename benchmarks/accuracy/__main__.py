"""Run everything: ``python -m benchmarks.accuracy --media ../shared/media --scratch DIR``.

Prints the table with the peers beside, every family, the unknown files, episodes, times,
calibration and stages, and a line for every target that is missed; writes the figures as JSON, and
charts.
"""

import argparse
import hashlib
import json
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

import framematch
from benchmarks.accuracy import store, table
from benchmarks.accuracy.ablation import ablation_of, ablation_table, ask_steps
from benchmarks.accuracy.charts import draw, draw_crowds, draw_margin
from benchmarks.accuracy.crowds import askable, crowd_table, honesty, run_with
from benchmarks.accuracy.engine import Where, ask
from benchmarks.accuracy.groups import all_queries
from benchmarks.accuracy.library import Library, build
from benchmarks.accuracy.outcomes import Asked, Run
from benchmarks.accuracy.peers import PEERS, ask_peers
from benchmarks.accuracy.queries import Amounts, Query, quick, some
from benchmarks.accuracy.report import report_of, without_nan
from framematch.index import Index


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.accuracy")
    parser.add_argument("--media", type=Path, required=True, help="the development footage")
    parser.add_argument("--scratch", type=Path, help="keep library, queries and answers here")
    parser.add_argument("--workers", type=int, default=2, help="processes that ask")
    parser.add_argument("--quick", action="store_true", help="some queries of every family")
    parser.add_argument("--limit", type=int, help="at most so many queries, evenly spread")
    parser.add_argument("--group", action="append", help="these groups and the unknown only")
    parser.add_argument("--distractors", default="", help="sizes, such as 100,10000,1000000")
    parser.add_argument("--ablation", action="store_true", help="steps taken away, same queries")
    parser.add_argument("--answers", type=Path, help="report on a run that was kept; asks nothing")
    parser.add_argument("--out", type=Path, help="write the figures here, as JSON")
    parser.add_argument("--charts", type=Path, help="write the charts into this folder")
    return parser.parse_args()


def code_digest() -> str:
    """Return a digest of the installed package's source and calibration."""
    running = hashlib.sha256()
    root = Path(framematch.__file__).parent
    for path in sorted([*root.rglob("*.py"), *root.rglob("*.json"), *root.rglob("*.np*")]):
        running.update(path.relative_to(root).as_posix().encode() + path.read_bytes())
    return running.hexdigest()[:16]


def chosen_queries(given: argparse.Namespace, library: Library, scratch: Path) -> list[Query]:
    """Return the queries that were asked for."""
    amounts = Amounts()
    queries = store.kept(scratch / "queries", amounts, all_queries(library, scratch, amounts))
    if given.group:
        queries = [query for query in queries if query.group in (*given.group, "U")]
    if given.quick:
        queries = quick(queries)
    return queries if given.limit is None else some(queries, given.limit)


def _empty(library: Library, about: dict[str, Any]) -> Run:
    with Index.open(library.indexes[""]) as index:
        order: dict[str, list[str]] = {}
        for reference in index.references():
            order.setdefault(reference.show, [])
            if reference.episode is not None:
                order[reference.show].append(str(reference.episode))
        return Run({**about, "rows": len(index), "shows": len(order)}, order)


def ask_all(
    given: argparse.Namespace, library: Library, scratch: Path, queries: list[Query]
) -> Run:
    """Ask peers and product, and return the run."""
    about = {
        "version": version("framematch"),
        "code": code_digest(),
        "queries": len(queries),
        "key": store.key_of(Amounts()),
    }
    run = _empty(library, about)
    kept = scratch / "peers"
    peers = ask_peers(library.indexes[""], queries, list(PEERS), kept, given.workers)
    where = Where(library.indexes, 0, scratch, given.media)
    answers = ask(where, queries, given.workers)
    for number, (query, answer) in enumerate(zip(queries, answers, strict=True)):
        run.asked.append(Asked.of(query, answer, peers[number]))
        if number % 50 == 49:
            print(f"  {number + 1} of {len(queries)} asked", file=sys.stderr, flush=True)
    run.save(scratch / "answers.json")
    return run


def ask_further(
    given: argparse.Namespace, library: Library, scratch: Path, queries: list[Query], run: Run
) -> dict[str, Any]:
    """Take steps away, put distractors in; print and return what comes of it."""
    further: dict[str, Any] = {}
    if given.ablation:
        steps = ask_steps(library.indexes, queries, given.workers)
        margins = [margin for _, margin in steps]
        further["ablation"] = ablation_of(run, [step for step, _ in steps])
        further["margins"] = [[margin.right, margin.wrong] for margin in margins]
        if given.charts:
            given.charts.mkdir(parents=True, exist_ok=True)
            known = [query.show is not None for query in queries]
            draw_margin(known, margins, given.charts / "margin.svg")
        print("\n" + ablation_table(further["ablation"]))
    for size in filter(None, given.distractors.split(",")):
        crowd = run_with(run, library, askable(queries), int(size), scratch, given.workers)
        crowd.save(scratch / f"answers-{size}.json")
        further.setdefault("distractors", []).append(honesty(crowd))
    if given.distractors:
        print("\n" + crowd_table(further["distractors"]))
        if given.charts:
            given.charts.mkdir(parents=True, exist_ok=True)
            draw_crowds(further["distractors"], given.charts / "reliability-distractors.svg")
    return further


def main() -> int:
    """Build, ask, report."""
    given = _arguments()
    further: dict[str, Any] = {}
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as temporary:
        scratch = given.scratch or Path(temporary)
        if given.answers:
            run = Run.load(given.answers)
        else:
            library = build(given.media, scratch, given.workers)
            queries = chosen_queries(given, library, scratch)
            print(f"{len(queries)} queries, {time.monotonic() - began:.0f} s", file=sys.stderr)
            run = ask_all(given, library, scratch, queries)
        found = report_of(run)
        print(f"{run.about['queries']} queries, {run.about['rows']} rows, code {run.about['code']}")
        print(table.whole(found))
        if not given.answers:
            further = ask_further(given, library, scratch, queries, run)
    if given.charts:
        draw(run, given.charts)
    if given.out:
        text = json.dumps(without_nan({**found, **further}), indent=1)
        given.out.write_text(text + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
