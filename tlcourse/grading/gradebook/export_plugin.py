"""What all exports of a course share: marks that are up to date, and the people who are enrolled."""

from nbgrader.coursedir import CourseDirectory
from nbgrader.plugins import ExportPlugin

from tlcourse.grading.gradebook.course import NbgraderCourse
from tlcourse.grading.gradebook.course_sync import late_or_penalized, update_dates, update_penalties, update_people
from tlcourse.grading.gradebook.enrolled_people import as_person
from tlcourse.grading.gradebook.late_policies import days_begun, seconds_late
from tlcourse.grading.model.course_file import read_course_file
from tlcourse.grading.model.roster import course_roster


class CourseExport(ExportPlugin):
    """A plug-in of ``nbgrader export`` that follows course.toml and the roster."""

    def __init__(self, **traits):
        super().__init__(**traits)
        self.course = NbgraderCourse(CourseDirectory(config=self.config).root, self.config)
        self.settings = read_course_file(self.course.folder)
        self.roster = course_roster(self.course.folder, self.settings)

    def update(self, gradebook):
        """Bring people, due dates and penalties up to date."""
        update_people(gradebook, self.roster)
        update_dates(gradebook, self.settings)
        update_penalties(gradebook, self.config, self.settings, self.roster)
        gradebook.db.commit()

    def people(self, gradebook):
        """The people to export: the active students of the roster, or those of ``--student`` among them.

        Without a roster, these are the gradebook's students.
        """
        wanted = set(map(str, self.student))
        active = self.roster.active.values() if self.roster else gradebook.students
        by_name = sorted(active, key=lambda student: (student.last_name or "", student.first_name or "", student.id))
        return [as_person(student) for student in by_name if not wanted or student.id in wanted]

    def days_late(self, gradebook, unit):
        """How many days after the due date had begun when a submission came, by student; for the late ones."""
        rows = late_or_penalized(gradebook, unit)
        return {row.student_id: days_begun(seconds_late(row, self.settings, self.roster)) for row in rows}
