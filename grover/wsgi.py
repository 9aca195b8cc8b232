"""The WSGI application: REST, admin and documentation in production."""

import os

from django.core.wsgi import get_wsgi_application

from grover.operations.startup import refuse_unfit_database, told_in_one_line

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "grover.settings")

with told_in_one_line():
    application = get_wsgi_application()
    refuse_unfit_database()
