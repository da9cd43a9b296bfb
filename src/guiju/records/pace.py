"""How fast long work goes, and how long it will still take, in words."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

SOON = 60


@dataclass(frozen=True, kw_only=True)
class Pace:
    """``done`` of ``total`` rows, of which ``before`` were there when this run began; total None where unknown."""

    done: int
    total: int | None
    since: datetime | None
    at: datetime
    before: int = 0

    @property
    def per_second(self) -> float:
        """Return the rows of one second, 0 while nothing can be said."""
        seconds = (self.at - self.since).total_seconds() if self.since else 0
        return max(0, self.done - self.before) / seconds if seconds > 0 else 0

    @property
    def rate(self) -> str:
        """Return the speed in words, empty while nothing can be said."""
        if self.per_second < 1:
            return ""
        return _("%(count)s rows/s") % {"count": number_format(round(self.per_second), force_grouping=True)}

    @property
    def left(self) -> str:
        """Return the time left in words, empty while nothing can be said."""
        if not self.per_second or self.total is None:
            return ""
        seconds = max(0, self.total - self.done) / self.per_second
        if seconds < SOON:
            return _("less than a minute")
        minutes = round(seconds / 60)
        return ngettext("about %(count)s minute", "about %(count)s minutes", minutes) % {"count": minutes}
