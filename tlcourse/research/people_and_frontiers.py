"""The experiments of unit 10 for the registry: keyword arguments of `registry.Experiment`, by record."""

from tlcourse.research import described_people, few_shot, new_speaker, partial_pooling, self_supervised

SETTINGS = {
    "new_speaker": {"run": new_speaker.run, "seeds": range(6), "shares": ("*",)},
    "new_speaker_real": {"run": new_speaker.run_real, "seeds": range(6), "shares": ("*",)},
    "few_shot": {"run": few_shot.run, "seeds": range(5), "shares": ("*",)},
    "described_people": {"run": described_people.run, "seeds": range(5), "shares": ("*",)},
    "self_supervised": {"run": self_supervised.run, "seeds": range(5), "shares": ("*",)},
    "partial_pooling": {"run": partial_pooling.run, "seeds": range(10)},
}
