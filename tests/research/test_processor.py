"""A processor is named with its vector instructions, and compared with that of a record."""

import pytest

from tlcourse.research import processor, provenance

CPUINFO = (
    "processor\t: 0\nmodel name\t: Tiny 3000\nflags\t\t: fpu avx avx2{more}\n\nprocessor\t: 1\nmodel name\t: other\n"
)


@pytest.fixture
def cpuinfo(tmp_path, monkeypatch):
    """A function that says what the system states of its processor."""

    def state(text):
        (tmp_path / "cpuinfo").write_text(text, encoding="utf-8")
        processor._cpuinfo.cache_clear()

    monkeypatch.setattr(processor, "_CPUINFO", tmp_path / "cpuinfo")
    processor._cpuinfo.cache_clear()
    yield state
    processor._cpuinfo.cache_clear()


def test_the_widest_instructions_count(cpuinfo):
    cpuinfo(CPUINFO.format(more=" avx512f"))
    assert (processor.name(), processor.instructions()) == ("Tiny 3000", "AVX-512")
    cpuinfo(CPUINFO.format(more=""))
    assert processor.instructions() == "AVX2"


def test_a_system_that_does_not_list_instructions_gives_the_architecture(cpuinfo, monkeypatch):
    monkeypatch.setattr(processor.platform, "processor", lambda: "")
    monkeypatch.setattr(processor.platform, "machine", lambda: "arm64")
    assert (processor.name(), processor.instructions()) == ("arm64", "arm64")
    cpuinfo("processor\t: 0\nFeatures\t: asimd\n")
    assert (processor.name(), processor.instructions()) == ("arm64", "arm64")


def test_a_new_record_names_its_processor_and_an_old_one_does_not(cpuinfo):
    cpuinfo(CPUINFO.format(more=" avx512f"))
    made = provenance.now("tlcourse results x")
    assert processor.difference(made) == ""
    cpuinfo(CPUINFO.format(more=""))
    assert processor.difference(made) == "Recorded on a processor with AVX-512; yours has AVX2."
    cpuinfo(CPUINFO.format(more=" avx512f").replace("Tiny", "Big"))
    assert processor.difference(made) == "Recorded on another processor (Tiny 3000); yours is Big 3000."
    assert processor.difference({"processors": 2}) == "The record does not name its processor."
