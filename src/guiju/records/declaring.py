"""What must be said before any customer data is kept."""

from dataclasses import dataclass, field
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from guiju.access.purposes import BASES, PURPOSES
from guiju.kit.errors import Problem
from guiju.records.values import countries
from guiju.records.values.rules import problem

MOST_TAGS = 40
LONGEST_TAG = 40


@dataclass(frozen=True, kw_only=True)
class Declaration:
    """Basis, purposes and source of what is to be kept; where it lies and whose it is."""

    unit_id: int
    basis: str
    purposes: tuple[str, ...]
    source: str
    owner_id: UUID | None = None
    jurisdiction: str = ""
    reference: str = ""
    tags: tuple[str, ...] = field(default=())

    def problems(self) -> list[Problem]:
        """Return what is missing or unknown, one problem per field."""
        found = []
        if self.basis not in BASES:
            found.append(
                Problem(
                    field="basis",
                    rule="lawful-basis",
                    message=_("No record may be kept without a lawful basis."),
                    remedy=_("Choose one of: %(codes)s.") % {"codes": ", ".join(BASES)},
                )
            )
        if not self.purposes or not set(self.purposes) <= PURPOSES.keys():
            found.append(
                Problem(
                    field="purposes",
                    rule="purpose",
                    message=_("No record may be kept without a purpose of the register."),
                    remedy=_("Choose among: %(codes)s.") % {"codes": ", ".join(PURPOSES)},
                )
            )
        if not self.source.strip():
            found.append(
                Problem(
                    field="source",
                    rule="source",
                    message=_("No record may be kept without its source."),
                    remedy=_("Say where the data came from, such as the system or the form."),
                )
            )
        return found + self._badly_written()

    def _badly_written(self) -> list[Problem]:
        long = {"source": (self.source, 200), "reference": (self.reference, 120)}
        found = [problem("too-long", field=name) for name, (text, most) in long.items() if len(text) > most]
        if len(self.tags) > MOST_TAGS or any(len(tag) > LONGEST_TAG for tag in self.tags):
            found.append(problem("too-long", field="tags"))
        if self.jurisdiction and self.jurisdiction not in countries.codes():
            found.append(problem("country-unknown", field="jurisdiction"))
        return found
