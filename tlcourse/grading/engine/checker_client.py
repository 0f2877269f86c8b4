"""The launcher's side of the judge: carries a check there, and the calls of it to the student's process and back."""

import ast
import asyncio
import json

from nbclient.exceptions import DeadKernelError

from tlcourse.grading.model.release import parsed
from tlcourse.grading.sandbox.kernel import Fork

SERVE = "import tlcourse.grading.sandbox.guest.function_server as _answers\n_answers.serve(get_ipython().user_ns)"
SHARED_LIMITS = ("memory_megabytes", "disk_megabytes", "processes")


class Judging:
    """A clean process for one submission, forked when it is first needed; see `tlcourse.grading.sandbox.guest.checker`.

    Parameters
    ----------
    release : tlcourse.grading.model.release.Release
    seed : str
        Of the hidden tests' inputs.
    """

    def __init__(self, release, seed):
        self.release, self.seed = release, seed
        self._judge = None
        self._before = 0.0  # processor seconds of judges that have ended, since they were ready
        self.cpu = 0.0  # the same, with what it took to make them

    @property
    def seconds(self):
        """What the judge has used of the processor since it was ready: a check's own work counts as in a notebook."""
        return self._before + (self._judge.cpu - self._judge.cpu_ready if self._judge else 0.0)

    async def fingerprints(self, executor, source):
        """What the functions that checks rely on look like where no student has been; `source` is the guard's."""
        await self._ask(executor, fingerprints=source)
        return (await self._hear())["fingerprints"]

    async def decide(self, executor, source):
        """What the judge found, {"ename", "evalue", "traceback", "printed"}, or None where it cannot decide."""
        names = [name for cell in self.release.cells for name in functions(cell)]
        kernel = executor.kernel
        kernel.excused = True  # while the judge works
        try:
            await self._ask(executor, check=source, names=names, seed=self.seed)
            found = await self._converse(executor)
        except BaseException:
            await self.close()  # it waits for an answer that will not come
            raise
        finally:
            kernel.excused = False
        return None if "cannot" in found else found

    async def close(self):
        """End the judge."""
        if self._judge is not None:
            self._writer.close()
            await self._judge.close()
            self.cpu += self._judge.cpu
            self._before, self._judge = self.seconds, None

    async def _ask(self, executor, **request):
        if self._judge is None or not self._judge.alive:
            limits = {name: getattr(executor.limits, name) for name in SHARED_LIMITS}
            judge = Fork(executor.template, self.release.files, limits, "judge", setup=given(self.release))
            await judge.come_up()
            self._judge = judge
            self._reader, self._writer = await judge.meet()
        self._writer.write(json.dumps(request).encode() + b"\n")

    async def _hear(self):
        line = await self._reader.readline()
        if not line:
            raise RuntimeError("the judge ended")
        return json.loads(line)

    async def _converse(self, executor):
        """Carry calls from the judge to the student's kernel and values back, until the verdict."""
        said = await self._hear()
        if "verdict" in said:
            return said["verdict"]
        kernel = executor.kernel
        kernel.excused = False  # from here on it may be the student's process that is waited for
        serving = asyncio.ensure_future(executor.reply(kernel.client.execute(SERVE, silent=True, store_history=False)))
        reader, writer = await kernel.meet()
        try:
            while "verdict" not in said:
                writer.write(json.dumps(said).encode() + b"\n")
                answer = asyncio.ensure_future(reader.readline())
                await asyncio.wait({answer, serving}, return_when=asyncio.FIRST_COMPLETED)
                line = answer.result() if answer.done() else b""
                if not line:
                    await asyncio.wait({serving}, timeout=5)
                    raise DeadKernelError("the student's process gave no answer")
                kernel.excused = True
                self._writer.write(json.dumps(json.loads(line)).encode() + b"\n")
                said = await self._hear()
                kernel.excused = False
        except BaseException:
            serving.add_done_callback(lambda task: task.cancelled() or task.exception())
            raise
        finally:
            writer.close()
        await serving
        return said["verdict"]


def functions(cell):
    """The functions that a released solution cell is to define."""
    if cell["cell_type"] != "code" or not cell["nbgrader"].get("solution"):
        return []
    return [node.name for node in parsed(cell["source"]).body if isinstance(node, ast.FunctionDef)]


def given(release):
    """Sources that make what checks find beside the student's answers: set-up cells, and definitions in other cells."""
    found = []
    for cell in release.cells:
        if cell["cell_type"] != "code" or cell["nbgrader"]:
            continue
        if "setup" in cell["tags"]:
            found.append(cell["source"])
        else:
            kinds = (ast.FunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)
            found += [ast.unparse(node) for node in parsed(cell["source"]).body if isinstance(node, kinds)]
    return found
