"""Compiled code on disk: never that of another release."""

import ast
import hashlib
from pathlib import Path

from framematch import index

FOLDER = Path(index.__file__).parent
INTRINSICS, LAYOUT = "vectors.py", "planes.py"


def test_compiled_code_is_stamped_with_all_files_that_it_is_made_of() -> None:
    # numba's files are named after kernels.py's content alone: a release in which only the others
    # changed would run the machine code of the one before.
    running = hashlib.sha256()
    for name in (INTRINSICS, LAYOUT):
        running.update((FOLDER / name).read_bytes())
    stamp = f'_BUILT_FROM = "{running.hexdigest()}"'
    lines = (FOLDER / "kernels.py").read_text("utf-8").splitlines()
    assert stamp in lines, f"vectors.py or planes.py changed: write in kernels.py\n{stamp}"


def test_compiled_code_is_made_of_no_other_file() -> None:
    for name, others in (
        ("kernels.py", {"planes", "vectors"}),
        (INTRINSICS, {"planes"}),
        (LAYOUT, set()),
    ):
        tree = ast.parse((FOLDER / name).read_text("utf-8"))
        modules = {
            node.module
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom) and node.module
        }
        found = {module for module in modules if module.startswith("framematch")}
        assert found == {f"framematch.index.{other}" for other in others}
