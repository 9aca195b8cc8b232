import os

from celery import shared_task

from grover.celery import app
from tests.operations.probes import files

if queue := os.environ.get("PROBES_QUEUE"):  # so that tests that share a broker do not share jobs
    app.conf.task_default_queue = queue
    app.conf.task_routes = {}


@shared_task(name="probes.tasks.work")
def work(*, file: str) -> None:
    files.work(file)
