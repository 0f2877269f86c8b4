"""Which code of `tlcourse` decides on a check, so that the check runs again after this code has changed.

That is the code which the check reaches by names: through its own statements, those of the other cells that make names
for it, the student's among them, and through functions that these call. The grader's own code decides on every check.
Comments, docstrings and layout decide on nothing.
"""

import ast
import functools
import hashlib

from tlcourse.grading.engine.cell_selection import assigned_and_read_names
from tlcourse.grading.model import course_code
from tlcourse.grading.model.cell_code import LONGEST_CODE, cached_by_source, parsed
from tlcourse.grading.model.syntax_trees import parse

MACHINERY = ("grading/engine/", "grading/sandbox/")  # and what these import
# It hands submissions out and keeps apart what has changed: no check's outcome depends on it.
APART = ("grading_pool.py", "changed_checks.py", "deciding_code.py", "grading_plan.py", "strength.py")
OPAQUE = {"exec", "eval", "importlib", "__import__"}  # what a cell with these uses cannot be said: all may decide
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


class CourseCode:
    """The statements of `tlcourse` and what they refer to, read when they are first needed.

    A reference is a pair: the name of a module, and that of something in it, or None for all of it.

    Parameters
    ----------
    files : dict of str to pathlib.Path
        Of `tlcourse.grading.model.course_code.deciding_files`.
    """

    def __init__(self, files):
        self.files = files
        self.modules = {_module_name(name): path for name, path in files.items() if name.endswith(".py")}
        self.module = functools.lru_cache(None)(self._read)
        self.texts = functools.lru_cache(None)(self._text_digest)
        self.reached = functools.lru_cache(512)(self._reached)
        self.cell_uses = functools.lru_cache(1024)(self._cell_uses)

    def _read(self, name):
        """A module's statements: (digest of the text, names it makes, references, text constants)."""
        tree = parse(self.modules[name].read_text(encoding="utf-8"))
        aliases = imports_of(tree)
        own = {made for node in tree.body for made in _made_names(node)}
        return [
            (_digest(node), _made_names(node), self.references(node, aliases, name, own), _constants(node))
            for node in tree.body
            if not _is_docstring(node)
        ]

    def references(self, node, aliases, module=None, own=()):
        """What a syntax tree refers to: names of its own module, and what it has imported, with attributes."""
        references, inner = set(), {}
        for part in ast.walk(node):
            if isinstance(part, ast.Attribute) and isinstance(part.value, (ast.Attribute, ast.Name)):
                inner[id(part.value)] = part
            elif isinstance(part, ast.ImportFrom) and any(alias.name == "*" for alias in part.names):
                references.add((part.module or "", None))
        for part in ast.walk(node):
            if isinstance(part, ast.Name) and part.id in aliases:
                for target in aliases[part.id]:
                    references.add(self._followed(target, part, inner))
            elif isinstance(part, ast.Name) and part.id in own:
                references.add((module, part.id))
        return {target for target in references if target and target[0] in self.modules}

    def _followed(self, target, part, inner):
        """What an imported name with its attributes refers to: the module, and what is meant in it."""
        path, attributes = target, []
        while id(part) in inner:
            part = inner[id(part)]
            attributes.append(part.attr)
        for name in [*path[1:], *attributes]:
            if name is None:
                continue
            module = f"{path[0]}.{name}"
            if module not in self.modules:
                return path[0], name
            path = module, None
        return path[0], None

    def _cell_uses(self, source, aliases):
        """What a part of a notebook refers to, and its text constants; titles and other keys name no file."""
        tree, targets = parsed(source), dict(aliases)
        keys = {id(key) for node in ast.walk(tree) if isinstance(node, ast.Dict) for key in node.keys}
        return self.references(tree, targets), _constants(tree, keys)

    def _reached(self, roots):
        """All statements that references lead to, as a set of digests, and the text constants in them."""
        waiting, seen, digests, constants = list(roots), set(), set(), frozenset()
        while waiting:
            reference = waiting.pop()
            if reference in seen or reference[0] not in self.modules:
                continue
            seen.add(reference)
            for digest, _, references, texts in self._statements(*reference):
                digests.add(digest)
                constants |= texts
                waiting += references - seen
        return digests, constants

    def _statements(self, module, name):
        statements = self.module(module)
        chosen = [entry for entry in statements if not entry[1] or name in entry[1]]  # side effects always count
        return chosen if name and any(entry[1] for entry in chosen) else statements

    def _text_digest(self, name):
        return hashlib.sha256(self.files[name].read_bytes()).hexdigest()

    def data_digests(self, constants):
        """The digests of data files that code names: in full, or without the suffix."""
        names = [name for name in self.files if not name.endswith(".py")]
        return {self.texts(name) for name in names if set(_spellings(name)) & constants}

    @functools.cached_property
    def machinery(self):
        """The digest of the grader's own code, and of what of the course it uses."""
        names = [
            _module_name(name)
            for name in self.files
            if name.startswith(MACHINERY) and name.endswith(".py") and not name.endswith(APART)
        ]
        return _joined(self.reached(frozenset((name, None) for name in names))[0])


@functools.lru_cache(2)
def course_code_of(sha256):
    """The code of the installed `tlcourse`; `sha256` is that of `deciding_sha256`."""
    return CourseCode(course_code.deciding_files())


def code_digests(notebook, assignment):
    """The digest of the code of `tlcourse` that decides on each check of a submission, by grade_id.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        Of `tlcourse.grading.submissions.normalize.normalize`.
    assignment : tlcourse.grading.model.assignment.Assignment
    """
    code = course_code_of(assignment.code_sha256)
    released = {text.strip() for cell in assignment.cells for text in (cell["source"], cell["full"])}
    sources = []
    for cell in notebook.cells:
        if cell.cell_type == "code":
            sources += _parts(cell.source) if cell.source.strip() in released else [cell.source]
    aliases = {}
    for source in sources:
        for name, targets in _imports(source).items():
            aliases.setdefault(name, set()).update(targets)
    makers = {}  # by name, the parts that make or change it, and what they read
    for source in dict.fromkeys(sources):
        assigned, reads = _names(source, aliases)
        for name in assigned:
            makers.setdefault(name, []).append((source, reads))
    return {
        cell["grade_id"]: _check_digest(cell["full"], makers, aliases, code) for cell in assignment.autograded_cells()
    }


def _check_digest(check, makers, aliases, code):
    reached, wanted, waiting = {}, set(), []
    for part in _parts(check):
        reached[part] = None
        waiting += _names(part, aliases)[1]
    while waiting:
        name = waiting.pop()
        if name in wanted:
            continue
        wanted.add(name)
        for source, reads in makers.get(name, ()):
            if source not in reached:
                reached[source] = None
                waiting += reads
    if any(_is_opaque(source) for source in reached):
        return _joined(code.texts(name) for name in code.files)
    bound = frozenset((name, frozenset(targets)) for name, targets in aliases.items())
    parts = [code.cell_uses(source, bound) for source in reached]
    digests, constants = code.reached(frozenset().union(*(references for references, _ in parts)))
    named = code.data_digests(constants.union(*(texts for _, texts in parts)))
    return _joined([code.machinery, *digests, *named])


def _names(source, aliases):
    """What a part of a notebook makes or changes, and reads; calling a module's function changes no module."""
    assigned, reads = assigned_and_read_names(source)
    return assigned - aliases.keys(), reads - aliases.keys()


@cached_by_source
def _parts(source):
    """The statements of a released cell, each as a source."""
    return [ast.unparse(node) for node in parsed(source).body]


@cached_by_source
def _imports(source):
    return imports_of(parsed(source))


@cached_by_source
def _is_opaque(source):
    if len(source) > LONGEST_CODE:
        return True
    return any(isinstance(node, ast.Name) and node.id in OPAQUE for node in ast.walk(parsed(source)))


def imports_of(tree):
    """What a tree's imports bind, also inside functions: by name, the targets (module, name or None)."""
    bound = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                module = alias.name if alias.asname else alias.name.partition(".")[0]
                bound.setdefault(alias.asname or module, set()).add((module, None))
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                bound.setdefault(alias.asname or alias.name, set()).add((node.module, alias.name))
    own = {name: {target for target in targets if _is_ours(target[0])} for name, targets in bound.items()}
    return {name: targets for name, targets in own.items() if targets}


def _is_ours(module):
    return module.partition(".")[0] == "tlcourse"


def _made_names(node):
    """The names of a module that a statement makes or fills."""
    if isinstance(node, DEFINITIONS):
        return {node.name}
    names = {part.name for part in ast.walk(node) if isinstance(part, DEFINITIONS)}
    for part in ast.walk(node):
        if isinstance(part, (ast.Import, ast.ImportFrom)):
            names |= {(alias.asname or alias.name).partition(".")[0] for alias in part.names}
        elif isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
            names.add(part.id)
        elif isinstance(part, (ast.Subscript, ast.Attribute)) and not isinstance(part.ctx, ast.Load):
            names |= {inner.id for inner in ast.walk(part) if isinstance(inner, ast.Name)}
    return names


def _is_docstring(node):
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


class _WithoutDocstrings(ast.NodeTransformer):
    """Takes docstrings out of a tree, and other statements that are nothing but a constant."""

    def generic_visit(self, node):
        super().generic_visit(node)
        body = getattr(node, "body", None)
        if isinstance(body, list):
            node.body = [part for part in body if not _is_docstring(part)] or [ast.Pass()]
        return node


def _digest(node):
    copied = parse(ast.unparse(node))
    return hashlib.sha256(ast.unparse(_WithoutDocstrings().visit(copied)).encode()).hexdigest()


def _constants(tree, apart=()):
    constants = [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    return frozenset(node.value for node in constants if id(node) not in apart)


def _spellings(name):
    last = name.rpartition("/")[2]
    return last, last.partition(".")[0], name


def _module_name(file):
    name = file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    return "tlcourse" if name == "__init__" else f"tlcourse.{name}"


def _joined(digests):
    return hashlib.sha256("\n".join(sorted(digests)).encode()).hexdigest()
