"""Further experiments for the registry: keyword arguments of `registry.Experiment`, by record."""

from tlcourse.research import (
    distillation_uses,
    engine_costs,
    killed_worker,
    language_model_settings,
    leaky_split,
    partition_averaging,
    registration,
    teacher_choice,
    teacher_loading,
    text_domains,
    text_labels,
    text_layers,
)

SETTINGS = {
    "distillation_uses": {
        "run": distillation_uses.run,
        "seeds": range(5),
        "shares": ("*",),
        "needs": ("distillation_development",),
    },
    "text_labels": {"run": text_labels.run, "seeds": range(5), "shares": ("*",)},
    "text_domains": {"run": text_domains.run, "seeds": range(5), "shares": ("*",)},
    "text_layers": {"run": text_layers.run, "seeds": range(5), "shares": ("*",)},
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
    **language_model_settings.SETTINGS,
}
