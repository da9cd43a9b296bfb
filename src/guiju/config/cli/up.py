"""``guiju up``: the whole product with one command."""

import errno
import http.client
import json as json_module
import os
import signal
import socket
import subprocess
import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Annotated, Any
from urllib.parse import urlsplit

import typer

from guiju.config import database, keeper, schema
from guiju.config.cli.output import Answer, Json, say, speaking
from guiju.config.cli.running import only_one
from guiju.config.embedded import Cluster
from guiju.config.environment import Environment, current
from guiju.config.supervisor import Child, Supervisor, guiju
from guiju.config.words import _
from guiju.kit.errors import Refused

READY_SECONDS = 180
STOP_SECONDS = 40
_SIGNED_IN = "signed in"


class PortTaken(Refused):
    """Another program listens on the port."""

    code = "port-taken"


class StepFailed(Refused):
    """A step of starting up failed; it has said why."""

    code = "step-failed"


class NotReady(Refused):
    """The web process did not answer."""

    code = "not-ready"


@speaking
def up(
    *,
    port: Annotated[int | None, typer.Option(min=1, max=65535, help=_("Listen on this port."))] = None,
    demo: Annotated[bool, typer.Option(help=_("Load the demo organisation on the first run."))] = True,
    browser: Annotated[bool, typer.Option("--open/--no-open", help=_("Open the browser when ready."))] = False,
    json: Json = False,
) -> Answer:
    """Run everything: PostgreSQL, web, worker and sequencer. Ctrl-C stops it all."""
    if port is not None:
        os.environ["GUIJU_PORT"] = str(port)
    environment = current()
    environment.folders.make()
    _interrupt_on_signals()
    with only_one(environment):
        _check_port(environment)
        with suppress(KeyboardInterrupt), _databases(environment):
            _migrate(environment)
            _run(environment, browser=browser, demo=demo)
    return Answer({"stopped": "up", "address": environment.address}, [_("Everything has stopped.")])


def _check_port(environment: Environment) -> None:
    family = socket.AF_INET6 if ":" in environment.host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((environment.host, environment.port))
        except OSError as error:
            raise PortTaken(
                _("Guiju cannot listen on port {port}: {reason}.").format(
                    port=environment.port,
                    reason=_("another program uses it")
                    if error.errno == errno.EADDRINUSE
                    else (error.strerror or str(error)).lower(),
                ),
                remedy=_("Choose another one with --port."),
            ) from error


@contextmanager
def _databases(environment: Environment) -> Iterator[None]:
    """Have the databases up inside; afterwards wait until our PostgreSQL has stopped, so that nothing stays behind."""
    try:
        with database.available(environment):
            yield
    finally:
        _ignore_signals()
        if environment.embedded and not keeper.settle(Cluster(home=environment.folders), wait=STOP_SECONDS):
            say(_("PostgreSQL keeps running: another guiju command uses it."))


def _interrupt_on_signals() -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # nohup asks to outlive the terminal
        signal.signal(signal.SIGHUP, signal.default_int_handler)


def _ignore_signals() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)


def _step(*arguments: str) -> dict[str, Any]:
    """Run another guiju command to its end and return what it says; its refusal is ours."""
    done = subprocess.run([*guiju(*arguments), "--json"], check=False, capture_output=True, text=True)
    try:
        said: dict[str, Any] = json_module.loads(done.stdout)
    except ValueError:
        said = {}
    if done.returncode:
        last = (done.stderr.strip().splitlines() or [""])[-1]
        raise StepFailed(
            _("“guiju {step}” failed: {reason}").format(step=" ".join(arguments), reason=said.get("message", last)),
            remedy=said.get("remedy") or _("Run it by itself to see more, then “guiju doctor”."),
        )
    return said


def _migrate(environment: Environment) -> None:
    """Migrate, unless our own PostgreSQL was last migrated by exactly this version."""
    wanted = schema.fingerprint()
    cluster = Cluster(home=environment.folders)
    if environment.embedded and cluster.noted("schema") == wanted:
        return
    say(_("Preparing the databases …"))
    _step("migrate")
    if environment.embedded:
        cluster.prepare()
        cluster.note("schema", wanted)


def _welcome(environment: Environment) -> dict[str, Any]:
    """Have the organisation founded and its administrator let in, until that person has signed in once."""
    cluster = Cluster(home=environment.folders)
    if environment.embedded and cluster.noted("welcome") == _SIGNED_IN:
        return {}
    said = _step("welcome")
    if environment.embedded and not said.get("link"):
        cluster.prepare()
        cluster.note("welcome", _SIGNED_IN)
    return said


def _children(environment: Environment) -> list[Child]:
    names = ("web", "worker", "sequencer")
    return [Child(name=name, command=guiju(name), log=environment.folders.logs / f"{name}.log") for name in names]


def _run(environment: Environment, *, browser: bool, demo: bool) -> None:
    cluster = Cluster(home=environment.folders)

    def tend() -> None:
        if environment.embedded and not cluster.running():
            say(_("PostgreSQL has stopped unexpectedly and is started again."))
            keeper.revive(cluster)

    web, *others = _children(environment)
    supervisor = Supervisor(children=[web], tend=tend, tell=_tell_crash)
    try:
        supervisor.start()
        welcome = _welcome(environment)
        if demo and welcome.get("founded"):
            say(_("Loading the demo organisation; “guiju demo drop” takes it out again."))
            _step("demo", "load")
        if not supervisor.run(until=lambda: _answers(environment), wait=READY_SECONDS):
            raise NotReady(
                _("The web process did not answer within {seconds} seconds.").format(seconds=READY_SECONDS),
                remedy=_("Its log is {log}.").format(log=environment.folders.logs / "web.log"),
            )
        supervisor.add(others)
        _announce(environment, welcome=welcome, browser=browser)
        supervisor.run()
    finally:
        _ignore_signals()
        supervisor.end()


def _tell_crash(name: str, words: str) -> None:
    say(_("The {name} process ended and is started again: {words}").format(name=name, words=words or "-"))


def _answers(environment: Environment) -> bool:
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(environment.host, environment.host)  # noqa: S104 - compared only
    connection = http.client.HTTPConnection(host, environment.port, timeout=2)
    try:
        connection.request("GET", "/healthz", headers={"Host": urlsplit(environment.address).netloc})
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _announce(environment: Environment, *, welcome: dict[str, Any], browser: bool) -> None:
    address = welcome.get("link") or environment.address
    say("")
    say(_("Guiju is ready: {address}").format(address=environment.address))
    if welcome.get("link"):
        say(_("Sign in as {email} with this link; it works once:").format(email=welcome["email"]))
        say(f"  {welcome['link']}")
    say(_("Ctrl-C stops everything."))
    if browser:
        webbrowser.open(address)
