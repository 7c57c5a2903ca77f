"""How long files and functions are: a report, with limits that fail."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from statistics import quantiles

import pytest

pytestmark = [pytest.mark.pure, pytest.mark.any_engine]

ROOT = Path(__file__).resolve().parents[2]
FILE_LONGEST, FILE_USUAL = 450, 250
FUNCTION_LONGEST, FUNCTION_USUAL = 60, 20
UNUSUAL_FILES, UNUSUAL_FUNCTIONS = 0.12, 0.12  # shares that may be longer than usual


def modules() -> list[Path]:
    return sorted([*(ROOT / "reports_service").rglob("*.py"), *(ROOT / "workers").rglob("*.py")])


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """The functions of a module with the number of lines below their docstrings."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            begin = node.body[0].end_lineno if ast.get_docstring(node) else node.lineno
            yield f"{path.relative_to(ROOT)}:{node.lineno} {node.name}", node.end_lineno - begin


def report(what: str, sizes: list[tuple[str, int]], usual: int) -> float:
    """Print the spread and the longest; the share that is longer than usual."""
    lengths = sorted(size for _, size in sizes)
    tenths = quantiles(lengths, n=10)
    over = sum(size > usual for size in lengths) / len(lengths)
    print(f"\n{len(sizes)} {what}: median {tenths[4]:.0f}, p90 {tenths[8]:.0f}, max {lengths[-1]}")
    for name, size in sorted(sizes, key=lambda one: -one[1])[:8]:
        print(f"  {size:4} {name}")
    return over


def test_files_are_small() -> None:
    sizes = [
        (str(path.relative_to(ROOT)), len(path.read_text(encoding="utf-8").splitlines()))
        for path in modules()
    ]
    over = report("files", sizes, FILE_USUAL)
    assert max(size for _, size in sizes) <= FILE_LONGEST
    assert over <= UNUSUAL_FILES


def test_functions_are_small() -> None:
    sizes = [found for path in modules() for found in functions(path)]
    over = report("functions", sizes, FUNCTION_USUAL)
    assert max(size for _, size in sizes) <= FUNCTION_LONGEST
    assert over <= UNUSUAL_FUNCTIONS


def test_every_module_says_what_it_is_for() -> None:
    without = [
        str(path.relative_to(ROOT))
        for path in modules()
        if path.read_text(encoding="utf-8").strip()
        and not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert without == []
