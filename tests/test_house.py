"""Rules of the house that no linter knows."""

import ast
import re
import tomllib
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path

import pytest

from bot.cli import main as cli
from bot.settings import Settings
from handlers import commands, notices
from handlers.texts import catalogue
from services.permissions import GRANTS, Permission

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("bot", "handlers", "services", "knowledge", "db")
CHINESE = re.compile(r"[\u3400-\u9fff]")
SAYS = {"say", "tell", "Refusal", "notify", "raise_once", "button_row", "screen_for"}


def sources(*rooms: str) -> Iterator[tuple[Path, ast.Module]]:
    for room in rooms or ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            if "versions" not in path.parts:
                yield path, ast.parse(path.read_text(encoding="utf-8"))


def docstrings(tree: ast.Module) -> set[int]:
    """Ids of the nodes that are docstrings, or strings standing alone as comments."""
    return {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }


def literals(tree: ast.Module) -> Iterator[str]:
    left_out = docstrings(tree)
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or id(node) in left_out:
            continue
        if isinstance(node.value, str):
            yield node.value


def test_no_chinese_literal_outside_the_texts() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {text[:30]!r}"
        for path, tree in sources()
        for text in literals(tree)
        if CHINESE.search(text.replace("\u4e00-\u9fff", ""))  # a range of characters is no copy
    ]
    assert not found, "\n".join(found)


def keys_said() -> Iterator[tuple[str, str]]:
    """Every literal text key in the code, with the place it stands."""
    for path, tree in sources("bot", "handlers", "services"):
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
            name = name or (node.func.id if isinstance(node.func, ast.Name) else "")
            if name not in SAYS:
                continue
            words = [a.value for a in node.args if isinstance(a, ast.Constant)]
            for word in words:
                if isinstance(word, str) and re.fullmatch(r"[a-z_]+(\.[a-z0-9_]+)+", word):
                    yield word, f"{path.relative_to(ROOT)}:{node.lineno}"


def test_every_key_that_is_said_exists() -> None:
    calls = set(notices.CALLS)  # notices that are a call of the Bot API, not words
    known = catalogue().keys() | calls
    missing = {f"{key} ({where})" for key, where in keys_said() if key not in known}
    assert not missing, "\n".join(sorted(missing))


def test_every_text_is_used() -> None:
    code = "\n".join(
        path.read_text(encoding="utf-8")
        for room in ("bot", "handlers", "services", "knowledge")
        for path in (ROOT / room).rglob("*.py")
    )
    patterns = [
        re.compile(re.sub(r"\\\{[^{}]*\\\}", "[^.]+", re.escape(found)) + r"$")
        for found in set(re.findall(r'f"([a-z_]+\.[a-z0-9_.{}\[\]() +\'-]*)"', code))
    ]
    unused = [
        key
        for key in catalogue()
        if f'"{key}"' not in code and not any(pattern.match(key) for pattern in patterns)
    ]
    assert not unused, "\n".join(unused)


def test_texts_hold_valid_placeholders_and_no_english_words() -> None:
    for key, text in catalogue().items():
        bare = re.sub(r"\{[a-z_]+\}", "", text)
        assert "{" not in bare.replace("{{", "").replace("}}", ""), key
        assert text == text.strip(), key


@pytest.mark.parametrize("path", sorted((ROOT / "handlers" / "texts" / "zh").glob("*.toml")))
def test_text_files_parse(path: Path) -> None:
    tomllib.loads(path.read_text(encoding="utf-8"))


def test_only_the_process_and_storage_commit() -> None:
    for path, tree in sources("handlers", "services"):
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute):
                assert node.attr not in ("commit", "rollback"), path


def test_every_permission_is_granted_to_somebody_below_the_administrator() -> None:
    granted = {
        permission for role, held in GRANTS.items() if role != "admin" for permission in held
    }
    only_admin = {Permission.AUDIT_VIEW, Permission.INBOX_RETRY}
    assert set(Permission) - granted <= only_admin
    assert list(Permission) == sorted(Permission)


def test_every_entry_is_registered_once_and_declares_its_right() -> None:
    names = [command.name for command in commands.COMMANDS]
    prefixes = [press.prefix for press in commands.PRESSES]
    assert len(set(names)) == len(names)
    assert len(set(prefixes)) == len(prefixes)
    for command in commands.COMMANDS:
        assert re.fullmatch(r"[a-z0-9_]{1,32}", command.name)
        assert not command.menu or command.menu in catalogue()


def table(first: str) -> dict[str, list[str]]:
    """The rows of the README's table with this first heading, by their first cell."""
    lines = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith(f"| {first} |"))
    rows = takewhile(lambda line: line.startswith("|"), lines[start + 2 :])
    cells = ([cell.strip() for cell in row.strip("|").split("|")] for row in rows)
    return {row[0].strip("`"): row[1:] for row in cells}


def test_readme_tells_every_setting_with_its_default_and_meaning() -> None:
    def told(default: object) -> str:
        return "" if default in ("", None, frozenset()) else f"`{default}`"

    assert table("name") == {
        name.upper(): [told(field.default), field.description]
        for name, field in Settings.model_fields.items()
    }


def test_readme_tells_every_command_with_its_right() -> None:
    rights = {name: row[0].strip("`") for name, row in table("command").items()}
    assert rights == {f"/{one.name}": one.need or "everybody" for one in commands.COMMANDS}


def test_readme_tells_what_every_role_may() -> None:
    told = {role: set(re.findall(r"`([a-z_:]+)`", row[0])) for role, row in table("role").items()}
    assert told == {role: set(held) for role, held in GRANTS.items()}


def test_readme_tells_every_command_of_the_command_line() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    top = [one.name or one.callback.__name__ for one in cli.app.registered_commands if one.callback]
    assert top
    for name in [*top, *(group.name for group in cli.app.registered_groups)]:
        assert f"python -m bot {name}" in readme


def packages(room: str) -> set[str]:
    return {path.parent.name for path in (ROOT / room).glob("*/__init__.py")}


FRAME = {"files", "forms", "texts"}  # rooms of their own, not features
FEATURES = packages("handlers") - FRAME
NEIGHBOURS = {
    ("clubs", "people"),  # consent before the first personal field
    ("entries", "questions"),  # what the base could not answer becomes an entry,
    ("questions", "entries"),  # and an answer is written as one
    ("reports", "questions"),  # a photo with a question under it
    ("volunteers", "people"),
}


def test_features_have_one_name_in_handlers_and_services() -> None:
    assert packages("services") - FRAME == FEATURES


def test_features_do_not_know_one_another() -> None:
    met = set()
    for feature in FEATURES:
        for path in (ROOT / "handlers" / feature).glob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("handlers."):
                    other = str(node.module).split(".")[1]
                    if other in FEATURES - {feature}:
                        met.add((feature, other))
    assert met == NEIGHBOURS


def test_modules_open_with_a_sentence() -> None:
    for path, tree in sources():
        if tree.body:
            assert ast.get_docstring(tree), f"{path.relative_to(ROOT)} does not say what it is for"


def test_no_address_of_a_registry_and_no_path_of_a_machine() -> None:
    for name in ("requirements.lock", "requirements-dev.lock"):
        assert "://" not in (ROOT / name).read_text(encoding="utf-8")


def test_a_wheel_holds_every_package_and_every_file_beside_the_code() -> None:
    tool = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
    found = tool["setuptools"]["packages"]["find"]["include"]
    assert sorted(found) == sorted(f"{room}*" for room in ROOMS)
    kept = {pattern.removeprefix("*") for pattern in tool["setuptools"]["package-data"]["*"]}
    files = (path for room in ROOMS for path in (ROOT / room).rglob("*") if path.is_file())
    there = {path.suffix for path in files} - {".py", ".pyc"}
    assert there == kept


def test_nothing_was_left_for_later() -> None:
    words = re.compile("TODO|FIXME|NotImplementedError|XXX")
    for path, _ in sources():
        assert not words.search(path.read_text(encoding="utf-8")), path
