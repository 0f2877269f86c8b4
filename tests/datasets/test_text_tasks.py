"""Pairs of the three small tasks: what the rules say, and the same for the same seed."""

import pytest

from tlcourse.datasets import text_tasks


@pytest.mark.parametrize("task", text_tasks.TASKS)
def test_pairs_repeat_and_name_their_task(task):
    pairs = text_tasks.pairs(task, 20, 1)
    assert pairs == text_tasks.pairs(task, 20, 1)
    assert all(source.split()[0] == task for source, _ in pairs)


def test_spanish_adjectives_agree_and_stand_behind():
    table = dict(text_tasks.pairs("translate", 3_000, 0))
    source = next(source for source in table if source.startswith("translate the red house"))
    assert table[source].startswith("la casa roja ")
    assert text_tasks.word_by_word(source).startswith("el rojo casa ")


def test_answers_are_where_the_person_went():
    for source, target in text_tasks.pairs("answer", 50, 2):
        words = source.split()
        place = words.index(words[-1])
        assert target in words[place + 1 : place + 7]


def test_summaries_name_the_parts_in_order():
    for source, target in text_tasks.pairs("summarize", 50, 3):
        parts = target.split()[1::2]
        assert [word for word in source.split() if word in parts] == parts


def test_another_task_raises_an_error():
    with pytest.raises(ValueError, match="translate, summarize, answer"):
        text_tasks.pairs("sing", 1, 0)
