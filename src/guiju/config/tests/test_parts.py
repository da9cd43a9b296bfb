import json
import logging
import logging.config
import os
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.db import OperationalError
from django.test import Client, RequestFactory
from django.urls import reverse
from pytest_django import Settings

from guiju.config import logs, mail, schema, static
from guiju.config.errors import broken
from guiju.config.quiet import bare_traceback, end_quietly


def fail() -> None:
    try:
        int("13800138000 Li Na")
    except ValueError as error:
        raise RuntimeError("Li Na") from error


@pytest.mark.parametrize("style", ["text", "json"])
def test_a_logged_error_says_where_and_which_but_never_what_it_said(style: str) -> None:
    configuration = logs.configuration(level="info", style=style)
    out = StringIO()
    handler = logging.StreamHandler(out)
    formatter = dict(configuration["formatters"]["line"])
    handler.setFormatter(formatter.pop("()")(**formatter))
    try:
        fail()
    except RuntimeError:
        logger = logging.Logger("test")
        logger.addHandler(handler)
        logger.exception("import.failed")
    line = out.getvalue()
    assert "import.failed" in line
    assert "RuntimeError" in line
    assert "ValueError" in line
    assert "in fail" in line
    assert "builtins.RuntimeError: " not in line
    if style == "json":
        assert json.loads(line)["level"] == "error"


def test_the_message_of_an_error_that_ends_a_process_is_not_printed(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    end_quietly()
    error = ValueError("Li Na")
    sys.excepthook(ValueError, error, None)
    assert capsys.readouterr().err == "builtins.ValueError\n"


def refuse() -> None:
    raise KeyError("a")


def test_a_suppressed_cause_is_not_followed() -> None:
    out = StringIO()
    try:
        try:
            refuse()
        except KeyError:
            raise ValueError("b") from None
    except ValueError as error:
        bare_traceback(out, (ValueError, error, error.__traceback__))
    assert "builtins.ValueError" in out.getvalue()
    assert "builtins.KeyError" not in out.getvalue()


def test_mail_is_sent_encrypted_except_to_this_machine_and_not_at_all_by_default() -> None:
    assert mail.settings(url="")["BACKEND"].endswith("dummy.EmailBackend")
    assert mail.settings(url="console:")["BACKEND"].endswith("console.EmailBackend")
    remote = mail.settings(url="smtp://crm:p%40ss@mail.example.org")["OPTIONS"]
    assert (remote["port"], remote["password"], remote["use_tls"], remote["use_ssl"]) == (587, "p@ss", True, False)
    assert mail.settings(url="smtps://mail.example.org")["OPTIONS"]["use_ssl"]
    assert not mail.settings(url="smtp://localhost:1025")["OPTIONS"]["use_tls"]


def upload(*contents: bytes) -> "list[UploadedFile[bytes]]":
    """Return the files that a view receives when these contents are sent."""
    files = {f"file{number}": SimpleUploadedFile("people.csv", content) for number, content in enumerate(contents)}
    received = RequestFactory().post("/", files).FILES.values()
    return [file for file in received if isinstance(file, UploadedFile)]


def test_an_upload_stays_in_memory() -> None:
    (file,) = upload(b"name\nLi Na\n")
    assert file.read() == b"name\nLi Na\n"
    assert not hasattr(file, "temporary_file_path")


@pytest.mark.django_db
def test_files_that_exceed_the_limit_together_are_refused(settings: Settings, client: Client) -> None:
    settings.UPLOAD_LIMIT = 100
    assert [file.size for file in upload(b"x" * 40, b"y" * 40)] == [40, 40]
    refused = client.post(reverse("account_login"), {"file": SimpleUploadedFile("people.csv", b"x" * 101)})
    assert refused.status_code == 413
    assert "larger than Guiju accepts" in refused.content.decode()


@pytest.mark.django_db
def test_every_answer_carries_the_strict_headers(client: Client) -> None:
    answer = client.get(reverse("account_login"))
    policy = answer["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["Referrer-Policy"] == "same-origin"


@pytest.mark.django_db
def test_an_unknown_address_and_an_expired_form_are_answered_in_words() -> None:
    strict = Client(enforce_csrf_checks=True)
    assert "no such page" in strict.get("/nowhere/").content.decode()
    expired = strict.post(reverse("account_login"), {"login": "mei@guiju.localhost"})
    assert expired.status_code == 403
    assert expired["X-Refused"] == "form-expired"


@pytest.mark.parametrize(("problem", "status"), [(OperationalError("Li Na"), 503), (KeyError("Li Na"), 500)])
def test_a_defect_and_a_database_that_is_away_are_told_apart_without_their_message(
    problem: Exception, status: int
) -> None:
    try:
        raise problem
    except (OperationalError, KeyError):
        answer = broken(RequestFactory().get("/"))
    assert answer.status_code == status
    assert "Li Na" not in answer.content.decode()
    assert "Retry-After" in answer or status == 500


@pytest.mark.django_db(databases=["default", "keyring"])
def test_the_health_page_answers_one_word(client: Client) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok")


def test_static_files_are_collected_once_per_change() -> None:
    static.collect()
    assert static.collect() is False
    assert staticfiles_storage.url("kit/shell.css") != "/static/kit/shell.css"


COLLECT = "import django; django.setup(); from guiju.config import static; print(static.collect())"


def test_processes_that_collect_at_once_do_the_work_once(tmp_path: Path) -> None:
    variables = {**os.environ, "GUIJU_HOME": str(tmp_path), "DJANGO_SETTINGS_MODULE": "guiju.config.settings"}
    started = [
        subprocess.Popen([sys.executable, "-c", COLLECT], env=variables, stdout=subprocess.PIPE, text=True)
        for _one in range(3)
    ]
    said = [process.communicate(timeout=120)[0].strip() for process in started]
    assert [process.returncode for process in started] == [0, 0, 0]
    assert sorted(said) == ["False", "False", "True"]
    assert (tmp_path / "static" / "staticfiles.json").exists()


def test_a_file_for_browsers_that_changed_is_collected_at_the_next_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    css = tmp_path / "kit" / "static" / "kit" / "shell.css"
    for path in (css, tmp_path / "ledger" / "grants.py"):
        path.parent.mkdir(parents=True)
        path.write_text("a")
    monkeypatch.setattr(schema, "_PACKAGE", tmp_path)
    before = schema.fingerprint()
    assert schema.fingerprint() == before
    css.write_text("ab")
    assert schema.fingerprint() != before
