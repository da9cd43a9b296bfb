"""Words of the import gate: states, what is done with duplicates, and where a column can go."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from guiju.kit.errors import NotFound, NotPermitted, Unavailable, Words
from guiju.records.gate import targets
from guiju.records.gate.limits import Unreadable
from guiju.records.gate.targets import Target
from guiju.records.models import Duplicates, ImportState
from guiju.records.standard import Standard
from guiju.records.taken import TooOften
from guiju.vault.files import NoSuchFile

STATES: dict[str, tuple[str, Words]] = {
    ImportState.UPLOADED: ("neutral", gettext_lazy("Not started")),
    ImportState.CHECKING: ("info", gettext_lazy("Checking")),
    ImportState.CHECKED: ("accent", gettext_lazy("Checked")),
    ImportState.RUNNING: ("info", gettext_lazy("Running")),
    ImportState.DONE: ("success", gettext_lazy("Done")),
    ImportState.CANCELLED: ("warning", gettext_lazy("Cancelled")),
    ImportState.FAILED: ("danger", gettext_lazy("Failed")),
    ImportState.REVERTING: ("warning", gettext_lazy("Reverting")),
    ImportState.REVERTED: ("neutral", gettext_lazy("Reverted")),
}
_NO_RIGHT = gettext_lazy("whoever set it going may no longer import there")
FAILURES: dict[str, Words] = {
    NotPermitted.code: _NO_RIGHT,
    NotFound.code: _NO_RIGHT,
    NoSuchFile.code: gettext_lazy("its file is destroyed"),
    TooOften.code: gettext_lazy("it met too many identifiers that cannot be kept"),
    Unreadable.code: gettext_lazy("the file cannot be read to its end"),
    Unavailable.code: gettext_lazy("a part that it needs was down"),
}
HALTED: dict[str, Words] = {
    ImportState.CHECKING: gettext_lazy("Nothing is written; going on checks the file from its beginning."),
    ImportState.RUNNING: gettext_lazy(
        "%(done)s rows are written whole; going on starts after them and writes none twice."
    ),
    ImportState.REVERTING: gettext_lazy("What was taken back stays so; going on takes back the rest."),
}
CUSTOMER_ERASED, TIME_OVER = "customer-erased", "time-over"
LEFTOVER_REASONS: dict[str, Words] = {
    CUSTOMER_ERASED: gettext_lazy("a customer in it was erased"),
    TIME_OVER: gettext_lazy("its time was over"),
}
DUPLICATES: dict[str, tuple[Words, Words]] = {
    Duplicates.BLOCK: (
        gettext_lazy("Hold back"),
        gettext_lazy("The row waits in quarantine; the customer stays as it is. The safe choice."),
    ),
    Duplicates.MERGE: (
        gettext_lazy("Merge into"),
        gettext_lazy("Empty fields of the customer are filled from the row; nothing that is there is overwritten."),
    ),
    Duplicates.CREATE: (
        gettext_lazy("Create anyway"),
        gettext_lazy("A second record is made. Only where two customers really share a phone, an e-mail or a name."),
    ),
}
PARTIES: dict[str, Words] = {
    "organisation": gettext_lazy("Organisation"),
    "contact": gettext_lazy("Contact person"),
    "person": gettext_lazy("Person"),
    "": gettext_lazy("About the record"),
}
PIECES: dict[str, Words] = {
    "family": gettext_lazy("family name"),
    "given": gettext_lazy("given name"),
    "middle": gettext_lazy("middle name"),
    "line": gettext_lazy("street"),
    "district": gettext_lazy("district"),
    "city": gettext_lazy("city"),
    "region": pgettext_lazy("part of a country", "province or region"),
    "postal-code": gettext_lazy("postal code"),
    "country": gettext_lazy("country"),
    "opt-out": gettext_lazy("do not use (yes or no)"),
}


@dataclass(frozen=True, slots=True)
class Group:
    """What a column can go to, of one party."""

    title: Words
    choices: list[tuple[str, str]]


def groups(standard: Standard) -> list[Group]:
    """Return every path with its name in the reader's language, by party."""
    found: dict[str, list[tuple[str, str]]] = {party: [] for party in PARTIES}
    for path in targets.choices(standard):
        target = targets.parse(path)
        if target is not None:
            found[target.party].append((path, path_label(path, standard)))
    return [Group(title, found[party]) for party, title in PARTIES.items() if found[party]]


def field_label(target: Target, standard: Standard) -> str:
    """Return the name of a target's field, without its party."""
    if not target.party:
        column = targets.envelope_field(target, standard)
        return str(column.label) if column else target.part
    spec = targets.field(target, standard)
    if spec is None:
        return target.part
    label = str(spec.label)
    for choice in spec.point_labels:
        if choice.code == target.label:
            label = _("%(field)s (%(label)s)") % {"field": label, "label": choice.label}
    if target.piece:
        label = _("%(field)s: %(piece)s") % {"field": label, "piece": PIECES.get(target.piece, target.piece)}
    return label


def path_label(path: str, standard: Standard) -> str:
    """Return the name of a path with its party, such as "Organisation · Phone (work)"; the path itself if unknown."""
    target = targets.parse(path)
    if target is None:
        return path
    label = field_label(target, standard)
    return f"{PARTIES[target.party]} · {label}" if target.party else label
