"""The experiments of unit 13, Language models: keyword arguments of `registry.Experiment`, by record."""

from tlcourse.research import adapted_language_model, language_models, text_to_text, text_tuning

SETTINGS = {
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
