"""The experiments, some of which solve exercises, are out of a submission's reach."""

import asyncio

import confined_code
import pytest
from conftest import ROOT

from tlcourse import notebooks
from tlcourse.grading.model.cell_code import imported_modules
from tlcourse.grading.sandbox import withheld
from tlcourse.grading.sandbox.fork_server import BubblewrapSandbox
from tlcourse.grading.sandbox.unsandboxed import Unsandboxed

IMPORT = "from tlcourse.research import pipeline_steps\nprint('imported', pipeline_steps.split_of('Ann', 1.0))"
MESSAGE = "a graded answer cannot import tlcourse.research, which contains solutions"


def printed(modules, code):
    """What code prints in a sandbox for a unit with these imports."""
    sandbox = BubblewrapSandbox(modules)
    try:
        return confined_code.run(sandbox, code).text
    finally:
        sandbox.close()


@pytest.mark.needs_sandbox
def test_a_submission_cannot_import_the_experiments():
    text = printed(["tlcourse.checks"], IMPORT)
    assert MESSAGE in text
    assert "imported test" not in text  # what the code prints, and not its traceback


@pytest.mark.needs_sandbox
def test_a_submission_finds_no_file_of_them_and_cannot_write_there():
    text = printed(
        [],
        "import os, tlcourse\n"
        "del os.environ['TLCOURSE_RESEARCH']\n"
        "folder = os.path.join(os.path.dirname(tlcourse.__file__), 'research')\n"
        "print(os.listdir(folder))\n"
        "for attempt in (lambda: open(folder + '/x', 'w'), lambda: __import__('tlcourse.research.pipeline_steps')):\n"
        "    try:\n        print('done', attempt())\n"
        "    except (ImportError, OSError) as error:\n        print(type(error).__name__)\n",
    )
    assert text.splitlines() == ["['__init__.py']", "OSError", "ModuleNotFoundError"]


@pytest.mark.needs_sandbox
def test_a_unit_that_imports_the_experiments_gets_them():
    assert "imported test" in printed(["tlcourse.research", "tlcourse.research.pipeline_steps"], IMPORT)


@pytest.mark.parametrize("modules", [[], ["tlcourse.research.pipeline_steps"]])
def test_without_a_sandbox_an_import_fails_too_unless_the_unit_has_it(modules):
    async def printed_there():
        kernel = await Unsandboxed(modules).start_kernel({}, confined_code.LIMITS)
        try:
            return (await confined_code.printed(kernel, IMPORT, 60))[0]
        finally:
            await kernel.close()

    text = asyncio.run(printed_there())
    assert (MESSAGE in text, "imported test" in text) == (not modules, bool(modules))


def test_no_released_unit_imports_the_experiments():
    files = sorted((ROOT / "notebooks").glob("*/*.ipynb"))
    assert files
    for file in files:
        assert withheld.environment(imported_modules(notebooks.read(file).cells)), file


def test_only_the_package_itself_is_withheld():
    assert withheld.in_package("tlcourse.research")
    assert withheld.in_package("tlcourse.research.headline")
    assert not withheld.in_package("tlcourse.researchers")
    assert not withheld.in_package("tlcourse")
