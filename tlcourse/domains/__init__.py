"""Domains and tasks as small objects: D = {X, P(X)} and T = {Y, P(Y | X)} (Pan and Yang 2010), printed and compared.

Measures: `transferability` of features, word `embeddings` of two languages, `clustering` without labels. Corrections:
`adaptation` where the inputs move, `label_shift` where the class shares move. `covariate_shift` makes a small example.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Domain:
    """D = {X, P(X)}: what an input can be, and how often each input occurs.

    Attributes
    ----------
    space : str
        X, for example "images of 48x48 pixels" or "English texts".
    distribution : str
        P(X), for example "galaxies through a sharp telescope".
    """

    space: str
    distribution: str

    def __str__(self):
        return f"D = {{X: {self.space}; P(X): {self.distribution}}}"


@dataclass(frozen=True)
class Task:
    """T = {Y, P(Y | X)}: which answers there are, and which of them each input deserves.

    Attributes
    ----------
    labels : tuple of str
        Y.
    rule : str
        P(Y | X) for a given mix of classes, for example "what shape the galaxy has".
    shares : tuple of float, optional
        P(Y), in the order of `labels`. If it moves while the inputs of each class stay the same (label shift),
        P(Y | X) moves with it, by Bayes' rule.

    Raises
    ------
    ValueError
        If labels repeat, or the shares are not one for each label, positive or 0, with a sum of 1.
    """

    labels: tuple
    rule: str
    shares: tuple = None

    def __post_init__(self):
        object.__setattr__(self, "labels", tuple(self.labels))
        if not self.labels or len(set(self.labels)) != len(self.labels):
            raise ValueError(f"labels must be one or more different ones, got {self.labels}")
        if self.shares is None:
            return
        object.__setattr__(self, "shares", tuple(round(float(share), 6) for share in self.shares))
        if len(self.shares) != len(self.labels) or min(self.shares) < 0 or abs(sum(self.shares) - 1) > 1e-4:
            raise ValueError(f"{len(self.labels)} labels need as many shares that add up to 1, got {self.shares}")

    def __str__(self):
        labels = ", ".join(self.labels if len(self.labels) <= 6 else (*self.labels[:5], f"... {len(self.labels)}"))
        shares = "" if self.shares is None else f"; P(Y): {', '.join(f'{share:.2f}' for share in self.shares)}"
        return f"T = {{Y: {labels}; P(Y|X): {self.rule}{shares}}}"


def differences(source, target):
    """What differs between a source and a target, each a pair of `Domain` and `Task`.

    Returns
    -------
    tuple of str
        Among "X", "P(X)", "Y", "P(Y|X)" and "P(Y)". Where X differs, P(X) does too, and where Y differs so does
        P(Y|X): only the first of the two is named. A P(Y) that moves takes P(Y|X) with it, and both are named.
    """
    (source_domain, source_task), (target_domain, target_task) = source, target
    differing = []
    if source_domain.space != target_domain.space:
        differing.append("X")
    elif source_domain.distribution != target_domain.distribution:
        differing.append("P(X)")
    if set(source_task.labels) != set(target_task.labels):
        return (*differing, "Y")
    label_shift = _shares_differ(source_task, target_task)
    if source_task.rule != target_task.rule or label_shift:
        differing.append("P(Y|X)")
    return (*differing, "P(Y)") if label_shift else tuple(differing)


def _shares_differ(source_task, target_task):
    if source_task.shares is None or target_task.shares is None:
        return False
    source, target = (dict(zip(task.labels, task.shares, strict=True)) for task in (source_task, target_task))
    return source != target


def setting(source, target, source_labels=True, target_labels=True):
    """Which kind of transfer learning this is, in Pan and Yang's (2010) words.

    Parameters
    ----------
    source, target : tuple of (Domain, Task)
    source_labels, target_labels : bool
        Whether there are labels to learn from.

    Returns
    -------
    str
        "inductive" (labels of the target, whatever else differs), "transductive" (labels of the source only, and
        the same task in another domain), "unsupervised" (no labels on either side), "no transfer" (nothing
        differs), or "undefined" for what the survey has no name for: another task without a label of it.
    """
    differing = differences(source, target)
    if not differing:
        return "no transfer"
    if not source_labels and not target_labels:
        return "unsupervised"
    if target_labels:
        return "inductive"
    another_task = "Y" in differing or source[1].rule != target[1].rule  # shares may move: the rule stays the same
    return "undefined" if another_task else "transductive"
