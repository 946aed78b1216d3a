"""The picture of the house in CONTRIBUTING.md shows the imports that the code has."""

import re
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
(PICTURE,) = re.findall(r"^```mermaid\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
# Not installed, and without code.
NO_ROOMS = {"benchmarks", "tests", "experiments"}


def drawn():
    """Rooms of the picture, from top to bottom, and its arrows."""
    rooms, arrows, inside = {}, set(), False
    for line in map(str.strip, PICTURE.splitlines()):
        if line == "subgraph harness":
            inside = True
        elif line == "end":
            inside = False
        elif found := re.fullmatch(r'(\w+)\["(\w+)<br>.+"\]', line):
            name, label = found.groups()
            assert name == label
            rooms[name] = f"harness.{name}" if inside else name
        elif found := re.fullmatch(r"(\w+) --> (\w+)", line):
            one, other = found.groups()
            arrows.add((rooms[one], rooms[other]))
        else:
            assert line in ("", "flowchart TB"), line
    return list(rooms.values()), arrows


def packages():
    return {path.parent.name for path in ROOT.glob("*/__init__.py")} - NO_ROOMS


def room_of(module):
    first, *rest = module.split(".")
    return f"harness.{rest[0]}" if first == "harness" and rest else first


@pytest.fixture(scope="module")
def imports():
    """All pairs of rooms of which one imports the other."""
    graph = grimp.build_graph(*sorted(packages()), cache_dir=None)
    pairs = {
        (room_of(importer), room_of(imported))
        for importer in graph.modules
        for imported in graph.find_modules_directly_imported_by(importer)
    }
    return {(one, other) for one, other in pairs if one != other}


def reachable(arrows, start):
    found, todo = set(), [start]
    while todo:
        here = todo.pop()
        fresh = {other for one, other in arrows if one == here} - found
        found |= fresh
        todo += fresh
    return found


def test_every_room_is_drawn():
    rooms, _ = drawn()
    halls = {f"harness.{path.parent.name}" for path in (ROOT / "harness").glob("*/__init__.py")}
    assert set(rooms) == (packages() - {"harness"}) | halls


def test_no_code_stands_between_the_rooms():
    text = (ROOT / "harness" / "__init__.py").read_text(encoding="utf-8")
    assert "import" not in text


def test_every_import_follows_arrows(imports):
    _, arrows = drawn()
    assert {(one, other) for one, other in imports if other not in reachable(arrows, one)} == set()


def test_every_arrow_is_an_import(imports):
    _, arrows = drawn()
    assert arrows - imports == set()


def test_no_arrow_repeats_a_longer_way():
    _, arrows = drawn()
    short = {
        (one, other) for one, other in arrows if other in reachable(arrows - {(one, other)}, one)
    }
    assert short == set()


def test_arrows_point_downward():
    rooms, arrows = drawn()
    assert [pair for pair in arrows if rooms.index(pair[0]) >= rooms.index(pair[1])] == []


def test_the_walk_visits_the_rooms():
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    _, walk, _ = re.split(r"\n!\[.*\n|\nArrows are", page)
    for room in ("cli", "api", "plan", "train", "run", "record", "answer", "statistics"):
        assert 1 <= walk.count(f"`{room}`") <= 2, room
    assert len(walk.strip().splitlines()) <= 12


def test_what_cannot_be_looked_at_is_never_taken_for_missing():
    # Since Python 3.13 ``Path.exists`` says no of both; ``common.paths.present`` does not.
    places = [path for package in sorted(packages()) for path in (ROOT / package).rglob("*.py")]
    asking = [p for p in places if ".exists()" in p.read_text(encoding="utf-8")]
    assert len(places) > 200
    assert asking == []
