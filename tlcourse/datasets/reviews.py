"""Short reviews of meals, hotels and films in English and in Spanish, each positive or negative.

The corpora are synthetic: a small grammar for each language puts them together, and nobody wrote them. The two are
not translations of each other: they differ in word order, in gender, in how often each word is used, and in the
reviews themselves. What was written by hand are the sentences of `handwritten`; some of their words the grammar
does not have.
"""

from dataclasses import dataclass

import numpy as np

from tlcourse.datasets.review_grammar import LANGUAGES, Writer
from tlcourse.datasets.review_words import dictionary

__all__ = ["CLASS_NAMES", "LANGUAGES", "NEGATIONS", "SOURCE", "LabelledTexts", "corpus", "dictionary", "handwritten"]

NEGATIONS = frozenset({"not", "never", "no", "nunca", "ni"})
CLASS_NAMES = ("negative", "positive")
SOURCE = "put together by the grammar of tlcourse.datasets.reviews; written by nobody; MIT licence"


@dataclass(frozen=True)
class LabelledTexts:
    """Texts and what each of them says.

    Attributes
    ----------
    texts : tuple of str
        In lower case, without punctuation: words between single spaces.
    labels : numpy.ndarray
        Shape (n,), dtype int64: ``class_names[labels[i]]`` is what ``texts[i]`` says.
    class_names : tuple of str
    source : str
    """

    texts: tuple
    labels: np.ndarray
    class_names: tuple
    source: str

    def __len__(self):
        return len(self.texts)


def corpus(language, count, seed):
    """`count` reviews, as many positive ones as negative ones if `count` is even.

    Parameters
    ----------
    language : {"english", "spanish"}
    count : int
        1 or more.
    seed : int

    Returns
    -------
    LabelledTexts

    Raises
    ------
    ValueError
        For another language, or fewer than one review.
    """
    number = _number(language)
    if count < 1:
        raise ValueError(f"count must be 1 or more, got {count}")
    rng = np.random.default_rng([seed, number])
    labels = rng.permutation(np.arange(count) % 2)
    writer = Writer(number, rng)
    return LabelledTexts(tuple(writer.review(2 * label - 1) for label in labels), labels, CLASS_NAMES, SOURCE)


def handwritten(language):
    """Sentences written by hand for this course, half of them positive; for a look at what the grammar lacks."""
    number = _number(language)
    rows = [line.split("|") for line in _HANDWRITTEN.strip().splitlines()]
    labels = np.array([row[0].strip() == "+" for row in rows], dtype=np.int64)
    texts = tuple(row[1 + number].strip() for row in rows)
    return LabelledTexts(texts, labels, CLASS_NAMES, "written by hand for this course; MIT licence")


def _number(language):
    if language not in LANGUAGES:
        raise ValueError(f"language must be one of {', '.join(LANGUAGES)}, got {language!r}")
    return LANGUAGES.index(language)


_HANDWRITTEN = """
+|the soup was delicious and the waiter very attentive|la sopa estaba deliciosa y el camarero muy atento
-|the soup was cold and the waiter rude|la sopa estaba fría y el camarero era grosero
+|a wonderful film with a moving ending|una película maravillosa con un final conmovedor
-|a boring film with a predictable ending|una película aburrida con un final previsible
+|we loved the garden and the pool|nos encantó el jardín y disfrutamos de la piscina
-|the bathroom was dirty and the lift was broken|el baño estaba sucio y el ascensor roto
+|the room was not big but it was clean and quiet|la habitación no era grande pero estaba limpia y tranquila
-|the bed was uncomfortable and the street noisy|la cama era incómoda y la calle ruidosa
+|good bread good wine and fresh fish|buen pan buen vino y pescado fresco
-|burnt fish bad wine and a tasteless salad|pescado quemado vino malo y una ensalada insípida
+|the actors are brilliant and the music is beautiful|los actores son brillantes y la música es hermosa
-|the script is absurd and the dialogue mediocre|el guion es absurdo y el diálogo mediocre
+|i will return on sunday with my parents|volveré el domingo con mis padres
-|i will not return and i want my money back|no volveré y quiero que me devuelvan mi dinero
+|the breakfast on the terrace was perfect|el desayuno en la terraza fue perfecto
-|the breakfast was poor and the coffee terrible|el desayuno era pobre y el café horrible
+|not a bad scene in the whole story|ni una mala escena en toda la historia
-|not a good scene in the whole story|ni una buena escena en toda la historia
+|the dessert was so good that we asked for another|el postre estaba tan bueno que pedimos otro
-|the dessert was so bad that we left it|el postre estaba tan malo que lo dejamos
+|quiet room comfortable bed lovely view|habitación tranquila cama cómoda vista preciosa
-|noisy room ugly view broken bed|habitación ruidosa vista fea cama rota
+|a funny plot and charming characters|una trama divertida y personajes encantadores
-|a slow plot and awful photography|una trama lenta y una fotografía espantosa
+|thank you for a pleasant evening|gracias por una noche agradable
-|what a shame such a disappointing evening|qué vergüenza una noche tan decepcionante
+|the kitchen is simple but excellent|la cocina es sencilla pero excelente
-|the menu is modern but the food is miserable|el menú es moderno pero la comida es pésima
+|it is worth the money the view is superb|vale lo que cuesta la vista es magnífica
-|a waste of money the pool is small and dirty|un desperdicio de dinero la piscina es pequeña y sucia
+|fantastic sound original story|sonido fantástico historia original
-|dreadful sound and a tedious story|sonido espantoso y una historia tediosa
+|my sister enjoyed the salad and so did i|mi hermana disfrutó de la ensalada y yo también
-|my brother hated the sauce and so did i|mi hermano odió la salsa y yo también
+|reception was friendly and the towels were clean|en recepción fueron amables y las toallas estaban limpias
-|the towels were not clean and reception was unpleasant|las toallas no estaban limpias y la recepción fue desagradable
+|never boring and always funny|nunca aburrida y siempre divertida
-|never funny and always boring|nunca divertida y siempre aburrida
+|the director has done it again what a joy|el director lo ha vuelto a lograr qué alegría
-|the director has failed again never again|el director ha vuelto a fracasar nunca más
"""
