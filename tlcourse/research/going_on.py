"""The experiments of unit 12 for the registry: keyword arguments of `registry.Experiment`, by record."""

from tlcourse.research import automatic_choice, continual_methods, federated_speakers, meta_learning, shared_trunk

SETTINGS = {
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
    "automatic_choice": {"run": automatic_choice.run, "seeds": range(5), "shares": ("*/accuracy/*",)},
}
