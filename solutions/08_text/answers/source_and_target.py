# %% right: sets that grow
def source_and_target(texts, domains, source, target, count):
    def normal(text):
        return tuple(text.lower().split())

    seen, labeled, test = set(), [], []
    for i in range(len(texts)):
        if domains[i] == target and normal(texts[i]) not in seen:
            seen.add(normal(texts[i]))
            (labeled if len(labeled) < count else test).append(i)
    leaks = {normal(texts[i]) for i in test}
    train = [i for i in range(len(texts)) if domains[i] == source and normal(texts[i]) not in leaks]
    return train, labeled, test


# %% right: numpy
def source_and_target(texts, domains, source, target, count):
    keys = np.array([" ".join(text.casefold().split()) for text in texts], dtype=object)
    domains = np.array(domains)
    of_target = np.flatnonzero(domains == target)
    first = np.array([place for place in of_target if place == of_target[keys[of_target] == keys[place]][0]], dtype=int)
    labeled, test = first[:count], first[count:]
    train = np.array([p for p in np.flatnonzero(domains == source) if keys[p] not in set(keys[test])], dtype=int)
    return train, labeled, test


# %% right: a dictionary of texts to places
def source_and_target(texts, domains, source, target, count):
    places = {}
    for place, (text, domain) in enumerate(zip(texts, domains)):
        places.setdefault(" ".join(text.split()).lower(), {}).setdefault(domain, []).append(place)
    firsts = sorted(group[target][0] for group in places.values() if target in group)
    labeled, test = firsts[:count], firsts[count:]
    train = sorted(
        place
        for group in places.values()
        if not (target in group and group[target][0] in test)
        for place in group.get(source, [])
    )
    return train, labeled, test


# %% right: counting words only at the end
def source_and_target(texts, domains, source, target, count):
    words = [text.lower().split() for text in texts]
    mine = [i for i, d in enumerate(domains) if d == target]
    mine = [i for i in mine if not any(words[j] == words[i] for j in mine if j < i)]
    labeled = mine[0:count]
    test = [i for i in mine if i not in labeled]
    return [i for i, d in enumerate(domains) if d == source and not any(words[i] == words[j] for j in test)], labeled, test


# %% wrong: train keeps common texts
# message: train keeps texts that occur in test
def source_and_target(texts, domains, source, target, count):
    seen, firsts = set(), []
    for place, (text, domain) in enumerate(zip(texts, domains)):
        key = tuple(text.lower().split())
        if domain == target and key not in seen:
            seen.add(key)
            firsts.append(place)
    return [p for p, d in enumerate(domains) if d == source], firsts[:count], firsts[count:]


# %% wrong: texts compared as they are
# message: another case or other spaces count as different
def source_and_target(texts, domains, source, target, count):
    seen, firsts = set(), []
    for place, (text, domain) in enumerate(zip(texts, domains)):
        if domain == target and text not in seen:
            seen.add(text)
            firsts.append(place)
    tested = {texts[place] for place in firsts[count:]}
    train = [p for p, d in enumerate(domains) if d == source and texts[p] not in tested]
    return train, firsts[:count], firsts[count:]


# %% wrong: case counts
# message: case counts
def source_and_target(texts, domains, source, target, count):
    keys = [tuple(text.split()) for text in texts]
    firsts = [p for p, d in enumerate(domains) if d == target and not any(keys[q] == keys[p] and domains[q] == target for q in range(p))]
    tested = {keys[place] for place in firsts[count:]}
    return [p for p, d in enumerate(domains) if d == source and keys[p] not in tested], firsts[:count], firsts[count:]


# %% wrong: spaces count
# message: spaces count
def source_and_target(texts, domains, source, target, count):
    keys = [text.lower() for text in texts]
    firsts = [p for p, d in enumerate(domains) if d == target and not any(keys[q] == keys[p] and domains[q] == target for q in range(p))]
    tested = {keys[place] for place in firsts[count:]}
    return [p for p, d in enumerate(domains) if d == source and keys[p] not in tested], firsts[:count], firsts[count:]


# %% wrong: sets of words
# message: order of the words is ignored|should be
def source_and_target(texts, domains, source, target, count):
    keys = [frozenset(text.lower().split()) for text in texts]
    firsts = [p for p, d in enumerate(domains) if d == target and not any(keys[q] == keys[p] and domains[q] == target for q in range(p))]
    tested = {keys[place] for place in firsts[count:]}
    return [p for p, d in enumerate(domains) if d == source and keys[p] not in tested], firsts[:count], firsts[count:]


# %% wrong: common texts leave the test
# message: leave the test and not train
def source_and_target(texts, domains, source, target, count):
    keys = [tuple(text.lower().split()) for text in texts]
    firsts = [p for p, d in enumerate(domains) if d == target and not any(keys[q] == keys[p] and domains[q] == target for q in range(p))]
    train = [p for p, d in enumerate(domains) if d == source]
    trained = {keys[p] for p in train}
    return train, firsts[:count], [p for p in firsts[count:] if keys[p] not in trained]


# %% wrong: labeled texts in the test
# message: labeled target texts are in test
def source_and_target(texts, domains, source, target, count):
    keys = [tuple(text.lower().split()) for text in texts]
    firsts = [p for p, d in enumerate(domains) if d == target and not any(keys[q] == keys[p] and domains[q] == target for q in range(p))]
    tested = {keys[place] for place in firsts}
    return [p for p, d in enumerate(domains) if d == source and keys[p] not in tested], firsts[:count], firsts


# %% wrong: repeats stay
# message: repeats of a target text stay|count counts rows
def source_and_target(texts, domains, source, target, count):
    keys = [tuple(text.lower().split()) for text in texts]
    mine = [p for p, d in enumerate(domains) if d == target]
    tested = {keys[place] for place in mine[count:]}
    return [p for p, d in enumerate(domains) if d == source and keys[p] not in tested], mine[:count], mine[count:]


# %% wrong: counts rows
# message: count counts rows
def source_and_target(texts, domains, source, target, count):
    keys = [tuple(text.lower().split()) for text in texts]
    mine = [p for p, d in enumerate(domains) if d == target]
    labeled, seen, test = mine[:count], {keys[p] for p in mine[:count]}, []
    for p in mine[count:]:
        if keys[p] not in seen:
            seen.add(keys[p])
            test.append(p)
    tested = {keys[p] for p in test}
    return [p for p, d in enumerate(domains) if d == source and keys[p] not in tested], labeled, test


# %% wrong: everything else is the source
# message: all domains but the target
def source_and_target(texts, domains, source, target, count):
    keys = [tuple(text.lower().split()) for text in texts]
    firsts = [p for p, d in enumerate(domains) if d == target and not any(keys[q] == keys[p] and domains[q] == target for q in range(p))]
    tested = {keys[place] for place in firsts[count:]}
    return [p for p, d in enumerate(domains) if d != target and keys[p] not in tested], firsts[:count], firsts[count:]


# %% wrong: source and target exchanged
# message: source and target are exchanged
def source_and_target(texts, domains, source, target, count):
    source, target = target, source
    keys = [tuple(text.lower().split()) for text in texts]
    firsts = [p for p, d in enumerate(domains) if d == target and not any(keys[q] == keys[p] and domains[q] == target for q in range(p))]
    tested = {keys[place] for place in firsts[count:]}
    return [p for p, d in enumerate(domains) if d == source and keys[p] not in tested], firsts[:count], firsts[count:]


# %% wrong: labeled texts leave train, too
# message: train leaves out the labeled texts
def source_and_target(texts, domains, source, target, count):
    keys = [tuple(text.lower().split()) for text in texts]
    firsts = [p for p, d in enumerate(domains) if d == target and not any(keys[q] == keys[p] and domains[q] == target for q in range(p))]
    taken = {keys[place] for place in firsts}
    return [p for p, d in enumerate(domains) if d == source and keys[p] not in taken], firsts[:count], firsts[count:]


# %% wrong: the test keeps repeats
# message: test keeps repeats of a text
def source_and_target(texts, domains, source, target, count):
    keys = [" ".join(text.lower().split()) for text in texts]
    rows = [place for place, domain in enumerate(domains) if domain == target]
    firsts = [place for place in rows if not any(keys[row] == keys[place] for row in rows if row < place)]
    labeled = firsts[:count]
    test = [place for place in rows if keys[place] not in {keys[row] for row in labeled}]
    tested = {keys[place] for place in test}
    train = [place for place, domain in enumerate(domains) if domain == source and keys[place] not in tested]
    return train, labeled, test


# %% wrong: labels the first rows, repeats included
# message: count counts rows
def source_and_target(texts, domains, source, target, count):
    keys = [" ".join(text.lower().split()) for text in texts]
    rows = [place for place, domain in enumerate(domains) if domain == target]
    seen, test = {keys[place] for place in rows[:count]}, []
    for place in rows[count:]:
        if keys[place] not in seen:
            seen.add(keys[place])
            test.append(place)
    labeled = rows[:count]
    tested = {keys[place] for place in test}
    train = [place for place, domain in enumerate(domains) if domain == source and keys[place] not in tested]
    return train, labeled, test


# %% wrong: labels the first rows, and drops repeats afterwards
# message: repeats leave the first count rows afterwards
def source_and_target(texts, domains, source, target, count):
    keys = [" ".join(text.lower().split()) for text in texts]
    rows = [place for place, domain in enumerate(domains) if domain == target]
    seen, test = {keys[place] for place in rows[:count]}, []
    for place in rows[count:]:
        if keys[place] not in seen:
            seen.add(keys[place])
            test.append(place)
    labeled = [place for place in rows[:count] if keys.index(keys[place], rows[0]) == place]
    tested = {keys[place] for place in test}
    train = [place for place, domain in enumerate(domains) if domain == source and keys[place] not in tested]
    return train, labeled, test


# %% wrong: removes all spaces
# message: all spaces are removed
def source_and_target(texts, domains, source, target, count):
    keys = [text.lower().replace(" ", "") for text in texts]
    rows = [place for place, domain in enumerate(domains) if domain == target]
    firsts = [place for place in rows if not any(keys[row] == keys[place] for row in rows if row < place)]
    labeled, test = firsts[:count], firsts[count:]
    tested = {keys[place] for place in test}
    train = [place for place, domain in enumerate(domains) if domain == source and keys[place] not in tested]
    return train, labeled, test


# %% wrong: removes spaces at the ends only
# message: only those at the ends are removed
def source_and_target(texts, domains, source, target, count):
    keys = [text.lower().strip() for text in texts]
    rows = [place for place, domain in enumerate(domains) if domain == target]
    firsts = [place for place in rows if not any(keys[row] == keys[place] for row in rows if row < place)]
    labeled, test = firsts[:count], firsts[count:]
    tested = {keys[place] for place in test}
    train = [place for place, domain in enumerate(domains) if domain == source and keys[place] not in tested]
    return train, labeled, test


# %% right: one dictionary
def source_and_target(texts, domains, source, target, count):
    keys = [" ".join(text.lower().split()) for text in texts]
    first = {}
    for place, (key, domain) in enumerate(zip(keys, domains)):
        if domain == target:
            first.setdefault(key, place)
    places = list(first.values())
    labeled, test = places[:count], places[count:]
    tested = {keys[place] for place in test}
    return [p for p in range(len(texts)) if domains[p] == source and keys[p] not in tested], labeled, test


# %% right: pandas
def source_and_target(texts, domains, source, target, count):
    import pandas as pd

    table = pd.DataFrame({"key": [" ".join(t.lower().split()) for t in texts], "domain": list(domains)})
    unique = table[table.domain == target].drop_duplicates("key")
    labeled, test = unique.iloc[:count], unique.iloc[count:]
    train = table[(table.domain == source) & ~table.key.isin(test.key)]
    return train.index.tolist(), labeled.index.tolist(), test.index.tolist()


# %% right: tuples of casefolded words
def source_and_target(texts, domains, source, target, count):
    words = [tuple(text.casefold().split()) for text in texts]
    seen, labeled, test = set(), [], []
    for i, domain in enumerate(domains):
        if domain == target and words[i] not in seen:
            seen.add(words[i])
            (labeled if len(labeled) < count else test).append(i)
    forbidden = {words[i] for i in test}
    train = [i for i, domain in enumerate(domains) if domain == source and words[i] not in forbidden]
    return (train, labeled, test)


# %% wrong: repeats are removed from train
# message: repeats leave train, where they may stay
def source_and_target(texts, domains, source, target, count):
    keys = [" ".join(text.lower().split()) for text in texts]
    first, own = {}, {}
    for place, (key, domain) in enumerate(zip(keys, domains)):
        if domain == target:
            first.setdefault(key, place)
        if domain == source:
            own.setdefault(key, place)
    places = list(first.values())
    labeled, test = places[:count], places[count:]
    tested = {keys[place] for place in test}
    return [p for key, p in own.items() if key not in tested], labeled, test
