"""An entry of the ledger of claims: the findings about a claim and its verdict, with their wording in the tables."""

from typing import NamedTuple

from tlcourse.building import verdicts

CLAIMED = {"above": "above {}", "below": "below -{}", "equal": "within ±{}"}


class Finding(NamedTuple):
    """The result of one check of a claim."""

    shows: str
    number: str  # as it is printed; empty if the finding is not a number
    agrees: bool | None  # with an arithmetic claim; None if the check only describes, or its interval does not decide

    def __str__(self):
        return f"{self.shows}: {self.number}".rstrip(": ")


class Entry(NamedTuple):
    """A claim, the section that shows it, and the findings about it."""

    name: str
    claim: str
    kind: str
    unit: str | None
    section: str | None
    findings: tuple
    primary: verdicts.Primary | None
    outcome: verdicts.MeasuredContrast | None  # of the primary contrast; None if not measured yet
    note: str
    adjusted: float = 1.0  # p-value of the primary contrast after Holm's correction

    @property
    def verdict(self):
        """One of `verdicts.VERDICTS`.

        An arithmetic claim is supported if all checks agree, else corrected. Definitions and questions are illustrated.
        The verdict on a measured claim follows from its primary contrast alone.
        """
        if self.kind == "measured":
            if self.outcome is None:
                return "not shown yet"
            decided = self.adjusted <= verdicts.LEVEL
            return verdicts.verdict(self.primary, self.outcome.region) if decided else "inconclusive"
        if not self.findings:
            return "not shown yet"
        if self.kind != "arithmetic":
            return "illustrated"
        return "supported" if all(finding.agrees for finding in self.findings) else "corrected"

    @property
    def is_exploratory(self):
        """Whether the verdict rests on a contrast that we chose after we had seen its data."""
        return self.outcome is not None and self.primary.exploratory

    @property
    def decided_by(self):
        """The basis of the verdict: "registration", "arithmetic", "exploration", "illustration", or `None` if open.

        An inconclusive registered contrast decides a claim only if its power was stated in advance. An inconclusive
        exploratory contrast leaves the claim open.
        """
        if self.verdict == "not shown yet":
            return None
        if self.kind != "measured":
            return "arithmetic" if self.kind == "arithmetic" else "illustration"
        if self.verdict == "inconclusive" and (self.is_exploratory or self.primary.power is None):
            return None
        return "exploration" if self.is_exploratory else "registration"

    @property
    def is_decided(self):
        """Whether a registered contrast or arithmetic decides the claim; explorations and illustrations do not."""
        return self.decided_by in ("registration", "arithmetic")

    @property
    def scoped_verdict(self):
        """The verdict, with "within its scope" added if it does not extend to other tasks or teachers."""
        if self.outcome is None or self.verdict == "inconclusive" or verdicts.is_general(self.primary, self.outcome):
            return self.verdict
        return f"{self.verdict} within its scope"

    @property
    def label(self):
        """The verdict in the words of the tables, with all reservations."""
        words = self.scoped_verdict
        if words == "inconclusive":
            words += " after correction" if self.outcome.p_value <= verdicts.LEVEL else ""
            words += ", power not stated" if self.primary.power is None else ""
        return f"{words}, exploratory" if self.is_exploratory else words

    @property
    def effect(self):
        """The effect of the primary contrast with both intervals, in words; empty if it is not measured."""
        if self.outcome is None:
            return ""
        low, high = self.outcome.one_more
        return (
            f"{self.primary.shows}: {self.outcome.effect}; one more seed {low:.4g} to {high:.4g}; "
            f"claimed {CLAIMED[self.primary.claimed].format(f'{self.primary.margin:g}')}"
        )

    @property
    def scope(self):
        """The scope of the verdict, in words; empty without a primary contrast."""
        return f"{self.primary.scope}; n = {self.primary.n}" if self.primary else ""
