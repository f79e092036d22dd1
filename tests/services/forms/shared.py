"""Forms by others with the walks of the ODK engine, in ../shared or SHARED_DIR."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

SHARED = Path(os.environ.get("SHARED_DIR", Path(__file__).parents[4] / "shared"))
FORMS = SHARED / "bench" / "forms"


def expected() -> list[Path]:
    return sorted(FORMS.glob("*.expected.json"))


def cases() -> list[Any]:
    """One parameter for each form, or a single skipped one where the folder is absent."""
    found = [pytest.param(path, id=path.name.split(".")[0]) for path in expected()]
    reason = f"no forms by others: {FORMS} is absent"
    return found or [pytest.param(Path(), id="absent", marks=pytest.mark.skip(reason=reason))]


def told(path: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return loaded


def workbook(path: Path) -> Path:
    return path.with_name(path.name.removesuffix(".expected.json"))
