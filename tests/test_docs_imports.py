"""Every Python example of README and docs imports the public package only."""

import ast
import re
import textwrap
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
STARTER = sorted((ROOT / "harness" / "cli" / "starter").rglob("*.*"))
PRIVATE = {
    path.parent.name for path in ROOT.glob("*/__init__.py") if path.parent.name != "ga_synth"
} - {"benchmarks"}


def imports_of(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def private_imports(text):
    """Modules that code imports from our own packages, except ``ga_synth``."""
    return [name for name in imports_of(ast.parse(text)) if name.split(".")[0] in PRIVATE]


def code_of(text):
    """The Python blocks of a page: fenced ones, and indented ones that import something."""
    yield from re.findall(r"^```(?:python|py)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    unfenced = re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)
    for block in re.findall(r"(?:^(?: {4}.*)?\n)+", unfenced, re.MULTILINE):
        code = textwrap.dedent(block)
        if re.search(r"^(import|from) ", code, re.MULTILINE):
            yield code


def test_the_packages_are_those_that_must_not_be_imported():
    assert {
        "common", "fitness", "harness", "networks", "simd", "strategies", "synth"
    } <= PRIVATE  # fmt: skip


@pytest.mark.parametrize("page", [*PAGES, *STARTER], ids=lambda page: page.name)
def test_examples_import_the_public_package_only(page):
    text = page.read_text(encoding="utf-8")
    blocks = [text] if page.suffix == ".py" else list(code_of(text))
    assert {name for block in blocks for name in private_imports(block)} == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_to_files(page):
    text = page.read_text(encoding="utf-8")
    for link in re.findall(r"\]\(([^)#\s]+?)(?:#[^)]*)?\)", text):
        if "://" not in link:
            assert (page.parent / link).exists(), link


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_within_the_guides_lead_to_headings(page):
    text = page.read_text(encoding="utf-8")
    for link, anchor in re.findall(r"\]\(([^)#\s:]*)#([^)]+)\)", text):
        goal = page.parent / link if link else page
        headings = re.findall(r"^#+ (.*)$", goal.read_text(encoding="utf-8"), re.MULTILINE)
        anchors = {re.sub(r"[^\w\- ]", "", h.lower()).replace(" ", "-") for h in headings}
        assert anchor in anchors, f"{link}#{anchor}"


def test_a_private_import_is_found():
    assert private_imports("from fitness.base import Fitness\nimport ga_synth, synth.space") == [
        "fitness.base",
        "synth.space",
    ]
    assert list(code_of("text\n\n    import a\n    a.b()\n\nmore\n\n    make x\n")) == [
        "\nimport a\na.b()\n\n"
    ]
