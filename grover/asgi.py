"""The ASGI application: sockets in production, everything under daphne's runserver."""

import os

from channels.routing import ProtocolTypeRouter
from django.core.asgi import get_asgi_application

from grover.operations.startup import refuse_unfit_database, told_in_one_line

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "grover.settings")


with told_in_one_line():
    http = get_asgi_application()

    from grover.realtime.application import application as socket  # which needs the apps to be ready

    application = ProtocolTypeRouter({"http": http, "websocket": socket})
    refuse_unfit_database()
