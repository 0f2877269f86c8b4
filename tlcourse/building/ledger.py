"""An entry of the ledger of claims: what was found about a claim, its verdict, and both in the words of the tables."""

from typing import NamedTuple

from tlcourse.building import verdicts

CLAIMED = {"above": "above {}", "below": "below -{}", "equal": "within ±{}"}


class Finding(NamedTuple):
    """What one check of a claim found."""

    shows: str
    number: str  # as it is printed; empty if the finding is no number
    agrees: bool | None  # with an arithmetic claim; None: the check only describes, or its interval does not decide

    def __str__(self):
        return f"{self.shows}: {self.number}".rstrip(": ")


class Entry(NamedTuple):
    """A claim, where it is shown, and what was found."""

    name: str
    claim: str
    kind: str
    unit: str | None
    section: str | None
    findings: tuple
    primary: verdicts.Primary | None
    outcome: verdicts.MeasuredContrast | None  # of the primary contrast; None: not measured yet
    note: str
    adjusted: float = 1.0  # p-value of the primary contrast after Holm's correction

    @property
    def verdict(self):
        """One of `verdicts.VERDICTS`.

        Arithmetic is supported if all checks agree, else corrected. Definitions and questions are illustrated. What can
        be measured follows from the primary contrast alone.
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
        """Whether the verdict rests on a contrast that was chosen after its data had been seen."""
        return self.outcome is not None and self.primary.exploratory

    @property
    def decided_by(self):
        """What the verdict rests on: "registration", "arithmetic", "exploration", "illustration", or `None` if open.

        An inconclusive registered contrast decides only if its power was stated in advance; an inconclusive
        exploratory one is open.
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
        """Whether a registered contrast or arithmetic decides; explorations and illustrations do not."""
        return self.decided_by in ("registration", "arithmetic")

    @property
    def scoped_verdict(self):
        """The verdict, with "within its scope" where it says nothing about other tasks or teachers."""
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
        """The effect of the primary contrast with both intervals, in words; empty if it was not measured."""
        if self.outcome is None:
            return ""
        low, high = self.outcome.one_more
        return (
            f"{self.primary.shows}: {self.outcome.effect}; one more seed {low:.4g} to {high:.4g}; "
            f"claimed {CLAIMED[self.primary.claimed].format(f'{self.primary.margin:g}')}"
        )

    @property
    def scope(self):
        """How far the verdict reaches, in words; empty without a primary contrast."""
        return f"{self.primary.scope}; n = {self.primary.n}" if self.primary else ""
