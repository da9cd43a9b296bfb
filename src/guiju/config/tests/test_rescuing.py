import threading
from datetime import timedelta

import pytest
from django.db import connection
from procrastinate.contrib.django import app

from guiju.config.rescuing import MOST_ATTEMPTS, SILENT_SECONDS, rescue
from guiju.kit import clock

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "keyring"])
LONG_AGO = SILENT_SECONDS + 1


def job_of_a_worker(*, silent: float, attempts: int = 0) -> int:
    """Have a job under way whose worker last told ``silent`` seconds ago that it is alive."""
    seen = clock.now() - timedelta(seconds=silent)
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (%s) RETURNING id", [seen])
        worker = cursor.fetchone()[0]
        job: int = app.configure_task("records.run_import", queue="imports").defer(batch="none")
        cursor.execute(
            "UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s, attempts = %s WHERE id = %s",
            [worker, attempts, job],
        )
    return job


def stands(job: int) -> tuple[str, int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT status::text, attempts FROM procrastinate_jobs WHERE id = %s", [job])
        status, attempts = cursor.fetchone()
    return status, attempts


def test_a_job_goes_back_once_when_its_worker_has_fallen_silent() -> None:
    job = job_of_a_worker(silent=LONG_AGO)
    assert rescue() == 1
    assert stands(job) == ("todo", 1)
    assert rescue() == 0
    assert stands(job) == ("todo", 1)


def test_a_job_goes_back_when_its_worker_is_forgotten() -> None:
    job = job_of_a_worker(silent=0)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_workers")
    assert rescue() == 1
    assert stands(job) == ("todo", 1)


def test_a_job_stays_with_a_worker_that_is_alive() -> None:
    job = job_of_a_worker(silent=SILENT_SECONDS / 2)
    assert rescue() == 0
    assert stands(job) == ("doing", 0)


def test_a_job_that_took_many_workers_with_it_is_left_to_people() -> None:
    job = job_of_a_worker(silent=LONG_AGO, attempts=MOST_ATTEMPTS)
    rescue()
    assert stands(job)[0] == "failed"
    assert rescue() == 0


def test_workers_that_look_at_once_give_a_job_back_once() -> None:
    jobs = [job_of_a_worker(silent=LONG_AGO) for _one in range(20)]
    rescued: list[int] = []
    start = threading.Barrier(4)

    def look() -> None:
        start.wait()
        try:
            rescued.append(rescue())
        finally:
            connection.close()

    threads = [threading.Thread(target=look) for _one in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(rescued) == len(jobs)
    assert {stands(job) for job in jobs} == {("todo", 1)}
