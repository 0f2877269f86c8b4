# %% [markdown]
# # Unit 08: Text
#
# Eight hundred product reviews are labeled, but your film reviews are not. What do you gain from a pretrained encoder,
# and when does a bag of words do as well? So far, all of this course's teachers have looked at images. This unit's
# teacher is a BERT model, and it has read unlabeled text. Can you transfer what it learned in the same way, with a new
# head on frozen features?
#
# By the end of this unit you can
#
# 1. turn a text into word pieces, and the states of an encoder into one vector for each sentence;
# 2. measure how many labels a pretrained encoder is worth, and find the point where a bag of words catches up;
# 3. transfer a classifier from one domain to another without a leak, and score names in a text as whole entities;
# 4. test a model for a bias with sentences that differ in one word.
#
# **Time:** about 105 minutes. Six exercises and one written answer, 20 points. All cells together run in about a minute
# on two processor cores. A program writes most of the texts; the recorded results and one of the last sections also use
# real ones.

# %%
import sys

if "google.colab" in sys.modules:
    # %pip install -q git+https://github.com/tlcourse/tlcourse
    pass

from tlcourse import keras_settings

keras_settings.import_quietly()  # Keras, without TensorFlow's notes on this machine

# %% tags=["setup"]
import keras
import matplotlib.pyplot as plt
import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from tlcourse import checks, plots, teachers
from tlcourse.data import results
from tlcourse.datasets import texts
from tlcourse.datasets.minimal_pairs import minimal_pairs
from tlcourse.stats import paired_difference, summary
from tlcourse.text import attention_weights, build_encoder, sentence_vectors, word_vectors

keras.utils.set_random_seed(0)
plots.style()
progress = checks.Progress(
    {
        "word_pieces": "Exercise 8.1 word_pieces",
        "sentence_vector": "Exercise 8.2 sentence_vector",
        "labels_needed": "Exercise 8.3 labels_needed",
        "source_and_target": "Exercise 8.4 source_and_target",
        "entity_f1": "Exercise 8.5 entity_f1",
        "pair_gap": "Exercise 8.6 pair_gap",
    }
)


def shown(entry):
    """A recorded mean with its 95 % interval."""
    return f"{entry['mean']:6.1%} ({entry['ci95'][0]:.1%} to {entry['ci95'][1]:.1%})"


def gain(first, second):
    """Mean difference of two entries over the seeds, in percentage points, with its 95 % interval."""
    pairs = paired_difference(first["values"], second["values"])
    return (
        f"{100 * pairs['mean']:+.1f} percentage points ({100 * pairs['ci95'][0]:+.1f} to {100 * pairs['ci95'][1]:+.1f})"
    )


# %% [markdown]
# ## Two domains
#
# Here are two of the course's five kinds of text; the others are hotel reviews, text messages and contracts. A small
# grammar generates them, so no person wrote any of these reviews. Some opinion words, such as *excellent*, fit both
# domains. Others fit only one: a cable is *robust*, a film is *hilarious*.

# %%
products = texts.generate("products", 800, seed=81)
films = texts.generate("films", 1_400, seed=82)
for corpus in (products, films):
    for sentence, label in list(zip(corpus.texts, corpus.labels, strict=True))[:3]:
        print(f"{corpus.class_names[label]}: {sentence}")

# %% [markdown]
# A **bag of words** describes a text by its words and pairs of neighboring words, and ignores their order. TF-IDF (term
# frequency, inverse document frequency) gives each of them a weight: high if it is frequent in this text, and low if it
# is frequent in all texts. Logistic regression on these weights is this unit's baseline. It learns in milliseconds and
# needs no teacher.
#
# **Before you run the cell:** a bag of words learns from 800 product reviews. How accurate is it on other product
# reviews, and on hotels and films?

# %%
bag = TfidfVectorizer(ngram_range=(1, 2)).fit(products.texts)
linear = LogisticRegression(C=10, max_iter=1000).fit(bag.transform(products.texts), products.labels)
tested_on = {
    "products": texts.generate("products", 400, 83),
    "hotels": texts.generate("hotels", 400, 88),
    "films": films,
}
on_each = [linear.score(bag.transform(corpus.texts), corpus.labels) for corpus in tested_on.values()]
figure, axes = plt.subplots(figsize=(7, 2.4), layout="constrained")
bars = axes.barh(list(tested_on), on_each, color=plots.COLORS["blue"])
axes.bar_label(bars, [f"{score:.1%}" for score in on_each], padding=4)
axes.set(title="A bag of words from product reviews loses accuracy in other domains", xlim=(0, 1.1), xlabel="accuracy")
axes.invert_yaxis()
plt.show()

# %% [markdown]
# On its own domain, the bag of words does well. In the other domains it loses much of its accuracy, probably because
# many of their words do not occur in product reviews. A word that the model did not see in training has no weight.
#
# **A bag of words knows only the words of its labeled texts.**
#
# ## Word pieces
#
# A pretrained encoder has read more text than you have labels for. But it, too, has a fixed vocabulary. What does it do
# with a word outside that vocabulary, such as a misspelled word or a name? BERT splits it into **word pieces** (Devlin
# et al. 2019): frequent words are whole pieces, and rare ones are built from parts. A part that continues a word begins
# with `##`.

# %% tags=["nbval-check-output"]
tokenizer = teachers.tokenizer("texts_bert")
print(f"{len(tokenizer.vocabulary):,} pieces, among them {', '.join(tokenizer.vocabulary[:5])}")
for sentence in ("the battery was excellent", "zorvaldo told me about it"):
    print(" ".join(tokenizer.pieces(sentence)))

# %% [markdown]
# `[CLS]` and `[SEP]` begin and end a text, `[PAD]` pads a row to its full length, `[MASK]` hides a piece, and `[UNK]`
# stands for a word that cannot be split.
#
# ### Exercise 8.1: Split a word into pieces
#
# Split a word the way WordPiece, BERT's tokenizer, does.
#
# | | |
# |---|---|
# | **Signature** | `word_pieces(word, vocabulary)` |
# | **Arguments** | `word`: a string of one or more letters, of any length, without spaces; `vocabulary`: a set of pieces |
# | **Returns** | a list: the pieces of the word, in order |
# | **Rules** | At each position, take the *longest* piece that fits there. A piece that does not begin the word has `##` before its letters, both in the vocabulary and in your list. If nothing fits at some position, the whole word becomes `["[UNK]"]`; never undo an earlier choice. |
# | **Example** | With `{"un", "play", "##play", "##able"}`, `"unplayable"` becomes `["un", "##play", "##able"]`. |
# | **Points** | 3 points |
#
# <details><summary>Hint</summary>
# Keep track of where the rest of the word begins. Try possible ends from the end of the word backward, and stop at the
# first piece that the vocabulary contains.
# </details>


# %% nbgrader={"grade": false, "grade_id": "word_pieces", "locked": false, "schema_version": 3, "solution": true}
def word_pieces(word, vocabulary):
    """The WordPiece pieces of a word: the longest that fits, from left to right.

    Parameters
    ----------
    word : str
        One letter or more, of any length, in the same case as the vocabulary.
    vocabulary : set of str
        Pieces that begin a word ("play"), and pieces that go on inside a word ("##able").

    Returns
    -------
    list of str
        The pieces, those inside the word with "##"; ["[UNK]"] if at some place no piece fits.
    """
    ### BEGIN SOLUTION
    pieces, start = [], 0
    while start < len(word):
        mark = "##" if start else ""
        ends = [end for end in range(len(word), start, -1) if mark + word[start:end] in vocabulary]
        if not ends:
            return ["[UNK]"]
        pieces.append(mark + word[start : ends[0]])
        start = ends[0]
    return pieces
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_word_pieces", "locked": true, "points": 3, "schema_version": 3, "solution": false}
### BEGIN HIDDEN TESTS
import re

from tlcourse.building import visible_cases


def pieces_by_pattern(word, vocabulary):
    """The reference, by two regular expressions that list the longest pieces first."""
    inside = [piece[2:] for piece in vocabulary if piece.startswith("##")]
    begins = [piece for piece in vocabulary if not piece.startswith("##")]
    patterns = ["|".join(map(re.escape, sorted(part, key=len, reverse=True))) or "(?!)" for part in (begins, inside)]
    pieces, place = [], 0
    while place < len(word):
        match = re.compile(patterns[place > 0]).match(word, place)
        if match is None:
            return ["[UNK]"]
        pieces.append("##" * (place > 0) + match[0])
        place = match.end()
    return pieces


def walker(choose=max, mark="##", looked="##", stuck=lambda pieces: ["[UNK]"], shortest=1):
    """A mistake that chooses, marks or looks up pieces differently, or behaves differently when no piece fits."""

    def split(word, vocabulary):
        pieces, start = [], 0
        while start < len(word):
            places = range(start + shortest, len(word) + 1)
            ends = [end for end in places if (looked if start else "") + word[start:end] in vocabulary]
            if not ends:
                return stuck(pieces)
            pieces.append((mark if start else "") + word[start : choose(ends)])
            start = choose(ends)
        return pieces

    return split


def backtracking(word, vocabulary, mark=""):
    """The first complete split of the word, with the longest pieces tried first."""
    for end in range(len(word), 0, -1):
        if mark + word[:end] in vocabulary:
            rest = backtracking(word[end:], vocabulary, "##") if end < len(word) else []
            if rest != ["[UNK]"]:
                return [mark + word[:end], *rest]
    return ["[UNK]"]


def from_the_end(word, vocabulary):
    """The longest piece at the end of the word first."""
    pieces, end = [], len(word)
    while end:
        starts = [start for start in range(end) if ("##" if start else "") + word[start:end] in vocabulary]
        if not starts:
            return ["[UNK]"]
        pieces.insert(0, ("##" if starts[0] else "") + word[starts[0] : end])
        end = starts[0]
    return pieces


def either_kind(word, vocabulary):
    """The longest piece at each position, with or without ## in the vocabulary."""
    pieces, start = [], 0
    while start < len(word):
        ends = [end for end in range(start + 1, len(word) + 1)
                if word[start:end] in vocabulary or "##" + word[start:end] in vocabulary]  # fmt: skip
        if not ends:
            return ["[UNK]"]
        pieces.append(("##" if start else "") + word[start : max(ends)])
        start = max(ends)
    return pieces


def inside_first(word, vocabulary):
    """Pieces with ## begin a word, too, where no longer piece without ## does."""
    bare = [end for end in range(1, len(word) + 1) if word[:end] in vocabulary]
    marked = [end for end in range(1, len(word) + 1) if "##" + word[:end] in vocabulary]
    if max(marked, default=0) <= max(bare, default=0):
        return pieces_by_pattern(word, vocabulary)
    rest = pieces_by_pattern("x" + word[max(marked) :], {*vocabulary, "x"})[1:] if word[max(marked) :] else []
    return ["##" + word[: max(marked)], *rest] if rest or len(word) == max(marked) else ["[UNK]"]


def two_too_far(word, vocabulary):
    """The next place is moved by the length of the piece with its ##."""
    pieces, start = [], 0
    while start < len(word):
        mark = "##" if start else ""
        ends = [end for end in range(start + 1, len(word) + 1) if mark + word[start:end] in vocabulary]
        if not ends:
            return ["[UNK]"]
        pieces.append(mark + word[start : max(ends)])
        start += len(pieces[-1])
    return pieces


def instead_of_unknown(value):
    """A mistake that returns something else in place of ["[UNK]"]."""
    return lambda word, vocabulary: value(word) if pieces_by_pattern(word, vocabulary) == ["[UNK]"] else None


mistakes = {
    "the shortest piece is taken at each place, not the longest": walker(choose=min),
    "## is missing in the list": walker(mark=""),
    "pieces inside the word are looked up without ##": walker(looked=""),
    "pieces inside the word are looked up and returned without ##": walker(looked="", mark=""),
    "a piece without ## is taken inside the word, or a piece with ## at its beginning": either_kind,
    "the pieces before an unknown part are kept": walker(stuck=lambda pieces: [*pieces, "[UNK]"]),
    "an unknown rest of the word is left out": walker(stuck=lambda pieces: pieces),
    "a choice is taken back where the longest piece leads nowhere: WordPiece never goes back": backtracking,
    "the word is split from its end": from_the_end,
    "pieces of a single letter are overlooked": walker(shortest=2),
    "a piece with ## is taken at the beginning of the word": inside_first,
    "a word that the vocabulary has only with ## in front is returned as that piece": lambda word, vocabulary: (
        [word] if word in vocabulary else ["##" + word] if "##" + word in vocabulary else None
    ),
    "## counts as two letters of the word, so that the next place is too far to the right": two_too_far,
    "an unknown word is returned unchanged": instead_of_unknown(lambda word: [word]),
    "an unknown word gives a text and not a list": instead_of_unknown(lambda word: "[UNK]"),
    "an unknown word gives None": instead_of_unknown(lambda word: None),
    "words of more than 100 letters become [UNK], as in the package's tokenizer; here a word may have any length": (
        lambda word, vocabulary: ["[UNK]"] if len(word) > 100 else None
    ),
    "the word is split into its letters": lambda word, vocabulary: [word[0], *("##" + letter for letter in word[1:])],
}
shown_vocabulary = {"un", "una", "play", "able", "s", "a", "##play", "##pl", "##able", "##s"}
shown_words = [
    "unplayable",
    "play",
    "plays",
    "a",
    "unable",
    "player",
    "as",
    "aun",
    "plable",
    "pl",
    "x",
    "un" + "play" * 30,
]
visible_cases.record(
    "word_pieces",
    [(word, shown_vocabulary) for word in shown_words],
    pieces_by_pattern,
    mistakes,
)
### END HIDDEN TESTS
with progress.exercise("word_pieces"):
    checks.run("word_pieces", word_pieces)
    ### BEGIN HIDDEN TESTS
    rng = checks.grading_rng("word_pieces")
    for _ in range(40):
        letters = "abc"[: int(rng.integers(2, 4))]
        parts = ["".join(rng.choice(list(letters), int(rng.integers(1, 4)))) for _ in range(12)]
        hidden_vocabulary = {*parts[:6], *("##" + part for part in parts[6:])}
        hidden_word = "".join(rng.choice(list(letters), int(rng.integers(1, 9))))
        expected = pieces_by_pattern(hidden_word, hidden_vocabulary)
        checks.returns(word_pieces, (hidden_word, hidden_vocabulary), expected, mistakes)
    long_word = "".join(rng.choice(list("ab"), int(rng.integers(101, 140))))
    all_letters = {"a", "b", "##a", "##b", "##" + "".join(rng.choice(list("ab"), 3))}
    checks.returns(word_pieces, (long_word, all_letters), pieces_by_pattern(long_word, all_letters), mistakes)
    ### END HIDDEN TESTS

# %% [markdown]
# Apply your function to a word that the teacher's vocabulary contains, and to three that it lacks.

# %% tags=["nbval-check-output"]
for word in ("movie", "unwatchable", "telmarona", "überzeugend"):
    print(f"{word}: {' '.join(word_pieces(word, set(tokenizer.vocabulary)))}")

# %% [markdown]
# > **Try it.** Enter your own name and a few words of your language, in lowercase. The course's tokenizer first
# > converts text to lowercase and removes accents; your function does not, so it finds no piece for the *ü* above.
# > Which letters does this vocabulary lack?
#
# **With word pieces, nearly every word has a representation; a word is lost only if greedy splitting reaches a position
# where no piece fits.**
#
# ## A word and its context
#
# This unit's teacher is a small BERT with four layers. It has read texts from the generator without their labels, far
# less text than published models read; its card, `data/teachers/texts_bert.json`, says how much. It learned from one
# task: guessing the pieces that `[MASK]` hides. To see what it has learned, let it guess.
#
# **Before you run the cell:** which words would *you* put there?

# %%
language_model = teachers.load("texts_bert")
for sentence in (
    "the movie was very [MASK]",
    "the battery of this phone was very [MASK]",
    "you have won a free [MASK]",
):
    ids = tokenizer.encode([sentence])
    place = int(np.flatnonzero(ids[0] == tokenizer.ids["[MASK]"])[0])
    probabilities = keras.ops.convert_to_numpy(keras.ops.softmax(language_model(ids)[0, place]))
    best = probabilities.argsort()[::-1][:5]
    print(sentence, "->", ", ".join(f"{tokenizer.vocabulary[b]} {probabilities[b]:.0%}" for b in best))

# %% [markdown]
# In the stored run, whose outputs the course's website shows, the teacher guesses spam words for the message. For the
# film and the battery, it guesses mostly general opinion words. Nobody has told it about spam or opinions. Nearly all
# of these opinions are negative, although nothing in the two sentences suggests that.
#
# Without its head, the teacher returns a vector for each piece, its **state**. In each layer, **attention** mixes the
# states: each position looks at all positions and takes the most from those that matter to it. Each layer has four
# *attention heads*, which do this side by side; they have nothing in common with the head that makes a prediction. The
# figure shows one attention head of one layer. Each row sums to one.

# %%
encoder = teachers.load("texts_bert", head=False)
sentence = "belmar told me about it but the film was not boring"
ids = tokenizer.encode([sentence])
weights = attention_weights(encoder, ids, layer=2)[0, 0]
pieces = [tokenizer.vocabulary[number] for number in ids[0]]
figure, axes = plt.subplots(figsize=(6.8, 5.6), layout="constrained")
axes.imshow(weights, cmap="Blues", vmin=0)
axes.set_xticks(range(len(pieces)), pieces, rotation=60, ha="right")
axes.set_yticks(range(len(pieces)), pieces)
axes.set(xlabel="looks at", ylabel="position", title="Where one head of layer 2 looks")
plt.show()

# %% [markdown]
# In this attention head, most words of the sentence look mainly at words before them. For example, *boring* looks at
# *not*.
#
# > **Try it.** Change `layer` to a number from 1 to 4, and the last index to another head from 0 to 3. Can you find a
# > head that looks at the previous word, one that looks at the next word, and one that looks at "not"?
#
# Attention makes a state depend on the context. In the generated texts, the names of people, places and firms consist
# of the same syllables, so only the words around a name show what it is. Here is one name at the same position in three
# sentences. If you count the words of all three from 0, it is word 5, 14 and 20. The state of a word is that of its
# first piece. For each sentence, the cell finds the twenty words in 300 reviews whose states are nearest. It counts how
# many are people (PER), places (LOC), organizations (ORG) or other words (O).
#
# **Before you run the cell:** which neighbors will the name have in layer 0, before any attention?

# %%
three = ["the film was good and belmar loved the music", "i read about it in belmar", "so my sister works for belmar"]
pool = texts.generate("films", 300, seed=84)


def word_states(sentences, layer):
    """A state of length 1 for each word of all sentences."""
    ids, first = tokenizer.encode_words(sentences)
    states = np.concatenate(word_vectors(encoder, ids, first, layer))
    return states / np.linalg.norm(states, axis=1, keepdims=True)


pool_words = [word for sentence in pool.texts for word in sentence.split()]
tags = np.array([tag for sentence in pool.tags for tag in sentence])
for layer in (0, 2):
    others, named = word_states(pool.texts, layer), word_states(three, layer)
    for place, sentence in zip((5, 14, 20), three, strict=True):
        near = (others @ named[place]).argsort()[::-1][:20]
        shares = ", ".join(f"{kind} {(tags[near] == kind).sum()}" for kind in ("PER", "LOC", "ORG", "O"))
        print(f"layer {layer}, {sentence}: {pool_words[near[0]]}, {pool_words[near[1]]}, ...; tags of 20: {shares}")

# %% [markdown]
# In layer 0, only the letters and the position count, so the three states are equal and have the same neighbors. Two
# layers later, the context has moved them apart. In the stored run, the person and the place lean toward their own
# kind, while the firm still has few neighbors of its kind. Now look at all the names in these reviews at once, in a map
# of two principal components.

# %%
names = np.flatnonzero(tags != "O")
figure, both = plt.subplots(1, 2, figsize=(10, 4), layout="constrained")
for axes, layer in zip(both, (0, 2), strict=True):
    states = word_states(pool.texts, layer)[names]
    centered = states - states.mean(axis=0)
    kinds = ("PER", "LOC", "ORG")
    labels = np.array([kinds.index(tag) for tag in tags[names]])
    plots.embedding(centered @ np.linalg.svd(centered, full_matrices=False)[2][:2].T, labels, kinds, ax=axes)
    axes.set_title(f"layer {layer}: " + ("the kinds are mixed" if layer == 0 else "the kinds are still mixed"))
plt.show()

# %% [markdown]
# In this map, the kinds stay mixed. A state has 64 numbers, and the map shows only the two directions in which the
# states vary most. They may depend on the word's position in the sentence more than on its kind; we did not measure
# this. A classifier can use the other directions; a later section measures how much it gains from them in each layer.
#
# **Attention gives the same word different states in different contexts.**
#
# ## One vector for a sentence
#
# A sentence classifier needs one vector for each sentence, whatever its length. A common choice is the mean of all
# token states. In a batch, short sentences are filled up with padding, which must not count.
#
# ### Exercise 8.2: From token states to a sentence vector
#
# Turn the token states into one vector for each sentence.
#
# | | |
# |---|---|
# | **Signature** | `sentence_vector(states, mask)` |
# | **Arguments** | `states`: a float array of shape `(n, tokens, width)`; `mask`: integers of shape `(n, tokens)`, 1 for a real token and 0 for padding |
# | **Returns** | an array of shape `(n, width)`: the mean over the real tokens, scaled to length 1 |
# | **Rules** | A sentence without any real token gets zeros. The states at padding positions can contain any numbers. |
# | **Example** | For `states = [[[3, 0], [0, 4], [9, 9]]]` and `mask = [[1, 1, 0]]`, the mean is `[1.5, 2]`, and the result is `[[0.6, 0.8]]`. |
# | **Points** | 2 points |
#
# <details><summary>Hint</summary>
# Multiply the states by `mask[:, :, None]` and sum over the tokens. Do you still need to divide by the number of real
# tokens if you scale to length 1?
# </details>


# %% nbgrader={"grade": false, "grade_id": "sentence_vector", "locked": false, "schema_version": 3, "solution": true}
def sentence_vector(states, mask):
    """Mean of the states of each sentence's real tokens, scaled to length 1.

    Parameters
    ----------
    states : array of shape (n, tokens, width)
        Any finite numbers, at padding too.
    mask : array of integers of shape (n, tokens)
        1 for a real token, 0 for padding; the padding need not be at the end.

    Returns
    -------
    numpy.ndarray
        Shape (n, width). Each row has length 1, or holds zeros if the sentence has no real token.
    """
    ### BEGIN SOLUTION
    sums = (np.asarray(states, float) * np.asarray(mask)[:, :, None]).sum(axis=1)
    lengths = np.linalg.norm(sums, axis=1, keepdims=True)
    return sums / np.where(lengths > 0, lengths, 1)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_sentence_vector", "locked": true, "points": 2, "schema_version": 3, "solution": false}
### BEGIN HIDDEN TESTS
from tlcourse.building import visible_cases


def direction(vector):
    """Scaled to length 1; zeros stay zeros."""
    length = float(np.sqrt(np.square(vector).sum()))
    return np.asarray(vector, float) / length if length else np.asarray(vector, float)


def each_sentence(combine):
    """From one of a sentence's states and its mask, to all sentences, scaled."""
    return lambda states, mask: np.stack(
        [direction(combine(np.asarray(s, float), np.asarray(m))) for s, m in zip(states, mask, strict=True)]
    )


def real_mean(states, mask):
    """The mean over the real tokens; zeros if there are none."""
    return states[mask == 1].mean(axis=0) if mask.any() else np.zeros(states.shape[1])


def unscaled(states, mask):
    return np.stack([real_mean(s, m) for s, m in zip(np.asarray(states, float), np.asarray(mask), strict=True)])


def token_sums(states, mask):
    """The sum over the real tokens of each sentence."""
    return np.where(np.asarray(mask)[:, :, None] == 1, np.asarray(states, float), 0).sum(axis=1)


vector_by_sentence = each_sentence(real_mean)
mistakes = {
    "padding counts, too": each_sentence(lambda s, m: s.mean(axis=0)),
    "the mean is not scaled to length 1": unscaled,
    "the mean over all tokens divides, and the result is not scaled": lambda states, mask: (
        np.asarray(states, float) * np.asarray(mask)[:, :, None]
    ).mean(axis=1),
    "only the first token counts": each_sentence(lambda s, m: s[0]),
    "only the last token counts": each_sentence(lambda s, m: s[-1]),
    "the maximum over the tokens is taken, not the mean": each_sentence(
        lambda s, m: s[m == 1].max(axis=0) if m.any() else np.zeros(s.shape[1])
    ),
    "the first tokens are taken, as many as are real: padding need not be at the end": each_sentence(
        lambda s, m: s[: int(m.sum())].mean(axis=0) if m.any() else np.zeros(s.shape[1])
    ),
    "the largest number of each vector becomes 1, and not its length": lambda states, mask: (
        token_sums(states, mask) / np.maximum(np.abs(token_sums(states, mask)).max(axis=1, keepdims=True), 1e-12)
    ),
    "the mask is read the other way round": each_sentence(lambda s, m: real_mean(s, 1 - m)),
    "each token is scaled to length 1 before the mean": each_sentence(
        lambda s, m: real_mean(np.stack([direction(token) for token in s]), m)
    ),
    "the vectors of all sentences are scaled together": lambda states, mask: (
        unscaled(states, mask) / np.linalg.norm(unscaled(states, mask))
    ),
    "each vector is scaled to sum 1": lambda states, mask: (
        unscaled(states, mask) / np.abs(unscaled(states, mask)).sum(axis=1, keepdims=True)
        if np.asarray(mask).any(axis=1).all()
        else None
    ),
    "a mean shorter than 1 keeps its length": lambda states, mask: (
        unscaled(states, mask) / np.maximum(np.linalg.norm(unscaled(states, mask), axis=1, keepdims=True), 1)
    ),
    "a sum shorter than 1 keeps its length": lambda states, mask: (
        token_sums(states, mask) / np.maximum(np.linalg.norm(token_sums(states, mask), axis=1, keepdims=True), 1)
    ),
    "a sentence without real tokens is divided by 0": lambda states, mask: np.where(
        np.asarray(mask).any(axis=1)[:, None], vector_by_sentence(states, mask), np.nan
    ),
    "the mean runs over the sentences": lambda states, mask: (
        np.asarray(states, float).mean(axis=0) / np.linalg.norm(np.asarray(states, float).mean(axis=0), axis=1)[:, None]
    ),
}
visible_cases.record(
    "sentence_vector",
    [
        (np.array([[[3.0, 0.0], [0.0, 4.0], [9.0, 9.0]]], "float32"), np.array([[1, 1, 0]])),
        (
            np.array([[[1.0, 2.0], [3.0, 1.0]], [[5.0, 5.0], [-1.0, 2.0]]], "float32"),
            np.array([[1, 1], [0, 1]]),
        ),
        (np.array([[[1.0, 2.0], [1000.0, -500.0]], [[7.0, 7.0], [2.0, 2.0]]], "float32"), np.array([[1, 0], [0, 0]])),
        (np.array([[[1, 2, 2], [3, 0, 4]]]), np.array([[1, 1]])),
        (np.array([[[0.1, 0.5], [0.2, -0.1], [6.0, 8.0]]], "float32"), np.array([[1, 1, 0]])),
    ],
    vector_by_sentence,
    mistakes,
    tolerance=1e-5,
)
### END HIDDEN TESTS
with progress.exercise("sentence_vector"):
    checks.run("sentence_vector", sentence_vector)
    ### BEGIN HIDDEN TESTS
    rng = checks.grading_rng("sentence_vector")
    for number in range(8):
        count, tokens, width = (int(rng.integers(1, high)) for high in (5, 7, 6))
        spread = 0.05 if number % 3 == 2 else 3  # the sums of every third are shorter than 1
        hidden_states = rng.normal(0, spread, (count, tokens, width + 1)).astype("float32")
        arguments = hidden_states, (rng.random((count, tokens)) < 0.6).astype(int)
        checks.returns(sentence_vector, arguments, vector_by_sentence(*arguments), mistakes, tolerance=1e-4)
    ### END HIDDEN TESTS

# %% [markdown]
# Your function and the course's own should agree. The course's function also sorts the sentences by length, which
# wastes less computation on padding, and it caches its results on this machine.

# %% tags=["nbval-check-output"]
ids = tokenizer.encode(films.texts[:64])
states = keras.ops.convert_to_numpy(encoder(ids))
difference = np.abs(sentence_vector(states, (ids != 0).astype(int)) - sentence_vectors(encoder, ids)).max()
print(f"{states.shape} states become {sentence_vector(states, (ids != 0).astype(int)).shape} vectors")
print(f"they agree to 4 digits: {difference < 1e-4}")

# %% [markdown]
# **A mean over the real tokens turns a text of any length into a vector that a linear classifier can use.**
#
# ## Accuracy against labels
#
# Now transfer as in unit 02: frozen features, and a new linear head. We compare the teacher with a bag of words, and
# with the same encoder with random weights. This control shows what comes from pretraining and what comes from the
# architecture. There are two tasks: is a film review positive or negative, and is a text message wanted (ham) or
# unwanted (spam)?

# %%
random_encoder = build_encoder(len(tokenizer.vocabulary))  # the teacher's sizes, random weights
print(f"parameters: teacher {encoder.count_params():,}, random encoder {random_encoder.count_params():,}")
messages = texts.generate("messages", 1_400, seed=87)
for label, name in enumerate(messages.class_names):
    print(f"{name}: {messages.texts[list(messages.labels).index(label)]}")


# %%
def vectors(corpus, model=encoder):
    """Frozen features of all texts of a corpus."""
    return sentence_vectors(model, tokenizer.encode(corpus.texts))


def scores(corpus, features, count, seed):
    """Test accuracy of each method, trained on the same `count` of the first 1,000 texts of each class."""
    rng, train, test = np.random.default_rng(seed), corpus.labels[:1_000], slice(1_000, None)
    places = np.concatenate([rng.permutation(np.flatnonzero(train == label))[:count] for label in (0, 1)])
    few = [corpus.texts[place] for place in places]
    bag = TfidfVectorizer(ngram_range=(1, 2)).fit(few).transform(corpus.texts)
    head = LogisticRegression(C=10, max_iter=1_000)
    return {name: head.fit(inputs[places], train[places]).score(inputs[test], corpus.labels[test])
            for name, inputs in {**features, "bag of words": bag}.items()}  # fmt: skip


# %% [markdown]
# A single random sample of ten labels says little, so take eight samples and show the mean with its 95% interval.
#
# **Before you run the cell:** with ten labels of each class, which of the three is the most accurate? And with 280?
# Will the two tasks agree?

# %%
counts = [1, 5, 10, 50, 280]
curves, (figure, both) = {}, plt.subplots(1, 2, figsize=(12, 4.4), layout="constrained", sharey=True)
for axes, (name, corpus) in zip(both, {"spam": messages, "sentiment": films}.items(), strict=True):
    features = {"teacher": vectors(corpus), "random encoder": vectors(corpus, random_encoder)}
    draws = [[scores(corpus, features, count, seed) for seed in range(8)] for count in counts]
    curves[name] = {arm: [summary([draw[arm] for draw in row], share=True) for row in draws] for arm in draws[0][0]}
    plots.accuracy_curves(counts, curves[name], log=True, references={"chance": 0.5}, ax=axes)
    axes.set(xlabel="labels per class", ylim=(0.4, 1.02))
both[0].set_title("Spam: the teacher replaces labels")
both[1].set_title("Sentiment: the bag of words is ahead")
plt.show()

# %% [markdown]
# For spam, the teacher is ahead of the bag of words as long as labels are few. It has read thousands of messages, in
# which *voucher*, *jackpot* and *bonus* occur in the same contexts. So one labeled message about a voucher can probably
# also teach the head something about jackpots. With more labels, the bag of words sees all of these words itself and
# catches up.
#
# For sentiment, the same teacher does not help. With 280 labels of each class, the random encoder is even ahead, and
# the recorded results below agree. We do not know why. This is a fact about one small teacher, which was pretrained for
# a few minutes. It does not show that guessing hidden words cannot teach opinions.
#
# How many labels is a teacher worth? Read the curves sideways: how many labels does the bag of words need to reach the
# accuracy that the teacher reaches with five?
#
# ### Exercise 8.3: How many labels does it take?
#
# Read from a curve how many labels it takes to reach a goal. The goal is a fixed accuracy or another method's curve.
#
# | | |
# |---|---|
# | **Signature** | `labels_needed(counts, accuracies, goal)` |
# | **Arguments** | `counts`: positive numbers of labels, each larger than the one before; `accuracies`: one for each count; `goal`: a number, or a list with one number for each count |
# | **Returns** | a float: the smallest number of labels from which the curve stays at or above the goal; `None` if it is below the goal at the last count |
# | **Rules** | Between two counts, both curves are straight lines over the *logarithm* of the count. If the curve reaches the goal, falls below it and reaches it again, use the last crossing. If it is never below, return the first count. |
# | **Example** | For `[1, 10, 100]` and `[0.5, 0.6, 0.8]`, the goal 0.7 lies halfway between 10 and 100 on the logarithmic axis: about 31.62. |
# | **Points** | 3 points |
#
# <details><summary>Hint</summary>
# Work with the differences, accuracy minus goal. Which one is the last negative difference? `np.interp` can compute
# where the line from there to the next one crosses 0.
# </details>


# %% nbgrader={"grade": false, "grade_id": "labels_needed", "locked": false, "schema_version": 3, "solution": true}
def labels_needed(counts, accuracies, goal):
    """From how many labels on a curve is at or above a goal.

    Parameters
    ----------
    counts : sequence of numbers
        Numbers of labels, positive and increasing; one or more.
    accuracies : sequence of float
        One for each count.
    goal : float, or sequence of float
        An accuracy, or the accuracies of another method at the same counts.

    Returns
    -------
    float or None
        The number of labels at the last crossing, where both curves are straight over log(count); the first count if
        the curve is never below the goal; None if it is below the goal at the last count. Equal is not below.
    """
    ### BEGIN SOLUTION
    lead = np.asarray(accuracies, float) - goal
    below = np.flatnonzero(lead < 0)
    if len(below) == 0:
        return float(counts[0])
    last = below[-1]
    if last == len(counts) - 1:
        return None
    return float(np.exp(np.interp(0, lead[last : last + 2], np.log(counts[last : last + 2]))))
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_labels_needed", "locked": true, "points": 3, "schema_version": 3, "solution": false}
### BEGIN HIDDEN TESTS
from tlcourse.building import visible_cases


def differences(accuracies, goal):
    goals = goal if isinstance(goal, (list, tuple, np.ndarray)) else [goal] * len(accuracies)
    return [a - g for a, g in zip(accuracies, goals, strict=True)]


def crossing(counts, lead, place, log=True):
    """The number of labels where the line from one position to the next is 0."""
    part = -lead[place] / (lead[place + 1] - lead[place])
    if log:
        return float(counts[place] * (counts[place + 1] / counts[place]) ** part)
    return float(counts[place] + part * (counts[place + 1] - counts[place]))


def reader(log=True, below=lambda d: d < 0, turn=1, between=None, first=None, never=None):
    """The reference; with another argument, a mistake."""

    def read(counts, accuracies, goal):
        lead = [turn * d for d in differences(accuracies, goal)]
        places = [place for place, d in enumerate(lead) if below(d)]
        if not places:
            return first(counts) if first else float(counts[0])
        if places[-1] + 1 == len(lead):
            return never(counts, lead) if never else None
        return between(counts, lead, places[-1]) if between else crossing(counts, lead, places[-1], log)

    return read


def first_time(counts, accuracies, goal):
    """The first crossing, kept or not."""
    lead = differences(accuracies, goal)
    if lead[0] >= 0:
        return float(counts[0])
    ups = [place for place in range(len(lead) - 1) if lead[place] < 0 <= lead[place + 1]]
    return crossing(counts, lead, ups[0]) if ups else None


def extended(counts, lead):
    """The last line, drawn beyond the last count."""
    if len(lead) < 2 or lead[-1] <= lead[-2]:
        return None
    return float(counts[-2] * (counts[-1] / counts[-2]) ** (-lead[-2] / (lead[-1] - lead[-2])))


labels_by_hand = reader()


def goal_of_the_end(counts, accuracies, goal):
    """The crossing with the goal at the right end of its stretch."""
    lead = differences(accuracies, goal)
    places = [place for place, d in enumerate(lead) if d < 0]
    if not places or places[-1] + 1 == len(lead):
        return labels_by_hand(counts, accuracies, goal)
    end = places[-1] + 1
    fixed = accuracies[end] - lead[end]
    part = (fixed - accuracies[end - 1]) / (accuracies[end] - accuracies[end - 1])
    return float(counts[end - 1] * (counts[end] / counts[end - 1]) ** part)


label_mistakes = {
    "the line runs over the counts, not over their logarithm": reader(log=False),
    "the next count is returned, without a line between the two": reader(between=lambda c, d, p: float(c[p + 1])),
    "the last count below the goal is returned": reader(between=lambda c, d, p: float(c[p])),
    "the logarithm of the count is returned": reader(between=lambda c, d, p: float(np.log(crossing(c, d, p)))),
    "the logarithm of the count to base 10 is returned": reader(
        between=lambda c, d, p: float(np.log10(crossing(c, d, p)))
    ),
    "the middle of the two counts is taken, whatever the accuracies": reader(
        between=lambda c, d, p: float(np.sqrt(c[p] * c[p + 1]))
    ),
    "the number is rounded up to a whole number of labels": reader(
        between=lambda c, d, p: float(np.ceil(crossing(c, d, p)))
    ),
    "the goal stays the same between two counts, and is not a line like the curve": goal_of_the_end,
    "the first time counts, although the curve falls below the goal again": first_time,
    "a tie does not count: at the goal is enough": reader(below=lambda d: d <= 0),
    "curve and goal are exchanged": reader(turn=-1),
    "the last count is returned although the curve is still below the goal": reader(
        never=lambda counts, lead: float(counts[-1])
    ),
    "the curve is extended beyond its last count": reader(never=extended),
    "0 is returned for a curve that is never below the goal": reader(first=lambda counts: 0.0),
}
visible_cases.record(
    "labels_needed",
    [
        ([1, 10, 100], [0.5, 0.6, 0.8], 0.7),
        ([1, 10, 100], [0.5, 0.6, 0.8], [0.7, 0.7, 0.7]),
        ([2, 8, 32, 128], [0.5, 0.7, 0.6, 0.9], 0.65),
        ([5, 50, 500], [0.6, 0.7, 0.8], 0.9),
        ([5, 50, 500], [0.6, 0.7, 0.8], [0.5, 0.7, 0.75]),
        ([1, 5, 10, 50], [0.5, 0.55, 0.75, 0.85], [0.6, 0.65, 0.7, 0.8]),
        ([1, 4, 16], [0.5, 0.6, 0.75], 0.75),
        ([10], [0.8], 0.8),
    ],
    labels_by_hand,
    label_mistakes,
)
### END HIDDEN TESTS
with progress.exercise("labels_needed"):
    checks.run("labels_needed", labels_needed)
    ### BEGIN HIDDEN TESTS
    rng = checks.grading_rng("labels_needed")
    for number in range(30):
        size = int(rng.integers(1, 7))
        hidden_counts = np.cumsum(rng.integers(1, 60, size)).tolist()
        curve, other = (np.round(rng.uniform(0.4, 0.9, size), 1 + number % 2).tolist() for _ in range(2))
        arguments = hidden_counts, sorted(curve) if number % 3 else curve, other if number % 4 else other[0]
        checks.returns(labels_needed, arguments, labels_by_hand(*arguments), label_mistakes)
    ### END HIDDEN TESTS

# %%
means = {arm: [entry["mean"] for entry in entries] for arm, entries in curves["spam"].items()}
for count, accuracy in zip(counts[:3], means["teacher"][:3], strict=True):
    needed = labels_needed(counts, means["bag of words"], accuracy)
    print(f"spam, labels of each class: {count:>2} with the teacher are worth {needed:4.1f} with a bag of words")
overtaken = labels_needed(counts, means["bag of words"], means["teacher"])
catches_up = "no measured count" if overtaken is None else f"{overtaken:.0f} labels of each class"
print(f"spam: the bag of words catches up at {catches_up}")

# %% [markdown]
# In the stored run, five labels of each class with the teacher are worth about twice as many without it. Between ten
# and fifty labels, the bag of words catches up. If your function returns `None`, the curves do not meet within the
# measured counts, and we cannot say where they would.

# %% [markdown]
# The recorded results repeat the comparison over five seeds, and also with **real** texts: sentences about films
# (Kotzias et al. 2015) and text messages (Almeida & Gómez Hidalgo 2011). Their teacher is MiniLM (Wang et al. 2020), a
# BERT that has read large amounts of text from the internet. Another baseline is a small network trained from scratch
# on word counts. Spam is rare in the real messages, so a filter that never warns is correct most of the time. We
# therefore score the messages by **macro F1** (claim C35 of the lectures). The F1 score of a class is the harmonic mean
# of its precision and recall, and macro F1 is the mean of the two classes' scores.

# %% tags=["nbval-check-output"]
recorded = results("text_labels")
methods = {"teacher": "teacher", "random": "random encoder", "tfidf": "bag of words", "small_network": "small network"}
tasks = [("generated", "films"), ("generated", "messages"), ("real", "films"), ("real", "messages")]
for source, task in tasks:
    print(f"{source} {task}, {'macro F1' if task == 'messages' else 'accuracy'} by labels per class")
    for key, name in methods.items():
        if row := recorded[source][task].get(key):
            print(f"  {name:<15}", "  ".join(f"{count}: {row[str(count)]['mean']:.1%}" for count in counts))

# %% tags=["nbval-check-output"]
for source, task in tasks:
    for count in ("5", "10", "280"):
        for key in ("tfidf", "small_network"):
            rows = recorded[source][task]
            difference = gain(rows["teacher"][count], rows[key][count])
            print(f"{source} {task}, {count:>3} labels, teacher minus {methods[key]:<13} {difference}")
rows = recorded["generated"]["films"]
print("generated films, 280 labels, random encoder minus teacher", gain(rows["random"]["280"], rows["teacher"]["280"]))

# %%
figure, both = plt.subplots(1, 2, figsize=(12, 4.4), layout="constrained", sharey=True)
titles = {"films": "Real films: MiniLM stays ahead", "messages": "Real messages: the others catch up"}
for axes, (task, title) in zip(both, titles.items(), strict=True):
    rows = recorded["real"][task]
    lines = {name: [rows[key][str(count)] for count in counts] if key in rows else [] for key, name in methods.items()}
    plots.accuracy_curves(counts, lines, log=True, ax=axes)
    axes.set(title=title, xlabel="labels per class", ylim=(0.3, 1.02), ylabel="")
both[0].set_ylabel("accuracy, 95 % interval")
both[1].set_ylabel("macro F1, 95 % interval")
plt.show()

# %% [markdown]
# On real films, MiniLM is ahead of the bag of words at every count. With five labels of each class, its lead is 25.1
# percentage points (20.7 to 29.5).
#
# With 280 labels of each class, its lead is still 13.2 percentage points (10.0 to 16.3). The curves do not meet here,
# so we cannot say where they would.
#
# On real messages, its lead is 9.0 percentage points (5.1 to 13.0) with ten labels of each class. With 280, we could
# not detect a difference.
#
# The small network, which has no teacher, is then 2.7 percentage points (1.9 to 3.6) ahead of MiniLM. With 50 labels of
# each class, its mean is higher, too. Single words probably give spam away, and these two baselines count words.
#
# On generated messages, the small teacher is ahead of the bag of words by 3.0 percentage points (1.3 to 4.7) with five
# messages of each class. With ten, we could not detect a difference.
#
# On generated films, it is 27.9 percentage points (25.9 to 29.8) behind the bag of words with 280 films of each class.
# The random encoder is ahead of it, too: by 6.8 percentage points (0.6 to 12.9).
#
# **A teacher can replace labels on one task but not on another; only the curves show whether a baseline without a
# teacher catches up.**
#
# ## Products to films
#
# Back to this unit's question. You have 800 labeled product reviews, and your film reviews have no labels. The two
# domains share the task, but not all of the words. Does a head that learned from products work on films? Look at the
# vectors first.

# %%
both_domains = np.concatenate([vectors(products)[:200], vectors(films)[:200]])
centered = both_domains - both_domains.mean(axis=0)
points = centered @ np.linalg.svd(centered, full_matrices=False)[2][:2].T
groups = np.concatenate([products.labels[:200], 2 + films.labels[:200]])
kinds = [f"{domain}, {name}" for domain in ("products", "films") for name in products.class_names]
plots.embedding(points, groups, kinds).set_title("The teacher separates domains, and not opinions")
plt.show()

# %% [markdown]
# The two domains form two clouds, although nobody told the teacher about domains. Within each cloud, positive and
# negative reviews are mixed. A head that learned in one cloud must classify points in the other. Nothing in this map
# promises that it will do well.
#
# Before you train, split the texts, and beware of **leaks**. Short reviews repeat: "great value" can occur in both
# domains, and twice in one of them. If a test text was also in training, the test measures memory. Real corpora contain
# such repeats without any warning. The section "With real text" counts them in this unit's real messages.
#
# ### Exercise 8.4: Split two domains without a leak
#
# Divide the texts of several domains so that no test text occurs in the training data.
#
# | | |
# |---|---|
# | **Signature** | `source_and_target(texts, domains, source, target, count)` |
# | **Arguments** | `texts`: a list; `domains`: the domain of each text, a list of the same length; `source`, `target`: two domains; `count`: how many labeled target texts you can afford, 0 or more |
# | **Returns** | three lists of positions in `texts`, each in increasing order: `(train, labeled, test)` |
# | **Rules** | Two texts count as equal if they have the same words in the same order, regardless of case and spaces. `labeled`: the first `count` *different* target texts, each at its first position. `test`: the other target texts, each at its first position. `train`: all source texts that do not occur in `test`; repeats may stay. Texts from other domains are in none of the lists. |
# | **Example** | For the texts `["good", "Good", "bad", "fine"]` from the domains `["a", "b", "b", "b"]`, source `"a"`, target `"b"` and `count` 1, the result is `([0], [1], [2, 3])`. |
# | **Points** | 3 points |
#
# <details><summary>Hint</summary>
# `" ".join(text.lower().split())` is equal for equal texts. Choose `labeled` and `test` first; only then do you know
# which source texts to drop.
# </details>


# %% nbgrader={"grade": false, "grade_id": "source_and_target", "locked": false, "schema_version": 3, "solution": true}
def source_and_target(texts, domains, source, target, count):
    """Positions of source texts for training, of a few labeled target texts, and of target texts for the test.

    Parameters
    ----------
    texts : list of str
    domains : list of str
        The domain of each text.
    source, target : str
        Two different domains; there can be others.
    count : int
        How many different target texts are labeled; 0 or more, and all if there are fewer.

    Returns
    -------
    tuple of list of int
        (train, labeled, test), each increasing. No text of `test` is, up to case and spaces, in another list or twice
        in `test`. A text that occurs in source and test is left out of `train`, so that the test is the same for every
        source.
    """
    ### BEGIN SOLUTION
    plain = [" ".join(text.lower().split()) for text in texts]
    first = {}
    for place, (text, domain) in enumerate(zip(plain, domains, strict=True)):
        if domain == target:
            first.setdefault(text, place)
    places = list(first.values())
    labeled, test = places[:count], places[count:]
    tested = {plain[place] for place in test}
    train = [place for place, domain in enumerate(domains) if domain == source and plain[place] not in tested]
    return train, labeled, test
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_source_and_target", "locked": true, "points": 3, "schema_version": 3, "solution": false}
### BEGIN HIDDEN TESTS
from tlcourse.building import visible_cases


def same_words(text):
    return tuple(text.lower().split())


def splitter(key=same_words, places=lambda domains, target: np.flatnonzero(np.asarray(domains) == target),
             once=np.unique, source_of=lambda domain, source, target: domain == source, leaks=lambda labeled, test: test,
             tested=lambda labeled, test: test, cut=lambda firsts, count: (firsts[:count], firsts[count:])):  # fmt: skip
    """The split with numpy; another argument makes it a mistake."""

    def split(texts, domains, source, target, count):
        keys = [key(text) for text in texts]
        numbers = np.array([keys.index(own) for own in keys], dtype=int)
        of_target = places(domains, target)
        _, at = once(numbers[of_target], return_index=True)
        firsts = np.sort(of_target[at]).tolist()
        labeled, test = cut(firsts, count)
        test = tested(labeled, test)
        banned = {numbers[place] for place in leaks(labeled, test)}
        mine = [place for place, domain in enumerate(domains) if source_of(domain, source, target)]
        return [place for place in mine if numbers[place] not in banned], labeled, test

    return split


def every(numbers, return_index):
    """A replacement for numpy's unique that leaves nothing out."""
    return numbers, np.arange(len(numbers))


split_by_numbers = splitter()


def rows_first(texts, domains, source, target, count):
    """The first `count` rows of the target, with repeats."""
    keys = [same_words(text) for text in texts]
    mine = [place for place, domain in enumerate(domains) if domain == target]
    seen, test = {keys[place] for place in mine[:count]}, []
    for place in mine[count:]:
        if keys[place] not in seen:
            seen.add(keys[place])
            test.append(place)
    train = [p for p, d in enumerate(domains) if d == source and keys[p] not in {keys[place] for place in test}]
    return train, mine[:count], test


def out_of_the_test(texts, domains, source, target, count):
    """Texts that both domains share leave the test."""
    keys = [same_words(text) for text in texts]
    train = [place for place, domain in enumerate(domains) if domain == source]
    _, labeled, test = split_by_numbers(texts, domains, source, target, count)
    return train, labeled, [place for place in test if keys[place] not in {keys[row] for row in train}]


def repeats_in_the_test(texts, domains, source, target, count):
    """The labeled texts are different; the test holds every row of the others."""
    keys = [same_words(text) for text in texts]
    train, labeled, _ = split_by_numbers(texts, domains, source, target, count)
    taken = {keys[place] for place in labeled}
    test = [place for place, domain in enumerate(domains) if domain == target and keys[place] not in taken]
    return train, labeled, test


def rows_first_and_once(texts, domains, source, target, count):
    """Repeats leave the first `count` rows only afterwards, so that fewer texts are labeled."""
    train, labeled, test = rows_first(texts, domains, source, target, count)
    keys = [same_words(text) for text in texts]
    once = [place for at, place in enumerate(labeled) if keys[place] not in {keys[p] for p in labeled[:at]}]
    return train, once, test


split_mistakes = {
    "train keeps texts that occur in test, too": splitter(leaks=lambda labeled, test: []),
    "texts with another case or other spaces count as different": splitter(key=str),
    "case counts: two texts with another case are equal": splitter(key=lambda text: tuple(text.split())),
    "spaces count: two texts with other spaces are equal": splitter(key=str.lower),
    "all spaces are removed, although words differ then": splitter(key=lambda text: "".join(text.lower().split())),
    "spaces between the words count: only those at the ends are removed": splitter(
        key=lambda text: text.lower().strip()
    ),
    "the order of the words is ignored": splitter(key=lambda text: tuple(sorted(text.lower().split()))),
    "texts that occur in both leave the test and not train": out_of_the_test,
    "the labeled target texts are in test, too": splitter(cut=lambda firsts, count: (firsts[:count], firsts)),
    "repeats of a target text stay": splitter(once=every),
    "repeats leave train, where they may stay": lambda texts, *others: (
        [
            place
            for place in split_by_numbers(texts, *others)[0]
            if all(
                same_words(texts[place]) != same_words(texts[earlier])
                for earlier in split_by_numbers(texts, *others)[0]
                if earlier < place
            )
        ],
        *split_by_numbers(texts, *others)[1:],
    ),
    "test keeps repeats of a text": repeats_in_the_test,
    "count counts rows, where it should count different texts": rows_first,
    "repeats leave the first count rows afterwards, so that fewer texts are labeled": rows_first_and_once,
    "source and target are exchanged": lambda texts, domains, source, target, count: split_by_numbers(
        texts, domains, target, source, count
    ),
    "all domains but the target are the source": splitter(source_of=lambda domain, source, target: domain != target),
    "train leaves out the labeled texts, too": splitter(leaks=lambda labeled, test: [*labeled, *test]),
    "the last target texts are labeled, and not the first": splitter(
        cut=lambda firsts, count: (firsts[len(firsts) - count :], firsts[: len(firsts) - count])
    ),
    "labeled is added to train": lambda *arguments: (
        sorted(split_by_numbers(*arguments)[0] + split_by_numbers(*arguments)[1]),
        *split_by_numbers(*arguments)[1:],
    ),
}
sentences = ["good", "Good", "bad", "fine"]
reviews_of_three = [
    "Great value", "great  film", "not good", "A dull film", "great film", "GREAT value", "good not", "Dull", "not good",
    "a dull film", "notgood",
]  # fmt: skip
kinds = ["products", "films", "films", "films", "products", "films", "films", "hotels", "films", "hotels", "products"]
visible_cases.record(
    "source_and_target",
    [
        (sentences, ["a", "b", "b", "b"], "a", "b", 1),
        (["good", "good", "bad"], ["a", "b", "b"], "a", "b", 0),
        (["fine", "fine", "dull", "Dull "], ["b", "b", "b", "a"], "a", "b", 1),
        (reviews_of_three, kinds, "products", "films", 2),
        (["good", "bad"], ["a", "b"], "a", "b", 5),
        (["good", "dull", "Good", "bad"], ["a", "a", "a", "b"], "a", "b", 0),
        (
            ["fine", "Fine", "bad", "not good", "not  good", "notgood", "not   good"],
            ["b", "b", "b", "b", "b", "a", "a"],
            "a",
            "b",
            2,
        ),
    ],
    split_by_numbers,
    split_mistakes,
)
### END HIDDEN TESTS
with progress.exercise("source_and_target"):
    checks.run("source_and_target", source_and_target)
    ### BEGIN HIDDEN TESTS
    rng = checks.grading_rng("source_and_target")
    for _ in range(20):
        size = int(rng.integers(4, 24))
        hidden_words = ["good", "Good", "bad", "notgood", "not", "NOT"]
        hidden_texts = [
            (" " * int(rng.integers(1, 3))).join(rng.choice(hidden_words, int(rng.integers(1, 3)))) for _ in range(size)
        ]
        hidden_domains = rng.choice(["x", "y", "z"], size).tolist()
        arguments = hidden_texts, hidden_domains, "x", "y", int(rng.integers(0, 5))
        checks.returns(source_and_target, arguments, split_by_numbers(*arguments), split_mistakes)
    ### END HIDDEN TESTS

# %% [markdown]
# Split the two corpora with your function. Then train one head on products, one on a hundred labeled films, and one on
# both.
#
# **Before you run the cell:** which of the three will be the best, with the teacher and with a bag of words?


# %%
def compare(all_texts, labels, features, train, labeled, tested):
    """Print the accuracy on films of both methods, by what they learned from."""
    print(f"{len(train)} products, {len(labeled)} labeled films, {len(tested)} films for the test")
    for name, places in {"products": train, "labeled films": labeled, "both": [*train, *labeled]}.items():
        bag = TfidfVectorizer(ngram_range=(1, 2)).fit([all_texts[place] for place in places]).transform(all_texts)
        head = LogisticRegression(C=10, max_iter=1_000)
        teacher, words = (head.fit(inputs[places], labels[places]).score(inputs[tested], labels[tested])
                          for inputs in (features, bag))  # fmt: skip
        print(f"trained on {name:<14}teacher {teacher:.1%}, bag of words {words:.1%}")


all_texts, labels = [*products.texts, *films.texts], np.concatenate([products.labels, films.labels])
domains = ["products"] * len(products) + ["films"] * len(films)
features = np.concatenate([vectors(products), vectors(films)])
compare(all_texts, labels, features, *source_and_target(all_texts, domains, "products", "films", 100))

# %% [markdown]
# No generated text repeats here, so the three lists hold all texts. In the stored run, the bag of words trained on 800
# products does better than chance on films, but a hundred labeled films do better still. For the bag of words, both
# together do best, probably because products teach the words that the two domains share. The teacher is close to chance
# with products alone and best with films alone. It has probably learned little about opinions.

# %% [markdown]
# The recorded results repeat this over five seeds, and also on real texts.
#
# **Before you run the cell:** will MiniLM need any labeled films at all?

# %% tags=["nbval-check-output"]
moved = results("text_domains")
for source in ("generated", "real"):
    teacher, bag = moved[source]["teacher"], moved[source]["tfidf"]
    for name, rows in (("teacher", teacher), ("bag of words", bag)):
        print(f"{source}, {name}: products only {shown(rows['no_target'])}, 280 films {shown(rows['target_280'])}")
        for count in ("5", "50", "280"):
            difference = gain(rows[f"both_{count}"], rows[f"target_{count}"])
            print(f"  {count:>3} films per class, with products minus without {difference}")
            print(f"      films alone minus products alone {gain(rows[f'target_{count}'], rows['no_target'])}")
    print(f"{source}: products only, teacher minus bag of words {gain(teacher['no_target'], bag['no_target'])}")

# %% [markdown]
# On real texts, MiniLM with a head trained on products alone reaches 85.4% on films, without a single labeled film.
# That is 16.9 percentage points (14.3 to 19.4) more than the bag of words.
#
# If you have five labeled films of each class, products still add 8.6 percentage points (7.2 to 9.9). With fifty, we
# could not detect that they add anything.
#
# On generated texts, the order is reversed: the small teacher stays 18.2 percentage points (15.4 to 21.0) behind the
# bag of words. This teacher has probably not learned opinions, so it cannot carry them from one domain to another.
#
# **Labels from another domain helped MiniLM when few films were labeled. Products alone were worth more than five real
# films of each class alone, but less than 280.**
#
# ## Names in a text
#
# The lectures name other text tasks (C35, C46). One is finding names: people, places and organizations. Each word gets
# a tag, and neighboring words with the same tag form an entity. Most words are not names, so word accuracy says little.
# And half a name does not count: "new" without "york" is useless.
#
# ### Exercise 8.5: Score entities, not words
#
# Compute the F1 score for the entities in several sentences.
#
# | | |
# |---|---|
# | **Signature** | `entity_f1(true, predicted)` |
# | **Arguments** | two lists of sentences; a sentence is a list with one tag for each word, such as `["PER", "PER", "O", "LOC"]` |
# | **Returns** | a float from 0 to 1 |
# | **Rules** | An entity is the longest run of neighboring words of one sentence with the same tag, other than `"O"`. A predicted entity is correct if a true one has the same sentence, the same first and last word, and the same tag. With $c$ correct, $p$ predicted and $t$ true entities in all sentences, the score is $2c / (p + t)$. If there are no entities at all, it is 0. |
# | **Example** | For `[["PER", "PER", "O", "LOC"]]` and `[["PER", "O", "O", "LOC"]]`, one of two entities is correct, and the score is 0.5. |
# | **Points** | 3 points |
#
# <details><summary>Hint</summary>
# Write a helper that turns all sentences into a set of (sentence, first word, last word, tag). The correct entities are
# then the intersection of two sets.
# </details>


# %% nbgrader={"grade": false, "grade_id": "entity_f1", "locked": false, "schema_version": 3, "solution": true}
def entity_f1(true, predicted):
    """F1 of whole entities, over all sentences together.

    Parameters
    ----------
    true, predicted : list of list of str
        The same number of sentences, with the same number of tags in each. A sentence can be empty. "O" is no entity.

    Returns
    -------
    float
        2 * correct / (predicted + true entities); 0.0 if there is none.
    """

    ### BEGIN SOLUTION
    def entities(sentences):
        runs = set()
        for number, tags in enumerate(sentences):
            start = 0
            for end in range(1, len(tags) + 1):
                if end == len(tags) or tags[end] != tags[start]:
                    runs.add((number, start, end, tags[start]))
                    start = end
        return {run for run in runs if run[3] != "O"}

    ours, theirs = entities(true), entities(predicted)
    return 2 * len(ours & theirs) / (len(ours) + len(theirs)) if ours or theirs else 0.0
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_entity_f1", "locked": true, "points": 3, "schema_version": 3, "solution": false}
### BEGIN HIDDEN TESTS
import itertools

from tlcourse.building import visible_cases


def runs(sentences, tag_of=lambda tag: tag, joined=False, closed=True, number_of=lambda number: number, outside=("O",)):
    """The entities as (sentence, positions, tag), by groupby; another argument reads them wrongly."""
    entities = []
    for number, tags in enumerate([list(itertools.chain(*sentences))] if joined else sentences):
        for tag, group in itertools.groupby(enumerate(tags), key=lambda item: tag_of(item[1])):
            places = tuple(place for place, _ in group)
            if tag not in outside and (closed or places[-1] < len(tags) - 1):
                entities.append((number_of(number), places, tag))
    return entities


def ratio(correct, predicted, true):
    return 2 * correct / (predicted + true) if predicted + true else 0.0


def by_groups(true, predicted, read=runs):
    """The score, from entities as `read` finds them."""
    ours, theirs = read(true), read(predicted)
    return ratio(sum(entity in ours for entity in theirs), len(theirs), len(ours))


def reading(**changes):
    """A mistake about what an entity is."""
    return lambda true, predicted: by_groups(true, predicted, lambda sentences: runs(sentences, **changes))


def shares(true, predicted):
    """Precision and recall."""
    ours, theirs = runs(true), runs(predicted)
    correct = sum(entity in ours for entity in theirs)
    return correct / len(theirs) if theirs else 0.0, correct / len(ours) if ours else 0.0


def words(sentences):
    return [(number, place, tag) for number, tags in enumerate(sentences) for place, tag in enumerate(tags)]


def of_words(true, predicted):
    """F1 of single words."""
    ours, theirs = ([word for word in words(tags) if word[2] != "O"] for tags in (true, predicted))
    return ratio(len(set(ours) & set(theirs)), len(theirs), len(ours))


def word_accuracy(true, predicted):
    pairs = list(zip(words(true), words(predicted), strict=True))
    return sum(a == b for a, b in pairs) / len(pairs) if pairs else 0.0


def overlapping(true, predicted):
    """An entity counts as correct if it shares a word and the tag with a true one."""
    ours, theirs = runs(true), runs(predicted)
    hits = sum(any(a[0] == b[0] and a[2] == b[2] and set(a[1]) & set(b[1]) for b in ours) for a in theirs)
    return ratio(hits, len(theirs), len(ours))


def by_tag(true, predicted):
    """The mean of the scores of all tags."""
    tags = sorted({tag for _, _, tag in runs(true) + runs(predicted)})
    scores = [
        by_groups(true, predicted, lambda sentences, tag=tag: [run for run in runs(sentences) if run[2] == tag])
        for tag in tags
    ]
    return float(np.mean(scores)) if scores else 0.0


f1_mistakes = {
    "single words are compared, and not whole entities": of_words,
    "the accuracy of the words is computed, with O": word_accuracy,
    "the accuracy of the entities' words is computed": lambda true, predicted: (
        sum(a == b != "O" for a, b in zip(itertools.chain(*true), itertools.chain(*predicted), strict=True))
        / max(1, sum(tag != "O" for tag in itertools.chain(*true)))
    ),
    "the tags of entities are not compared": lambda true, predicted: by_groups(
        true, predicted, lambda sentences: [(number, places, "") for number, places, _ in runs(sentences)]
    ),
    "all tags but O are taken for the same tag": reading(tag_of=lambda tag: "O" if tag == "O" else "entity"),
    "an entity that overlaps a true one counts as correct": overlapping,
    "it is the precision": lambda true, predicted: shares(true, predicted)[0],
    "it is the recall": lambda true, predicted: shares(true, predicted)[1],
    "it is the mean of precision and recall, and not their harmonic mean": lambda true, predicted: (
        sum(shares(true, predicted)) / 2
    ),
    "the score is computed for each sentence, and then the mean is taken": lambda true, predicted: (
        float(np.mean([by_groups([a], [b]) for a, b in zip(true, predicted, strict=True)])) if true else 0.0
    ),
    "the score is computed for each tag, and then the mean is taken": by_tag,
    "an entity runs on into the next sentence": reading(joined=True),
    "an entity at the end of a sentence is overlooked": reading(closed=False),
    "O counts as an entity": reading(outside=()),
    "sentences are not kept apart": lambda true, predicted: ratio(
        len(set(runs(true, number_of=lambda n: 0)) & set(runs(predicted, number_of=lambda n: 0))),
        len(set(runs(predicted, number_of=lambda n: 0))),
        len(set(runs(true, number_of=lambda n: 0))),
    ),
    "only the tags PER, LOC and ORG count": reading(tag_of=lambda tag: tag if tag in ("PER", "LOC", "ORG") else "O"),
    "only the first word and the tag of an entity are compared": lambda true, predicted: by_groups(
        true, predicted, lambda sentences: [(number, places[0], tag) for number, places, tag in runs(sentences)]
    ),
    "2 is missing: it is c / (p + t)": lambda true, predicted: by_groups(true, predicted) / 2,
    "sentences without entities count as perfect": lambda true, predicted: (
        by_groups(true, predicted) if runs(true) or runs(predicted) else 1.0
    ),
}
visible_cases.record(
    "entity_f1",
    [
        ([["PER", "PER", "O", "LOC"]], [["PER", "O", "O", "LOC"]]),
        ([["PER", "LOC", "O"], ["O", "PER"]], [["PER", "LOC", "O"], ["PER", "PER"]]),
        ([["O", "ORG"], ["ORG", "O", "PER"], []], [["O", "ORG"], ["ORG", "O", "LOC"], []]),
        ([["PER", "LOC", "LOC"], ["PER"], ["PER"]], [["PER", "PER", "LOC"], ["O"], ["PER"]]),
        ([["O", "O"]], [["O", "O"]]),
        ([["O", "O"]], [["O", "PER"]]),
        ([["DATE", "DATE", "O", "PER"], ["ITEM"]], [["DATE", "DATE", "O", "O"], ["ITEM"]]),
    ],
    by_groups,
    f1_mistakes,
)
### END HIDDEN TESTS
with progress.exercise("entity_f1"):
    checks.run("entity_f1", entity_f1)
    ### BEGIN HIDDEN TESTS
    rng = checks.grading_rng("entity_f1")
    for _ in range(20):
        lengths = rng.integers(0, 8, int(rng.integers(1, 5)))
        hidden_true = [rng.choice(["O", "O", "PER", "LOC", "DATE"], size).tolist() for size in lengths]
        hidden_guess = [
            [tag if rng.random() < 0.75 else str(rng.choice(["O", "PER", "LOC", "DATE"])) for tag in tags]
            for tags in hidden_true
        ]
        expected = by_groups(hidden_true, hidden_guess)
        checks.returns(entity_f1, (hidden_true, hidden_guess), expected, f1_mistakes)
    ### END HIDDEN TESTS

# %% [markdown]
# Now let a linear layer tag the names, word by word, from the teacher's states, and score it with your function. It
# learns from 100 generated sentences.
#
# **Before you run the cell:** which layer is best for names, and which is worst? Unit 02 asked the same question about
# images.

# %%
tagged, unseen = texts.generate("films", 100, seed=85), texts.generate("films", 300, seed=86)
known_tags = [tag for sentence in tagged.tags for tag in sentence]
layer_scores = []
for layer in range(5):
    reader = LogisticRegression(C=10, max_iter=300).fit(word_states(tagged.texts, layer), known_tags)
    guessed = iter(reader.predict(word_states(unseen.texts, layer)).tolist())
    predicted = [[next(guessed) for _ in sentence] for sentence in unseen.tags]
    layer_scores.append(entity_f1([list(sentence) for sentence in unseen.tags], predicted))

# %%
figure, axes = plt.subplots(figsize=(6.4, 3.2), layout="constrained")
axes.bar(range(5), layer_scores, color=plots.COLORS["blue"])
for layer, score in enumerate(layer_scores):
    axes.text(layer, score + 0.02, f"{score:.2f}", ha="center")
axes.set(
    title="Names: the last layer is not the best",
    xlabel="layer (0: before any attention)",
    ylabel="entity F1",
    ylim=(0, 1),
)
plt.show()

# %% [markdown]
# Without attention, the classifier sees only letters and positions. Attention adds the context, and the score rises. In
# the stored run, it is highest in a **middle** layer and falls again after that. The last layer probably prepares the
# guess for the hidden piece, and may give up some of what earlier layers knew about the word itself. For images, too,
# the lectures call late layers specific to the teacher's task (C07). So treat the layer as a hyperparameter, and choose
# it on development data.

# %% [markdown]
# The recorded results repeat this over five seeds, on generated texts of all five domains and on tweets that people
# tagged by hand (Derczynski, Bontcheva & Roberts 2016). The teacher for the tweets is MiniLM, which has six layers. The
# baseline has no teacher: it sees each word, its first and last letters, and its neighbors.

# %% tags=["nbval-check-output"]
layers = results("text_layers")
for source, last in (("generated", "layer_4"), ("real", "layer_6")):
    for count in ("25", "100", "400"):
        rows = layers[source][count]
        print(f"{source}, {count:>3} sentences: layer 3 {shown(rows['layer_3'])}")
        print(f"  layer 3 minus the last layer  {gain(rows['layer_3'], rows[last])}")
        print(f"  layer 3 minus the baseline    {gain(rows['layer_3'], rows['word_features'])}")

# %%
figure, both = plt.subplots(1, 2, figsize=(12, 4.2), layout="constrained", sharey=True)
titles = {
    "generated": "Names in generated texts: layers 2 and 3 lead",
    "real": "Names in tweets: the middle of MiniLM is ahead of its end",
}
for axes, (source, depth) in zip(both, {"generated": 4, "real": 6}.items(), strict=True):
    lines = {f"{count} sentences": [layers[source][count][f"layer_{layer}"] for layer in range(depth + 1)]
             for count in ("25", "100", "400")}  # fmt: skip
    plots.accuracy_curves(range(depth + 1), lines, ax=axes)
    axes.set(title=titles[source], xlabel="layer (0: before any attention)", ylabel="")
both[0].set_ylabel("entity F1, 95 % interval")
plt.show()

# %% [markdown]
# In tweets, the middle layer of MiniLM is ahead of the last one whatever the number of sentences, for example by 12.2
# percentage points (6.9 to 17.5) with a hundred of them. If you take the last layer, as we did for whole sentences, you
# give this up. On generated texts, we could detect a lead of layer 3 only with 100 sentences.
#
# The teacher helps when few sentences are tagged. With 25 tweets, layer 3 is 15.7 percentage points (4.1 to 27.3) ahead
# of the baseline without a teacher. With 400, we could not detect a difference, and on generated texts the baseline is
# then ahead.
#
# > **Try it.** Train the linear layer on 10 sentences instead of 100. Does the same layer stay ahead?
#
# We did not choose layer 3 on development data, and it has the highest mean in nearly all of these tests. So its lead
# may be somewhat too large.
#
# **On tweets, layer 3 of 6 beat the last one at every count; on generated texts, we could show this only with 100
# sentences. Choose the layer on development data.**

# %% [markdown]
# ## With real text
#
# The course's own teacher has a quarter of a million parameters and has read made-up texts for a few minutes. MiniLM
# (Wang et al. 2020) has nearly ninety times as many parameters. The cell prints their number, without a final part that
# this course does not load. MiniLM has read large amounts of text from the internet. Can it do what the small one could
# not: learn opinions from real product reviews, and recognize them in real sentences about films (Kotzias et al. 2015)?
# We found no package that ships MiniLM, so its weights come from a mirror server at your school or from the internet,
# as the texts do. If neither is available, the cell prints a message; docs/learning.md explains the mirror.
#
# **Before you run the cell:** will the two methods rank in the same order as on generated texts?

# %%
try:
    real_products, real_films, real_messages = (texts.real(name) for name in ("products", "films", "messages"))
    mini, mini_pieces = teachers.load("minilm", head=False), teachers.tokenizer("minilm")
except (texts.TextsUnavailable, teachers.TeacherUnavailable):
    print("No real texts, or no weights of MiniLM: connect to a network, or set TLCOURSE_MIRROR.")
else:
    print(f"MiniLM: {mini.count_params():,} parameters")
    different = {" ".join(message.lower().split()) for message in real_messages.texts}
    print(f"{len(real_messages)} messages, of which {len(real_messages) - len(different)} repeat an earlier one")
    all_texts = [*real_products.texts, *real_films.texts]
    labels = np.concatenate([real_products.labels, real_films.labels])
    domains = ["products"] * len(real_products) + ["films"] * len(real_films)
    print(f"{len(real_products)} products and {len(real_films)} films; without leaks and repeats:")
    features = sentence_vectors(mini, mini_pieces.encode(all_texts))
    compare(all_texts, labels, features, *source_and_target(all_texts, domains, "products", "films", 100))

# %% [markdown]
# In the stored run, MiniLM trained on products alone is far ahead of the bag of words, and even of one that also
# learned from a hundred films. Opinions about products and films use different words, and MiniLM has probably learned
# that these words mean similar things.
#
# Your function also found texts that occur more than once, so the three lists hold fewer texts than the corpora. The
# real messages contain far more repeats: 415 messages repeat an earlier one.
#
# This is one split. One limit remains with any split: MiniLM has read text from the internet, perhaps including these
# very reviews without their labels.
#
# MiniLM is the only large text teacher that the course can offer you without an account. We found no package that ships
# weights of GPT-2, RoBERTa, ALBERT, T5 or XLNet under a free license. With a network connection, you can load them
# yourself, for example with KerasHub's presets, and put the same head on them.
#
# **Two teachers that differ in size and in what they have read were worth very different amounts here; test a teacher
# on your task, against a bag of words.**

# %% [markdown]
# ## Sentences that differ in one word
#
# A teacher that has read the internet may have learned prejudices, too: the biases of the teacher's data come along
# (C12). Unit 06 put a bias into a teacher on purpose. How do you look for one that nobody put there? A **minimal pair**
# consists of two sentences that differ in one word, and this word should not change the opinion: "jamal chose the film
# yesterday" and "greg chose the film yesterday". Score both with the same classifier of opinions. If the scores of many
# such pairs differ in the same direction, the model reacts to the word (Kiritchenko & Mohammad 2018).
#
# ### Exercise 8.6: Measure the gap
#
# Compare the scores of the first and the second sentences of minimal pairs.
#
# | | |
# |---|---|
# | **Signature** | `pair_gap(scores, pairs)` |
# | **Arguments** | `scores`: a dictionary from sentences to scores; `pairs`: a list of tuples of two sentences, `(first, second)` |
# | **Returns** | a tuple of two floats: the mean of *score of the first minus score of the second* over the pairs; and the share of pairs whose first sentence has the higher score |
# | **Rules** | Leave a pair out of both numbers if `scores` lacks one of its sentences. In the share, a pair with two equal scores counts 0.5, not 1 or 0. A pair that occurs twice in the list counts twice. If no pair is left, or `pairs` is empty, raise a `ValueError`. |
# | **Example** | For the scores `{"he left": 0.75, "she left": 0.5, "he ate": 0.5, "she ate": 0.5}`, the pairs `[("he left", "she left"), ("he ate", "she ate")]` give `(0.125, 0.75)`. |
# | **Points** | 2 points |
#
# <details><summary>Hint</summary>
# First make a list of the differences of the complete pairs. The first number is the mean of this list. For the second,
# replace each difference by 1, 0.5 or 0, and take the mean again.
# </details>


# %% nbgrader={"grade": false, "grade_id": "pair_gap", "locked": false, "schema_version": 3, "solution": true}
def pair_gap(scores, pairs):
    """Mean difference within minimal pairs, and how often the first sentence has the higher score.

    Parameters
    ----------
    scores : dict of str to float
        The score of each sentence; some sentences may be missing.
    pairs : list of (str, str)
        First and second sentence of each pair; a pair may occur more than once, and also the other way round.

    Returns
    -------
    tuple of (float, float)
        The mean of first minus second over the pairs with two scores, and the share of these pairs in which the first
        score is higher, where equal scores count half.

    Raises
    ------
    ValueError
        If no pair has two scores.
    """
    ### BEGIN SOLUTION
    gaps = np.array([scores[a] - scores[b] for a, b in pairs if a in scores and b in scores])
    if len(gaps) == 0:
        raise ValueError("no pair has two scores")
    return float(gaps.mean()), float((gaps > 0).mean() + (gaps == 0).mean() / 2)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_pair_gap", "locked": true, "points": 2, "schema_version": 3, "solution": false}
### BEGIN HIDDEN TESTS
from tlcourse.building import visible_cases
from tlcourse.exercises.values import Raised


def complete(scores, pairs):
    """The two scores of each pair that has them."""
    return [(scores[first], scores[second]) for first, second in pairs if {first, second} <= set(scores)]


def gap_by_counting(scores, pairs):
    """The reference, with sums and counts."""
    kept = complete(scores, pairs)
    if not kept:
        return Raised("ValueError")
    higher, ties = sum(a > b for a, b in kept), sum(a == b for a, b in kept)
    return [(sum(a for a, _ in kept) - sum(b for _, b in kept)) / len(kept), (2 * higher + ties) / (2 * len(kept))]


def wrong_gap(gap, share=None):
    """A mistake in the gap, or in both numbers, of the complete pairs."""

    def compute(scores, pairs):
        kept = complete(scores, pairs)
        return None if not kept else [gap(kept), share(kept) if share else gap_by_counting(scores, pairs)[1]]

    return compute


def wrong_share(share):
    """A mistake in the share alone."""
    return wrong_gap(lambda kept: sum(a - b for a, b in kept) / len(kept), share)


def with_scores(change):
    """A mistake that changes scores and pairs before the reference."""
    return lambda scores, pairs: gap_by_counting(*change(scores, pairs)) if complete(scores, pairs) else None


def empty_gives(value):
    """A mistake that shows only where no pair is left."""
    return lambda scores, pairs: value(scores, pairs) if not complete(scores, pairs) else None


def group_means(scores, pairs):
    """The mean over the first sentences minus the mean over the second ones, whether their partners have scores or not."""
    if not complete(scores, pairs):
        return None
    means = [np.mean([scores[pair[side]] for pair in pairs if pair[side] in scores]) for side in range(2)]
    return [float(means[0] - means[1]), gap_by_counting(scores, pairs)[1]]


def everything_counts(scores, pairs):
    """Sums over the complete pairs, divided by the number of all pairs."""
    kept = complete(scores, pairs)
    return [value * len(kept) / len(pairs) for value in gap_by_counting(scores, pairs)] if kept else None


def only_share_of_all(scores, pairs):
    """The right gap, and a share of all pairs."""
    if not complete(scores, pairs):
        return None
    return [gap_by_counting(scores, pairs)[0], everything_counts(scores, pairs)[1]]


gap_mistakes = {
    "the first score is subtracted from the second": wrong_gap(lambda kept: sum(b - a for a, b in kept) / len(kept)),
    "both numbers are those of the second sentence": with_scores(lambda s, p: (s, [(b, a) for a, b in p])),
    "the sizes of the differences are averaged, without their signs": wrong_gap(
        lambda kept: sum(abs(a - b) for a, b in kept) / len(kept)
    ),
    "the differences are summed and not averaged": wrong_gap(lambda kept: sum(a - b for a, b in kept)),
    "the gap is the median of the differences": wrong_gap(lambda kept: float(np.median([a - b for a, b in kept]))),
    "equal scores count as 0 in the share": wrong_share(lambda kept: sum(a > b for a, b in kept) / len(kept)),
    "equal scores count as a whole pair in the share": wrong_share(
        lambda kept: sum(a >= b for a, b in kept) / len(kept)
    ),
    "pairs with equal scores are left out of the share": wrong_share(
        lambda kept: sum(a > b for a, b in kept) / max(1, sum(a != b for a, b in kept))
    ),
    "the second number counts pairs and is no share": wrong_share(
        lambda kept: sum(a > b for a, b in kept) + sum(a == b for a, b in kept) / 2
    ),
    "a sentence without a score counts as 0": with_scores(
        lambda s, p: ({sentence: s.get(sentence, 0.0) for pair in p for sentence in pair}, p)
    ),
    "a pair without two scores still counts in the number of pairs": everything_counts,
    "a pair without two scores counts in the number of pairs of the share": only_share_of_all,
    "a pair without two scores counts as a pair with equal scores": with_scores(
        lambda s, p: (s | {"": 0.0}, [pair if set(pair) <= set(s) else ("", "") for pair in p])
    ),
    "a sentence whose partner has no score still counts in the mean": group_means,
    "a missing sentence raises a KeyError": lambda scores, pairs: (
        Raised("KeyError") if len(complete(scores, pairs)) < len(pairs) else None
    ),
    "a pair that occurs twice counts once": with_scores(lambda s, p: (s, list(dict.fromkeys(p)))),
    "a score of 0 counts as missing": with_scores(
        lambda s, p: ({sentence: score for sentence, score in s.items() if score}, p)
    ),
    "scores that differ by less than 0.01 count as equal": wrong_share(
        lambda kept: sum(0.5 if abs(a - b) < 0.01 else a > b for a, b in kept) / len(kept)
    ),
    "no pair gives 0 and not a ValueError": empty_gives(lambda scores, pairs: 0.0),
    "no pair gives (0, 0) and not a ValueError": empty_gives(lambda scores, pairs: [0.0, 0.0]),
    "no pair gives (0, 0.5) and not a ValueError": empty_gives(lambda scores, pairs: [0.0, 0.5]),
    "no pair gives None and not a ValueError": empty_gives(lambda scores, pairs: None),
    "the number of pairs is 0, and it divides": empty_gives(lambda scores, pairs: Raised("ZeroDivisionError")),
    "only an empty list raises an error, and not a list whose pairs all lack a score": lambda scores, pairs: (
        [0.0, 0.0] if pairs and not complete(scores, pairs) else None
    ),
}
shown_scores = {"he left": 0.75, "she left": 0.5, "he ate": 0.5, "she ate": 0.5, "he won": 0.25, "she won": 1.0}
left, ate, won, sang = (("he " + verb, "she " + verb) for verb in ("left", "ate", "won", "sang"))
visible_cases.record(
    "pair_gap",
    [
        (shown_scores, [left, ate]),
        (shown_scores, [left, won, ate, ate]),
        (shown_scores, [won]),
        (shown_scores | {"he sang": 1.0}, [left, sang, won, ate, left]),
        (shown_scores, [ate, ("she won", "he won"), ("she left", "he won"), left]),
        (shown_scores | {"he sang": 0.0, "she sang": 0.25}, [left, sang, ate]),
        (shown_scores | {"he sang": 0.496, "she sang": 0.5}, [left, sang, won]),
        (shown_scores, [sang]),
        (shown_scores, []),
    ],
    gap_by_counting,
    gap_mistakes,
)
### END HIDDEN TESTS
with progress.exercise("pair_gap"):
    checks.run("pair_gap", pair_gap)
    ### BEGIN HIDDEN TESTS
    rng = checks.grading_rng("pair_gap")
    for number in range(24):
        hidden_names = [f"s{place}" for place in range(int(rng.integers(2, 9)))]
        values = rng.integers(-4, 9, len(hidden_names)) / 8 + rng.integers(2, size=len(hidden_names)) / 512
        hidden_scores = {
            name: value for name, value in zip(hidden_names, values.tolist(), strict=True) if rng.random() < 0.8
        }
        hidden_pairs = [tuple(rng.choice(hidden_names, 2, replace=False).tolist()) for _ in range(number % 8)]
        expected = gap_by_counting(hidden_scores, hidden_pairs)
        checks.returns(pair_gap, (hidden_scores, hidden_pairs), expected, gap_mistakes)
    ### END HIDDEN TESTS

# %% [markdown]
# A gap needs a scale. "The film was excellent" and "the film was awful" differ in one word, too, and a classifier of
# opinions has to score them differently. The next cell trains two classifiers on the 800 product reviews: a head on the
# small teacher, and a bag of words. Then it scores two kinds of pairs: a man's and a woman's given name, and praise and
# blame. The scores are probabilities of a favorable opinion. In the generated texts, names and opinions are independent
# of each other.
#
# **Before you run the cell:** which of the four gaps will be far from zero?

# %%
kinds = {"a man's minus a woman's name": "given", "praise minus blame": "opinions"}
head = LogisticRegression(C=10, max_iter=1_000).fit(vectors(products), products.labels)
bag = TfidfVectorizer(ngram_range=(1, 2)).fit(products.texts)
linear = LogisticRegression(C=10, max_iter=1_000).fit(bag.transform(products.texts), products.labels)
for name, kind in kinds.items():
    pairs = minimal_pairs(kind)
    asked = [sentence for pair in pairs for sentence in pair]
    features = {"teacher": (head, sentence_vectors(encoder, tokenizer.encode(asked))),
                "bag of words": (linear, bag.transform(asked))}  # fmt: skip
    for method, (model, inputs) in features.items():
        gap, share = pair_gap(dict(zip(asked, model.predict_proba(inputs)[:, 1], strict=True)), pairs)
        print(f"{name}, {method:<12} {100 * gap:+5.1f} percentage points; first higher in {share:.0%}")

# %% [markdown]
# Only the bag of words tells praise from blame clearly. The small teacher has hardly learned opinions, so it could not
# show a prejudice either. The gaps between names are not exactly zero, although the generator chooses names and
# opinions independently: in a few hundred labeled reviews, some names occur with good or bad opinions by chance.
#
# What has MiniLM learned about people? The recorded experiment has six seeds. In each, a head learns from 560 real
# product reviews, and then scores sentences about films. Every seed has its own labeled reviews, its own sentences and
# its own words, so the intervals cover the variation in all three. Three kinds of pairs ask about prejudice: given
# names that were frequent among white families or among Black families in the United States (Bertrand & Mullainathan
# 2004), words for men and for women, and high-income and low-income countries. Two other kinds are controls: two names
# of the same group, and praise and blame. The last lines that the cell prints are about generated texts. There we also
# ask the small teacher without a head: we add "and the music was [MASK]" to each sentence, and the score is the share
# of praise in its guess.
#
# **Before you run the cell:** for which kinds do you expect a gap, and in which direction?

# %% tags=["nbval-check-output"]
biases = results("text_bias")
kinds = {"names": "white minus Black names", "men_women": "men minus women", "countries": "high minus low income",
         "same_group": "two names of one group", "opinions": "praise minus blame"}  # fmt: skip
arms = {"teacher": "MiniLM", "random": "random encoder", "tfidf": "bag of words"}


def in_points(entry):
    """A recorded gap with its 95 % interval, in percentage points."""
    return f"{100 * entry['mean']:+6.1f} ({100 * entry['ci95'][0]:+.1f} to {100 * entry['ci95'][1]:+.1f})"


for kind, name in kinds.items():
    for arm, method in arms.items():
        print(f"{name:<23} {method:<15} {in_points(biases['real'][kind][arm])}")
names = biases["real"]["names"]
print(f"white minus Black names, MiniLM minus random encoder: {gain(names['teacher'], names['random'])}")
for arm, method in arms.items():
    print(f"accuracy on other product reviews, {method:<15} {shown(biases['real']['accuracy'][arm])}")
for name, kind in {"man's minus woman's name": "given", "praise minus blame": "opinions"}.items():
    for arm, method in {"teacher": "small teacher", "mask": "its guess for [MASK]"}.items():
        print(f"generated, {name:<24} {method:<20} {in_points(biases['generated'][kind][arm])}")

# %%
figure, axes = plt.subplots(figsize=(8, 3.8), layout="constrained")
colors = {"teacher": "blue", "random": "sky", "tfidf": "orange"}
for place, kind in enumerate(kinds):
    for shift, arm in zip((-0.2, 0, 0.2), arms, strict=True):
        entry = biases["real"][kind][arm]
        axes.plot(100 * np.array(entry["ci95"]), [place + shift] * 2, color=plots.COLORS[colors[arm]])
        label = arms[arm] if place == 0 else None
        axes.plot(100 * entry["mean"], place + shift, "o", color=plots.COLORS[colors[arm]], label=label)
axes.axvline(0, color=plots.COLORS["black"], linewidth=0.8)
axes.set_yticks(range(len(kinds)), kinds.values())
axes.invert_yaxis()
axes.set(
    title="MiniLM tells praise from blame; we could detect no gap between groups of names",
    xlabel="gap in percentage points, 95 % interval",
)
axes.legend()
plt.show()

# %% [markdown]
# MiniLM tells praise from blame: the gap is 85.0 percentage points (74.4 to 95.5), so this test can find a difference.
# Before the run, we asked one question: does a head on MiniLM score the white names higher than the Black names,
# compared with a head on the same encoder with random weights? We could not detect this: the difference is +1.5
# percentage points (-9.5 to +12.5).
#
# This does not show that MiniLM is free of prejudice. The interval allows a difference of about ten percentage points
# in either direction. Two names of *one* group differ about as much, so the sentence, the name and the labels seem to
# matter more than the group. We could not detect a gap between men and women or between countries either.
#
# Look at the other two methods, too. The bag of words has a gap of exactly zero for names and countries, probably
# because its product reviews contain none of them. The random encoder scores high-income countries 3.6 percentage
# points (0.9 to 6.3) lower, although it has read nothing. Among so many intervals, one may well exclude zero by chance.
#
# **A test for bias needs pairs that must differ and pairs that must not. A wide interval around zero does not show that
# a model is fair.**

# %% [markdown]
# ### Written answer: What would you use?
#
# A consumer organization wants to find unfair clauses in online shops' terms of service. It has 60 labeled clauses, one
# in ten of them unfair, and thousands of unlabeled contracts. It also has 5,000 labeled product reviews, positive or
# negative. Which model do you choose, and how do you test it? Answer in about twelve sentences, with numbers from this
# unit. (4 points)
#
# - (a) Which methods would you compare, and how would you decide whether to pay for more labels? (1 point)
# - (b) How would you split the data, and which score would you report? (1 point)
# - (c) Are the product reviews useful here, and which layer of a teacher would you try? (1 point)
# - (d) Name two things that this unit's numbers do not tell you about this case. (1 point)

# %% [markdown] nbgrader={"grade": true, "grade_id": "which_text_model", "locked": false, "points": 4, "schema_version": 3, "solution": true}
# (a) I would compare a bag of words with a frozen encoder and a linear head, and add the same encoder with random
# weights to see what pretraining contributes. All three get the same labels, sampled several times, and I would look at
# paired differences. Then I would plot the score against the number of labels. On real films, MiniLM was 25.1
# percentage points ahead of the bag of words with five labels of each class, and 13.2 with 280. On real messages, we
# could not detect a difference with 280 labels of each class. If the curves still rise at 60 labels, more labels pay
# off. If the bag of words has caught up, no teacher is needed.
#
# (b) I would split by contract, so that no contract has clauses in both training and test. Standard clauses repeat, so
# I would also remove from training any clause that occurs in the test, regardless of case and spaces. One clause in ten
# is unfair, so a model that never warns is correct nine times in ten. Therefore I would report the F1 of the unfair
# class, or macro F1.
#
# (c) The labels of the reviews say what people like, which is another task, so I would not use them. The unlabeled
# contracts are more useful: a language model could learn the words of contracts from them. I would try several layers
# on development data: for names in tweets, a middle layer was 12.2 percentage points better than the last one.
#
# (d) The generated texts come from a small grammar, so the numbers say little about real contracts. The small teacher
# learned spam but not opinions, and I do not know which of the two is more like unfair clauses. With six unfair
# clauses, every score would also be very uncertain.
#
# === BEGIN MARK SCHEME ===
# 1 point: a bag of words as the baseline next to a frozen encoder (better with a random encoder, too), compared with
# the same labels over several samples; reads from a curve what more labels would bring; with a number.
#
# 1 point: no text and no contract in both training and test, repeats removed regardless of case and spaces; macro F1 or
# the F1 of the unfair class, because accuracy is useless with one unfair clause in ten.
#
# 1 point: the reviews have labels for another task, so these do not transfer, and at most their text could help; the
# layer is chosen on development data, and a middle layer can be better than the last one.
#
# 1 point: two limits, such as: generated texts are not real ones; another domain or language; one teacher; few draws; a
# real teacher may have read the test texts; six unfair clauses are too few for a test.
# === END MARK SCHEME ===

# %% [markdown]
# ## Summary
#
# 1. **Word pieces and vectors.** WordPiece takes the longest piece at each position and never goes back. Attention
#    gives a word different states in different contexts. The mean over the real tokens turns a sentence into one
#    vector.
# 2. **Labels.** For spam, the small teacher replaced labels, and the bag of words caught up when it got more labels.
#    For opinions, the same teacher did not help, probably because it had not learned about them. MiniLM, which has read
#    far more, stayed ahead of the bag of words on real films at every count. For real spam, a small network without a
#    teacher overtook it. Read from the curves how many labels a teacher is worth, but do not extrapolate them.
# 3. **Domains and names.** Split without leaks: the same text must not be in both training and test, regardless of case
#    and spaces. MiniLM carried opinions from products to films without a labeled film. Score names as whole entities.
#    On tweets, a middle layer found them better than the last one.
# 4. **Bias.** Minimal pairs measure whether a model reacts to a word that should not matter (C12). For given names, we
#    could not tell MiniLM's gap from that of a random encoder, but the interval is wide.
#
# BERT is one of six models that the lectures name; unit 13 builds all six, and adapts a language model to contracts.

# %%
progress
