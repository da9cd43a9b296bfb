"""``guiju doctor``."""

from collections.abc import Iterator

from guiju.config.cli.django import awake
from guiju.config.cli.output import Answer, Json, speaking
from guiju.config.doctor import machine
from guiju.config.doctor.finding import Finding, State, broken
from guiju.config.environment import current
from guiju.config.words import _
from guiju.kit.errors import Refused

_MARKS = {State.GOOD: "✓", State.WARNING: "!", State.BROKEN: "✗"}


@speaking
def doctor(*, json: Json = False) -> Answer:
    """Say what is wrong with this installation and how to mend it."""
    environment = current()
    environment.folders.make()
    findings = [*machine.look(environment), *_databases()]
    lines = [f"{_MARKS[one.state]} {one.what}{f'  → {one.mend}' if one.mend else ''}" for one in findings]
    wrong = sum(one.state is State.BROKEN for one in findings)
    lines.append(_("Nothing is broken.") if not wrong else _("Broken: {count}.").format(count=wrong))
    shown = [{"code": one.code, "state": one.state, "what": one.what, "mend": one.mend} for one in findings]
    return Answer({"ok": not wrong, "findings": shown}, lines, good=not wrong)


def _databases() -> Iterator[Finding]:
    try:
        with awake():
            from guiju.config.doctor import databases, running  # noqa: PLC0415 - needs Django

            found = list(databases.look())
            yield from found
            if any(one.code == "migrations" and one.state is State.GOOD for one in found):
                yield from running.look()
    except Refused as refusal:
        yield broken("database", str(refusal), mend=str(refusal.remedy))
