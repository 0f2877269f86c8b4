"""Sentiment learned from reviews of products, asked of reviews of films, without and with labeled films (C46, C50)."""

import numpy as np

from tlcourse import text
from tlcourse.datasets import texts
from tlcourse.research import text_arms, text_labels

SOURCE_TEXTS = 800
TARGET_LABELS = (5, 50, 280)


def run(seed):
    """Accuracy on films by arm, and by what was labeled.

    ``no_target``: 800 products. ``target_5``: five films of each class, and no product. ``both_5``: all of these.
    """
    return {
        "generated": compared(text_labels.generated("films", seed), *generated_products(seed), seed),
        "real": compared(text_labels.real("films", seed), *real_products(seed), seed),
    }


def generated_products(seed):
    """Generated products, and their vectors by arm."""
    data = texts.generate("products", SOURCE_TEXTS, 20_000 + seed)
    encoder, tokenizer = text_labels.encoder_and_tokenizer("texts_bert")
    ids = tokenizer.encode(data.texts, text_arms.LENGTH)
    encoders = {"teacher": encoder, "random": text_arms.untrained(encoder, seed)}
    return data, {name: text.sentence_vectors(each, ids, cached=False) for name, each in encoders.items()}


def real_products(seed):
    """Real products, as many of each class, and their vectors by arm."""
    data = texts.real("products")
    encoder, tokenizer = text_labels.encoder_and_tokenizer("minilm")
    ids = tokenizer.encode(data.texts, text_arms.LENGTH)
    encoders = {"teacher": encoder, "random": text_arms.untrained(encoder, 0)}
    chosen = text_labels.chosen_places(data.labels, SOURCE_TEXTS // 2, seed)
    return data.take(chosen), {name: text.sentence_vectors(each, ids)[chosen] for name, each in encoders.items()}


def compared(target, products, vectors, seed):
    """Accuracies by arm and labels."""
    films = target.pool
    conditions = {"no_target": (True, np.arange(0))}
    for count in TARGET_LABELS:
        chosen = text_labels.chosen_places(films.labels, count, seed)
        conditions |= {f"target_{count}": (False, chosen), f"both_{count}": (True, chosen)}
    result = {arm: {} for arm in (*target.vectors, "tfidf")}
    for name, (with_products, chosen) in conditions.items():
        labels = np.concatenate([products.labels if with_products else [], films.labels[chosen]]).astype(int)
        for arm, (pool, test) in target.vectors.items():
            train = np.concatenate([vectors[arm], pool[chosen]] if with_products else [pool[chosen]])
            guessed = text_arms.linear_head(train, labels, test)
            result[arm][name] = text_arms.accuracy(target.test.labels, guessed)
        words = [*(products.texts if with_products else ()), *(films.texts[place] for place in chosen)]
        guessed = text_arms.tf_idf(words, labels, target.test.texts)
        result["tfidf"][name] = text_arms.accuracy(target.test.labels, guessed)
    return result
