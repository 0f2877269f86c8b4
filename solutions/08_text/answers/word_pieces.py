# %% right: shrinking the rest from its end
def word_pieces(word, vocabulary):
    pieces = []
    while word:
        mark = "##" if pieces else ""
        part = word
        while part and mark + part not in vocabulary:
            part = part[:-1]
        if not part:
            return ["[UNK]"]
        pieces.append(mark + part)
        word = word[len(part) :]
    return pieces


# %% right: the longest of the vocabulary's pieces that fit
def word_pieces(word, vocabulary):
    rest, pieces = word, []
    while rest:
        mark = "##" if rest != word or pieces else ""
        fitting = [p for p in vocabulary if p.startswith("##") == bool(mark) and rest.startswith(p[len(mark) :])]
        if not fitting:
            return ["[UNK]"]
        longest = max(fitting, key=len)
        pieces.append(longest)
        rest = rest[len(longest) - len(mark) :]
    return pieces


# %% right: recursive, with the mark as an argument
def word_pieces(word, vocabulary, mark=""):
    if not word:
        return []
    for end in range(len(word), 0, -1):
        if mark + word[:end] in vocabulary:
            rest = word_pieces(word[end:], vocabulary, "##")
            return ["[UNK]"] if "[UNK]" in rest else [mark + word[:end]] + rest
    return ["[UNK]"]


# %% right: the mark is put before the rest, as a text
def word_pieces(word, vocabulary):
    lookup, rest, pieces = frozenset(vocabulary), word, []
    while rest not in ("", "##"):
        for end in range(len(rest), 2 if rest[:2] == "##" and pieces else 0, -1):
            if rest[:end] in lookup:
                pieces.append(rest[:end])
                rest = "##" + rest[end:]
                break
        else:
            return ["[UNK]"]
    return pieces


# %% right: a for loop over lengths and a tuple
def word_pieces(word, vocabulary):
    result, start = (), 0
    while start != len(word):
        for size in reversed(range(1, len(word) - start + 1)):
            candidate = ("" if start == 0 else "##") + word[start : start + size]
            if candidate in vocabulary:
                result, start = (*result, candidate), start + size
                break
        else:
            return ["[UNK]"]
    return list(result)


# %% wrong: the shortest piece
# message: shortest piece is taken
def word_pieces(word, vocabulary):
    pieces, start = [], 0
    while start < len(word):
        mark = "##" if start else ""
        for end in range(start + 1, len(word) + 1):
            if mark + word[start:end] in vocabulary:
                pieces.append(mark + word[start:end])
                start = end
                break
        else:
            return ["[UNK]"]
    return pieces


# %% wrong: no marks in the list
# message: ## is missing in the list
def word_pieces(word, vocabulary):
    pieces, start = [], 0
    while start < len(word):
        mark = "##" if start else ""
        ends = [end for end in range(len(word), start, -1) if mark + word[start:end] in vocabulary]
        if not ends:
            return ["[UNK]"]
        pieces.append(word[start : ends[0]])
        start = ends[0]
    return pieces


# %% wrong: looked up without marks
# message: looked up and returned without ##
def word_pieces(word, vocabulary):
    pieces, start = [], 0
    while start < len(word):
        ends = [end for end in range(len(word), start, -1) if word[start:end] in vocabulary]
        if not ends:
            return ["[UNK]"]
        pieces.append(word[start : ends[0]])
        start = ends[0]
    return pieces


# %% wrong: marks only in the list
# message: looked up without ##
def word_pieces(word, vocabulary):
    pieces, start = [], 0
    while start < len(word):
        ends = [end for end in range(len(word), start, -1) if word[start:end] in vocabulary]
        if not ends:
            return ["[UNK]"]
        pieces.append(("##" if start else "") + word[start : ends[0]])
        start = ends[0]
    return pieces


# %% wrong: keeps the pieces before an unknown part
# message: before an unknown part are kept
def word_pieces(word, vocabulary):
    pieces, start = [], 0
    while start < len(word):
        mark = "##" if start else ""
        ends = [end for end in range(len(word), start, -1) if mark + word[start:end] in vocabulary]
        if not ends:
            return pieces + ["[UNK]"]
        pieces.append(mark + word[start : ends[0]])
        start = ends[0]
    return pieces


# %% wrong: leaves out what is unknown
# message: unknown rest of the word is left out
def word_pieces(word, vocabulary):
    pieces, start = [], 0
    while start < len(word):
        mark = "##" if start else ""
        ends = [end for end in range(len(word), start, -1) if mark + word[start:end] in vocabulary]
        if not ends:
            break
        pieces.append(mark + word[start : ends[0]])
        start = ends[0]
    return pieces


# %% wrong: goes back
# message: WordPiece never goes back
def word_pieces(word, vocabulary):
    def ways(start):
        if start == len(word):
            yield []
        for end in range(len(word), start, -1):
            piece = ("##" if start else "") + word[start:end]
            if piece in vocabulary:
                for rest in ways(end):
                    yield [piece, *rest]

    return next(ways(0), ["[UNK]"])


# %% wrong: one letter is never tried
# message: single letter are overlooked
def word_pieces(word, vocabulary):
    pieces, start = [], 0
    while start < len(word):
        mark = "##" if start else ""
        ends = [end for end in range(len(word), start + 1, -1) if mark + word[start:end] in vocabulary]
        if not ends:
            return ["[UNK]"]
        pieces.append(mark + word[start : ends[0]])
        start = ends[0]
    return pieces


# %% wrong: a text for an unknown word
# message: gives a text and not a list
def word_pieces(word, vocabulary):
    pieces, start = [], 0
    while start < len(word):
        mark = "##" if start else ""
        ends = [end for end in range(len(word), start, -1) if mark + word[start:end] in vocabulary]
        if not ends:
            return "[UNK]"
        pieces.append(mark + word[start : ends[0]])
        start = ends[0]
    return pieces


# %% wrong: an unknown word stays
# message: unknown word is returned unchanged
def word_pieces(word, vocabulary):
    pieces, start = [], 0
    while start < len(word):
        mark = "##" if start else ""
        ends = [end for end in range(len(word), start, -1) if mark + word[start:end] in vocabulary]
        if not ends:
            return [word]
        pieces.append(mark + word[start : ends[0]])
        start = ends[0]
    return pieces


# %% wrong: letters
# message: split into its letters
def word_pieces(word, vocabulary):
    return [letter if place == 0 else "##" + letter for place, letter in enumerate(word)]


# %% wrong: from the end
# message: split from its end
def word_pieces(word, vocabulary):
    pieces, end = [], len(word)
    while end:
        for start in range(end):
            piece = ("##" if start else "") + word[start:end]
            if piece in vocabulary:
                pieces.insert(0, piece)
                end = start
                break
        else:
            return ["[UNK]"]
    return pieces


# %% wrong: the package's tokenizer
# message: may have any length
def word_pieces(word, vocabulary):
    from tlcourse.text.word_pieces import SPECIAL, WordPieces

    return WordPieces((*SPECIAL, *sorted(set(vocabulary) - set(SPECIAL)))).pieces_of_word(word)


# %% wrong: either kind of piece anywhere
# message: a piece without ## is taken inside the word
def word_pieces(word, vocabulary):
    pieces, start = [], 0
    while start < len(word):
        for end in range(len(word), start, -1):
            if word[start:end] in vocabulary or "##" + word[start:end] in vocabulary:
                pieces.append(("##" if start else "") + word[start:end])
                start = end
                break
        else:
            return ["[UNK]"]
    return pieces


# %% right: recursion
def word_pieces(word, vocabulary):
    def rest(text, prefix):
        if not text:
            return []
        for length in range(len(text), 0, -1):
            if prefix + text[:length] in vocabulary:
                after = rest(text[length:], "##")
                return None if after is None else [prefix + text[:length], *after]
        return None

    pieces = rest(word, "") if len(word) < 500 else loop(word, vocabulary)
    return pieces if pieces is not None else ["[UNK]"]


def loop(word, vocabulary):
    out, start = [], 0
    while start < len(word):
        end = len(word)
        while end > start and ("##" if start else "") + word[start:end] not in vocabulary:
            end -= 1
        if end == start:
            return None
        out.append(("##" if start else "") + word[start:end])
        start = end
    return out


# %% right: longest of the matching pieces
def word_pieces(word, vocabulary):
    first = [piece for piece in vocabulary if not piece.startswith("##")]
    later = [piece[2:] for piece in vocabulary if piece.startswith("##")]
    pieces = []
    while word:
        fits = [piece for piece in (later if pieces else first) if piece and word.startswith(piece)]
        if not fits:
            return ["[UNK]"]
        best = max(fits, key=len)
        pieces.append("##" * bool(pieces) + best)
        word = word[len(best):]
    return pieces


# %% right: for and else
def word_pieces(word, vocabulary):
    result, start = [], 0
    while start < len(word):
        for end in range(len(word), start, -1):
            part = word[start:end] if start == 0 else "##" + word[start:end]
            if part in vocabulary:
                result.append(part)
                start = end
                break
        else:
            return ["[UNK]"]
    return result


# %% wrong: the first piece may be one with ##
# message: a piece with \#\# is taken at the beginning of the word
def word_pieces(word, vocabulary):
    result, start = [], 0
    while start < len(word):
        for end in range(len(word), start, -1):
            piece = word[start:end]
            if start == 0 and piece in vocabulary:
                result.append(piece)
                start = end
                break
            if "##" + piece in vocabulary:
                result.append("##" + piece)
                start = end
                break
        else:
            return ["[UNK]"]
    return result


# %% wrong: a word that is in the vocabulary as a continuation is returned whole
# message: a word that the vocabulary has only with \#\# in front is retu
def word_pieces(word, vocabulary):
    if word in vocabulary:
        return [word]
    if "##" + word in vocabulary:
        return ["##" + word]
    result, start = [], 0
    while start < len(word):
        for end in range(len(word), start, -1):
            part = ("##" if start else "") + word[start:end]
            if part in vocabulary:
                result.append(part)
                start = end
                break
        else:
            return ["[UNK]"]
    return result
