"""Words of the export gate: states, formats, and how a column leaves."""

from django.utils.translation import gettext_lazy as _

from guiju.access.fields import Visibility
from guiju.kit.errors import Words
from guiju.records.models import ExportState

STATES: dict[str, tuple[str, Words]] = {
    ExportState.RUNNING: ("info", _("Running")),
    ExportState.DONE: ("success", _("Ready")),
    ExportState.FAILED: ("danger", _("Failed")),
    ExportState.CANCELLED: ("warning", _("Cancelled")),
    ExportState.WITHDRAWN: ("neutral", _("Withdrawn")),
}
ERASED, REVERTED, NOT_ALLOWED, DIED = "customer-erased", "import-reverted", "no-longer-allowed", "died"
ENDINGS: dict[str, Words] = {
    ERASED: _("a customer in it was erased"),
    REVERTED: _("a customer in it was taken back with its import"),
    NOT_ALLOWED: _("whoever asked for it may no longer export what is in it"),
    DIED: _("it broke off while it was written"),
}
EXPIRED: tuple[str, Words] = ("neutral", _("Expired"))
FORMATS: dict[str, tuple[Words, Words]] = {
    "xlsx": (_("XLSX"), _("For Excel, WPS and LibreOffice; every cell is text, so nothing is run as a formula.")),
    "csv": (_("CSV"), _("For other programs; UTF-8 with commas.")),
}
SIGHTS: dict[str, tuple[str, Words]] = {
    Visibility.CLEAR: ("success", _("In clear")),
    Visibility.MASKED: ("warning", _("Masked")),
    Visibility.TOKENISED: ("info", _("As token")),
    Visibility.ABSENT: ("neutral", _("Not included")),
}
