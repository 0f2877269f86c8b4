# %% right: parts and settings in two rows
def sorted_cards():
    cards = "night farm breeds accents rare prize leaves mushrooms baskets parts loans sounds".split()
    parts = ["P(X)", "Y", "Y", "P(X)", "P(Y)", "P(Y|X)", "P(X)", "Y", "Y", "P(Y)", "P(Y|X)", "X"]
    settings = dict.fromkeys(cards, "inductive")
    settings.update(dict.fromkeys(("night", "accents", "leaves", "sounds"), "transductive"), baskets="unsupervised")
    return {card: (part, settings[card]) for card, part in zip(cards, parts)}


# %% right: from the part to its cards, lists as pairs
def sorted_cards():
    clusters = {
        ("P(X)", "transductive"): "night accents leaves",
        ("Y", "inductive"): "farm breeds mushrooms",
        ("Y", "unsupervised"): "baskets",
        ("P(Y)", "inductive"): "rare parts",
        ("P(Y|X)", "inductive"): "prize loans",
        ("X", "transductive"): "sounds",
    }
    answer = {}
    for pair, cards in clusters.items():
        for card in cards.split():
            answer[card] = list(pair)
    return answer


# %% right: the course's objects, compared
def sorted_cards():
    half, rare = (0.5, 0.5), (0.02, 0.98)
    sides = {}

    def card(name, spaces, inputs, outputs, rules, shares=(None, None), labels=(True, True)):
        sides[name] = [(Domain(spaces[i], inputs[i]), Task(outputs[i], rules[i], shares[i])) for i in (0, 1)], labels

    card("night", ["photos"] * 2, ["day", "night"], ["abc"] * 2, ["same"] * 2, labels=(True, False))
    card("farm", ["photos"] * 2, ["animals"] * 2, ["lze", "cps"], ["same"] * 2)
    card("breeds", ["photos"] * 2, ["pets"] * 2, ["dc", "pbs"], ["same"] * 2)
    card("accents", ["sound"] * 2, ["Scots", "Indians"], ["yn"] * 2, ["same"] * 2, labels=(True, False))
    card("rare", ["mails"] * 2, ["mails"] * 2, ["sh"] * 2, ["same"] * 2, (half, rare))
    card("prize", ["mails"] * 2, ["mails"] * 2, ["sh"] * 2, ["before", "after the prize"])
    card("leaves", ["photos"] * 2, ["paper", "forest"], ["obm"] * 2, ["same"] * 2, labels=(True, False))
    card("mushrooms", ["photos"] * 2, ["photos"] * 2, [("piece",), "0123456789"], ["same"] * 2, labels=(False, True))
    card("baskets", ["baskets"] * 2, ["shop"] * 2, [range(5), range(40)], ["same"] * 2, labels=(False, False))
    card("parts", ["photos"] * 2, ["parts"] * 2, ["cs"] * 2, ["same"] * 2, (half, rare))
    card("loans", ["forms"] * 2, ["people"] * 2, ["yn"] * 2, ["low interest", "high interest"])
    card("sounds", ["photos", "sound"], ["machines"] * 2, ["bw"] * 2, ["same"] * 2, labels=(True, False))
    return {
        name: (differences(*pair)[-1], setting(*pair, *labels)) for name, (pair, labels) in sides.items()
    }


# %% right: arrays of numpy's strings, and a card too many
def sorted_cards():
    cards = np.array("night farm breeds accents rare prize leaves mushrooms baskets parts loans sounds other".split())
    parts = np.array(["P(X)", "Y", "Y", "P(X)", "P(Y)", "P(Y|X)", "P(X)", "Y", "Y", "P(Y)", "P(Y|X)", "X", "X"])
    settings = np.array(["inductive", "transductive", "unsupervised"])[[1, 0, 0, 1, 0, 0, 1, 0, 2, 0, 0, 1, 1]]
    return {str(card): np.array([part, setting]) for card, part, setting in zip(cards, parts, settings)}


# %% wrong: one pair for all
# message: other things in view are noticed
def sorted_cards():
    cards = "night farm breeds accents rare prize leaves mushrooms baskets parts loans sounds"
    return dict.fromkeys(cards.split(), ("P(X)", "transductive"))


# %% wrong: what the check shows is learned by heart
# message: The card 'mushrooms' is not 'P\(X\)'
def sorted_cards():
    shown = {
        "night": ("P(X)", "transductive"),
        "farm": ("Y", "inductive"),
        "breeds": ("Y", "inductive"),
        "accents": ("P(X)", "transductive"),
        "rare": ("P(Y)", "inductive"),
        "prize": ("P(Y|X)", "inductive"),
    }
    return dict.fromkeys("leaves mushrooms baskets parts loans sounds".split(), ("P(X)", "transductive")) | shown


# %% wrong: label shift is called by its consequence
# message: P\(Y\|X\), which moved along with P\(Y\), is named
# earns: 1
def sorted_cards():
    parts = dict(
        night="P(X)", farm="Y", breeds="Y", accents="P(X)", rare="P(Y|X)", prize="P(Y|X)",
        leaves="P(X)", mushrooms="Y", baskets="Y", parts="P(Y|X)", loans="P(Y|X)", sounds="X",
    )
    settings = dict.fromkeys(parts, "inductive") | {"baskets": "unsupervised"}
    settings |= dict.fromkeys(("night", "accents", "leaves", "sounds"), "transductive")
    return {card: (parts[card], settings[card]) for card in parts}


# %% wrong: unsupervised is what has no labels of the target
# message: only labels of the target are asked for
# earns: 2
def sorted_cards():
    parts = dict(
        night="P(X)", farm="Y", breeds="Y", accents="P(X)", rare="P(Y)", prize="P(Y|X)",
        leaves="P(X)", mushrooms="Y", baskets="Y", parts="P(Y)", loans="P(Y|X)", sounds="X",
    )
    without = ("night", "accents", "leaves", "sounds", "baskets")
    return {card: (part, "unsupervised" if card in without else "inductive") for card, part in parts.items()}


# %% wrong: unsupervised is what has no labels of the source
# message: only one side is asked for labels
# earns: 2
def sorted_cards():
    parts = dict(
        night="P(X)", farm="Y", breeds="Y", accents="P(X)", rare="P(Y)", prize="P(Y|X)",
        leaves="P(X)", mushrooms="Y", baskets="Y", parts="P(Y)", loans="P(Y|X)", sounds="X",
    )
    settings = dict.fromkeys(parts, "inductive") | dict.fromkeys(("mushrooms", "baskets"), "unsupervised")
    settings |= dict.fromkeys(("night", "accents", "leaves", "sounds"), "transductive")
    return {card: (parts[card], settings[card]) for card in parts}


# %% wrong: whatever looks new is another X
# message: card 'night' should be 'P\(X\)', but it is 'X'. That is what comes out when inputs that look new
# earns: 1
def sorted_cards():
    parts = dict(
        night="X", farm="Y", breeds="Y", accents="X", rare="P(Y)", prize="P(Y|X)",
        leaves="X", mushrooms="Y", baskets="Y", parts="P(Y)", loans="P(Y|X)", sounds="X",
    )
    settings = dict.fromkeys(parts, "inductive") | {"baskets": "unsupervised"}
    settings |= dict.fromkeys(("night", "accents", "leaves", "sounds"), "transductive")
    return {card: (parts[card], settings[card]) for card in parts}


# %% wrong: a changed meaning is taken for changed shares
# message: only shares are thought to move
# earns: 1
def sorted_cards():
    parts = dict(
        night="P(X)", farm="Y", breeds="Y", accents="P(X)", rare="P(Y)", prize="P(Y)",
        leaves="P(X)", mushrooms="Y", baskets="Y", parts="P(Y)", loans="P(Y)", sounds="X",
    )
    settings = dict.fromkeys(parts, "inductive") | {"baskets": "unsupervised"}
    settings |= dict.fromkeys(("night", "accents", "leaves", "sounds"), "transductive")
    return {card: (parts[card], settings[card]) for card in parts}


# %% wrong: only the cards of the visible checks, the others left out
# message: no pair for leaves, mushrooms
def sorted_cards():
    return {
        "night": ("P(X)", "transductive"),
        "farm": ("Y", "inductive"),
        "breeds": ("Y", "inductive"),
        "accents": ("P(X)", "transductive"),
        "rare": ("P(Y)", "inductive"),
        "prize": ("P(Y|X)", "inductive"),
    }


# %% wrong: the setting first
# message: should have one of X, Y, P\(X\), P\(Y\), P\(Y\|X\) there, not 'transductive'
def sorted_cards():
    cards = "night farm breeds accents rare prize leaves mushrooms baskets parts loans sounds"
    return dict.fromkeys(cards.split(), ("transductive", "P(X)"))


# %% wrong: the part alone
# message: should have a pair of strings
def sorted_cards():
    return dict(
        night="P(X)", farm="Y", breeds="Y", accents="P(X)", rare="P(Y)", prize="P(Y|X)",
        leaves="P(X)", mushrooms="Y", baskets="Y", parts="P(Y)", loans="P(Y|X)", sounds="X",
    )
