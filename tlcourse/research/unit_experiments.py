"""Experiments of units 06 to 13, and those measured again: keyword arguments of `registry.Experiment`, by record.

The older ones stand in `registry` itself.
"""

from tlcourse.research import (
    adapted_language_model,
    automatic_choice,
    continual_methods,
    described_people,
    detection_labels,
    detection_stages,
    distillation_uses,
    engine_costs,
    federated_speakers,
    few_shot,
    killed_worker,
    language_models,
    leaky_split,
    looks,
    measured_again,
    meta_learning,
    new_speaker,
    partial_pooling,
    partition_averaging,
    registration,
    segmentation_labels,
    self_supervised,
    shared_trunk,
    teacher_choice,
    teacher_loading,
    text_bias,
    text_domains,
    text_labels,
    text_layers,
    text_to_text,
    text_tuning,
    two_views,
    vit_transfer,
)

SETTINGS = measured_again.SETTINGS | {
    # units 06 to 08 and 11
    "distillation_uses": {
        "run": distillation_uses.run,
        "seeds": range(5),
        "shares": ("*",),
        "needs": ("distillation_development",),
    },
    "text_labels": {"run": text_labels.run, "seeds": range(5), "shares": ("*",)},
    "text_domains": {"run": text_domains.run, "seeds": range(5), "shares": ("*",)},
    "text_layers": {"run": text_layers.run, "seeds": range(5), "shares": ("*",)},
    "text_bias": {
        "run": text_bias.run,
        "seeds": range(text_bias.SEEDS),
        "shares": ("real/accuracy/*", "generated/accuracy/*"),
    },
    "leaky_split": {
        "run": leaky_split.run,
        "seeds": range(8),
        "shares": ("*/row", "*/identity", "*/new_people", "*/row_new_people"),
    },
    "teacher_choice": {
        "run": teacher_choice.run,
        "seeds": registration.RegisteredSeeds("teacher_choice"),
        "shares": ("*",),
    },
    "teacher_loading": {"run": teacher_loading.run, "seeds": range(5), "timings": ("*",)},
    "engine_costs": {"run": engine_costs.run, "seeds": range(5), "timings": ("*",)},  # needs tlcourse[spark] and Java
    "killed_worker": {"run": killed_worker.run, "seeds": range(5)},  # needs tlcourse[spark] and Java
    "partition_averaging": {
        "run": partition_averaging.run,
        "seeds": range(5),
        "shares": ("one_process", "averaged", "skewed", "single_partition"),
    },
    # unit 09
    "detection_labels": {"run": detection_labels.run, "seeds": range(5), "shares": ("*",)},
    "detection_longer": {"run": detection_labels.longer, "seeds": range(5), "shares": ("*",)},
    "detection_cells": {"run": detection_labels.cells, "seeds": range(5), "shares": ("*",)},
    "detection_stages": {
        "run": detection_stages.run,
        "seeds": range(5),
        "shares": ("one_stage/*", "two_stages/*"),
        "timings": ("milliseconds/*",),
    },
    "segmentation_labels": {
        "run": segmentation_labels.run,
        "seeds": range(5),
        "shares": ("10/*", "50/*", "parts_*/*", "wrong_*/*", "outline_share"),
    },
    "real_segmentation": {"run": segmentation_labels.run_real, "seeds": range(5), "shares": ("*",)},
    "vit_transfer": {
        "run": vit_transfer.run,
        "seeds": range(5),
        "shares": ("source/*", "digits/*", "galaxies/*"),
    },
    # unit 10
    "new_speaker": {"run": new_speaker.run, "seeds": range(6), "shares": ("*",)},
    "new_speaker_real": {"run": new_speaker.run_real, "seeds": range(6), "shares": ("*",)},
    "few_shot": {"run": few_shot.run, "seeds": range(5), "shares": ("*",)},
    "described_people": {"run": described_people.run, "seeds": range(5), "shares": ("*",)},
    "self_supervised": {"run": self_supervised.run, "seeds": range(5), "shares": ("*",)},
    "two_views": {"run": two_views.run, "seeds": range(5), "shares": ("*",)},
    "partial_pooling": {"run": partial_pooling.run, "seeds": range(5)},
    # unit 12
    "forgetting_development": {
        "run": continual_methods.develop,
        "seeds": range(continual_methods.DEVELOPED),
        "shares": ("*",),
    },
    "forgetting": {
        "run": continual_methods.run,
        "seeds": range(6),  # each of the six real speakers is the first new one once
        "shares": ("*/trade_off/*", "*/matrix/*"),
        "needs": ("forgetting_development",),
    },
    "shared_trunk": {"run": shared_trunk.run, "seeds": range(5), "shares": ("*",)},
    "reptile": {"run": meta_learning.run, "seeds": range(5)},
    "federated": {
        "run": federated_speakers.run,
        "seeds": range(5),
        "shares": ("equal/*", "skewed/*", "leaks/*"),
    },
    "looks": {"run": looks.run, "seeds": range(5), "shares": ("*",)},
    "automatic_choice": {"run": automatic_choice.run, "seeds": range(5), "shares": ("*/accuracy/*",)},
    # unit 13
    "pretraining_objectives_development": {
        "run": language_models.develop,
        "seeds": range(language_models.DEVELOPED),
        "shares": ("tuned/*",),
    },
    "pretraining_objectives": {
        "run": language_models.run,
        "seeds": range(5),
        "shares": ("frozen/*", "tuned/*", "tfidf"),
        "needs": ("pretraining_objectives_development",),
    },
    "adapted_language_model_development": {
        "run": adapted_language_model.develop,
        "seeds": range(language_models.DEVELOPED),
    },
    "adapted_language_model": {
        "run": adapted_language_model.run,
        "seeds": range(5),
        "needs": ("adapted_language_model_development",),
    },
    "text_to_text_development": {"run": text_to_text.develop, "seeds": range(text_to_text.DEVELOPED), "shares": ("*",)},
    "text_to_text": {
        "run": text_to_text.run,
        "seeds": range(5),
        "shares": ("*",),
        "needs": ("text_to_text_development",),
    },
    "text_tuning_development": {"run": text_tuning.develop, "seeds": range(text_tuning.DEVELOPED), "shares": ("*",)},
    "text_tuning": {
        "run": text_tuning.run,
        "seeds": range(5),
        "shares": ("accuracy/*",),
        "timings": ("processor_seconds/*",),
        "needs": ("text_tuning_development",),
    },
}
