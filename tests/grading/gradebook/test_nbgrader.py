"""Whether nbgrader still has what the gradebook relies on beyond its documentation."""

import nbformat
from private_apis import changed

from tlcourse.grading.gradebook import _nbgrader


def test_nbgrader_has_what_the_gradebook_relies_on(tmp_path):
    from nbgrader.converters import Autograde
    from nbgrader.coursedir import CourseDirectory
    from nbgrader.preprocessors import NbGraderPreprocessor

    traits = {
        "autograde_preprocessors",
        "sanitize_preprocessors",
        "pre_convert_hook",
        "post_convert_hook",
        "exporter_class",
        "force",
    }
    missing = traits - set(Autograde.class_trait_names())
    assert not missing, changed("nbgrader", f"its Autograde has no {', '.join(missing)}", _nbgrader)
    coursedir = CourseDirectory(root=str(tmp_path), student_id="ann", assignment_id="unit", submitted_directory="in")
    converter = Autograde(coursedir=coursedir)
    file = tmp_path / "in" / "ann" / "unit" / "unit.ipynb"
    about = converter.init_single_notebook_resources(str(file))["nbgrader"]
    missing = {"assignment", "student", "notebook", "db_url"} - set(about)
    assert not missing, changed("nbgrader", f"its resources have no {', '.join(missing)}", _nbgrader)
    step = NbGraderPreprocessor()
    converter.autograde_preprocessors = [step]
    exporter = converter.exporter_class()
    exporter.register_preprocessor(step)
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1")])
    seen = []
    step.preprocess = lambda nb, resources: (seen.append(nb), (nb, resources))[1]
    exporter.from_notebook_node(notebook)
    assert seen, changed("nbconvert", "an exporter does not take a step that is already made", _nbgrader)
    (tmp_path / "nbgrader_config.py").write_text("c = get_config()\nc.CourseDirectory.course_id = 'here'\n")
    config = _nbgrader.read_configuration(tmp_path)
    assert config.CourseDirectory.course_id == "here", changed("jupyter_core", "how it reads configuration", _nbgrader)
