"""How the course's reviews are put together: a small grammar for English, and one for Spanish."""

import zlib

import numpy as np

from tlcourse.datasets.reviews.words import ADJECTIVES, CLOSINGS, COMPANY, DAYS, INTENSIFIERS, NOUNS, VERBS

LANGUAGES = ("english", "spanish")
_TOPICS = ("meal", "hotel", "film")
_TOPIC_SHARES = {"english": (0.4, 0.25, 0.35), "spanish": (0.3, 0.4, 0.3)}


class ReviewWriter:
    """Puts reviews together; how often it takes each word is its language's own habit.

    Parameters
    ----------
    language : int
        Place in `LANGUAGES`.
    rng : numpy.random.Generator
    """

    def __init__(self, language, rng):
        self.language, self.rng = language, rng
        self.spanish = LANGUAGES[language] == "spanish"
        self.word_weights = {}

    def pick(self, choices):
        """One of `choices`; this language uses some of them several times as often as others."""
        if choices not in self.word_weights:
            # From the words themselves, not from `self.rng`: a language prefers the same words in every corpus.
            rng = np.random.default_rng([self.language, zlib.crc32(repr(choices).encode())])
            weights = np.exp(rng.normal(0, 0.6, len(choices)))
            self.word_weights[choices] = weights / weights.sum()
        return choices[self.rng.choice(len(choices), p=self.word_weights[choices])]

    def word(self, pairs):
        """One of several (English, Spanish) pairs, in this language."""
        return self.pick(pairs)[self.language]

    def review(self, sentiment):
        """Two or three clauses in favor of `sentiment`, at times one against, at times one that is neutral."""
        topic = self.rng.choice(_TOPICS, p=_TOPIC_SHARES[LANGUAGES[self.language]])
        clauses = [self.opinion_clause(sentiment, topic) for _ in range(self.rng.integers(2, 4))]
        if self.rng.random() < 0.3:
            clauses[-1] = f"{'y' if self.spanish else 'and'} {clauses[-1]}"
        if self.rng.random() < 0.3:
            place = self.rng.integers(len(clauses) + 1)
            clauses.insert(place, f"{'pero' if self.spanish else 'but'} {self.opinion_clause(-sentiment, topic)}")
        if self.rng.random() < 0.4:
            clauses.insert(0, self.neutral_clause())
        if self.rng.random() < 0.35:
            clauses.append(self.word(CLOSINGS[sentiment]))
        return " ".join(clauses)

    def opinion_clause(self, sentiment, topic):
        """A clause in favor of `sentiment`, in one of four forms; a negation turns the adjective around."""
        noun = self.pick(_of_topic(NOUNS, topic))
        form = self.rng.random()
        if form < 0.15:
            return self.action_clause(sentiment, noun)
        if form < 0.4:
            return self.predicate_clause(noun, self.adjective(-sentiment, topic, noun), negated=True)
        adjective = self.adjective(sentiment, topic, noun)
        if form < 0.6:
            return self.attributive_phrase(noun, adjective)
        intensifier = f"{self.word(INTENSIFIERS)} " if self.rng.random() < 0.5 else ""
        return self.predicate_clause(noun, intensifier + adjective)

    def adjective(self, sentiment, topic, noun):
        """An adjective of this sentiment, in Spanish in the gender of the noun: "delicious", "deliciosa"."""
        chosen = self.pick(tuple(word for word in _of_topic(ADJECTIVES, topic) if word.sentiment == sentiment))
        if not self.spanish:
            return chosen.english
        return chosen.masculine if noun.gender == "m" else chosen.feminine

    def noun_phrase(self, noun):
        """The noun with its article: "the soup", "la sopa"."""
        return f"{'el' if noun.gender == 'm' else 'la'} {noun.spanish}" if self.spanish else f"the {noun.english}"

    def predicate_clause(self, noun, adjective, negated=False):
        """What the noun was or was not: "the soup was not good", "la sopa no era buena"."""
        if self.spanish:
            return (
                f"{self.noun_phrase(noun)} {'no ' if negated else ''}{self.pick(('era', 'estaba', 'es'))} {adjective}"
            )
        return f"{self.noun_phrase(noun)} {self.pick(('was', 'is'))} {'not ' if negated else ''}{adjective}"

    def attributive_phrase(self, noun, adjective):
        """The noun with the adjective beside it: "a good soup", "una sopa buena"."""
        if self.spanish:
            return f"{'un' if noun.gender == 'm' else 'una'} {noun.spanish} {adjective}"
        return f"{'an' if adjective[0] in 'aeiou' else 'a'} {adjective} {noun.english}"

    def action_clause(self, sentiment, noun):
        """What the guests did: "we enjoyed the soup", "disfrutamos la sopa"."""
        verb = self.word(VERBS[sentiment])
        return f"{verb} {self.noun_phrase(noun)}" if self.spanish else f"we {verb} {self.noun_phrase(noun)}"

    def neutral_clause(self):
        """A clause without sentiment: "we went on friday with a friend", or a description."""
        day, company = self.word(DAYS), self.word(COMPANY)
        if self.rng.random() < 0.5:
            return f"fuimos el {day} con {company}" if self.spanish else f"we went on {day} with {company}"
        topic = self.rng.choice(_TOPICS)
        noun = self.pick(_of_topic(NOUNS, topic))
        return self.predicate_clause(noun, self.adjective(0, "any", noun))


def _of_topic(words, topic):
    return tuple(word for word in words if word.topic in (topic, "any"))
