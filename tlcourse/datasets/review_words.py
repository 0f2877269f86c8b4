"""The words of the course's reviews: English, and Spanish with its genders, side by side."""

from typing import NamedTuple


class Noun(NamedTuple):
    """A thing that is judged: its topic, and the Spanish word's gender ("m" or "f")."""

    topic: str
    english: str
    spanish: str
    gender: str


class Adjective(NamedTuple):
    """A judgement of 1 or -1, or a mere description (0), for nouns of a topic or of each ("any")."""

    sentiment: int
    topic: str
    english: str
    masculine: str
    feminine: str


def _rows(kind, text):
    return tuple(kind(*(int(cell) if cell in ("1", "0", "-1") else cell for cell in row.split())) for row in text)


NOUNS = _rows(
    Noun,
    """meal food comida f
    meal soup sopa f
    meal bread pan m
    meal fish pescado m
    meal coffee café m
    meal dessert postre m
    meal waiter camarero m
    meal menu menú m
    meal wine vino m
    meal salad ensalada f
    meal sauce salsa f
    meal kitchen cocina f
    hotel room habitación f
    hotel bed cama f
    hotel breakfast desayuno m
    hotel view vista f
    hotel pool piscina f
    hotel bathroom baño m
    hotel reception recepción f
    hotel garden jardín m
    hotel lift ascensor m
    hotel towel toalla f
    hotel terrace terraza f
    hotel pillow almohada f
    hotel hotel hotel m
    hotel street calle f
    film film película f
    film story historia f
    film plot trama f
    film actor actor m
    film music música f
    film ending final m
    film scene escena f
    film script guion m
    film dialogue diálogo m
    film director director m
    film sound sonido m
    film character personaje m
    film photography fotografía f""".splitlines(),
)
ADJECTIVES = _rows(
    Adjective,
    """1 any good bueno buena
    1 any excellent excelente excelente
    1 any wonderful maravilloso maravillosa
    1 any perfect perfecto perfecta
    1 any lovely encantador encantadora
    1 any fantastic fantástico fantástica
    1 any beautiful hermoso hermosa
    1 any superb magnífico magnífica
    1 any charming precioso preciosa
    1 any pleasant agradable agradable
    1 meal delicious delicioso deliciosa
    1 meal tasty sabroso sabrosa
    1 meal fresh fresco fresca
    1 meal attentive atento atenta
    1 hotel clean limpio limpia
    1 hotel comfortable cómodo cómoda
    1 hotel quiet tranquilo tranquila
    1 hotel spacious amplio amplia
    1 film moving conmovedor conmovedora
    1 film brilliant brillante brillante
    1 film funny divertido divertida
    1 film original original original
    -1 any bad malo mala
    -1 any terrible terrible terrible
    -1 any awful horrible horrible
    -1 any disappointing decepcionante decepcionante
    -1 any mediocre mediocre mediocre
    -1 any poor pobre pobre
    -1 any ugly feo fea
    -1 any dreadful espantoso espantosa
    -1 any unpleasant desagradable desagradable
    -1 any miserable pésimo pésima
    -1 meal cold frío fría
    -1 meal tasteless insípido insípida
    -1 meal burnt quemado quemada
    -1 meal rude grosero grosera
    -1 hotel dirty sucio sucia
    -1 hotel noisy ruidoso ruidosa
    -1 hotel uncomfortable incómodo incómoda
    -1 hotel broken roto rota
    -1 film boring aburrido aburrida
    -1 film predictable previsible previsible
    -1 film absurd absurdo absurda
    -1 film slow lento lenta
    0 any small pequeño pequeña
    0 any new nuevo nueva
    0 any big grande grande
    0 any modern moderno moderna
    0 any simple sencillo sencilla
    0 any white blanco blanca
    0 any typical típico típica
    0 any different diferente diferente""".splitlines(),
)
INTENSIFIERS = (("very", "muy"), ("really", "realmente"), ("so", "tan"), ("quite", "bastante"), ("truly", "sumamente"))
VERBS = {  # by sentiment: what we did to a thing
    1: (("loved", "adoramos"), ("enjoyed", "disfrutamos"), ("recommend", "recomendamos"), ("admired", "admiramos")),
    -1: (("hated", "odiamos"), ("regretted", "lamentamos"), ("criticised", "criticamos"), ("suffered", "sufrimos")),
}
CLOSINGS = {
    1: (
        ("i will return", "volveré"),
        ("it is worth it", "vale la pena"),
        ("thank you", "gracias"),
        ("a great success", "un gran éxito"),
        ("what a joy", "qué alegría"),
    ),
    -1: (
        ("never again", "nunca más"),
        ("a waste of money", "un desperdicio de dinero"),
        ("i want my money back", "quiero mi dinero"),
        ("a great failure", "un gran fracaso"),
        ("what a shame", "qué vergüenza"),
    ),
}
DAYS = (
    ("monday", "lunes"),
    ("tuesday", "martes"),
    ("friday", "viernes"),
    ("saturday", "sábado"),
    ("sunday", "domingo"),
)
COMPANY = (
    ("my sister", "mi hermana"),
    ("my brother", "mi hermano"),
    ("my parents", "mis padres"),
    ("a friend", "un amigo"),
    ("the children", "los niños"),
    ("my wife", "mi mujer"),
    ("my husband", "mi marido"),
)


def dictionary():
    """Pairs of words that mean the same, as a pocket dictionary has them: an adjective by its masculine form.

    Returns
    -------
    tuple of (str, str)
        English, Spanish; the most frequent words are not put first.
    """
    pairs = [(noun.english, noun.spanish) for noun in NOUNS]
    pairs += [(adjective.english, adjective.masculine) for adjective in ADJECTIVES]
    pairs += [*INTENSIFIERS, *VERBS[1], *VERBS[-1], *DAYS]
    pairs += [("sister", "hermana"), ("brother", "hermano"), ("parents", "padres"), ("friend", "amigo")]
    pairs += [("children", "niños"), ("wife", "mujer"), ("husband", "marido"), ("and", "y"), ("but", "pero")]
    pairs += [("not", "no"), ("never", "nunca"), ("money", "dinero"), ("success", "éxito"), ("failure", "fracaso")]
    return tuple(pairs)
