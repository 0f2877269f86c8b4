"""From a submission to its result: `grade_submission.grade_submission`, and what it needs."""
