"""The ASGI application: sockets in production, everything under daphne's runserver."""

import os
from typing import Any

from channels.routing import ProtocolTypeRouter
from django.core.asgi import get_asgi_application

from grover.operations.startup import refuse_unfit_database, told_in_one_line

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "grover.settings")


async def refuse_socket(scope: Any, receive: Any, send: Any) -> None:
    """Refuse a socket: no path takes one."""
    await receive()
    await send({"type": "websocket.close", "code": 4404})


with told_in_one_line():
    application = ProtocolTypeRouter({"http": get_asgi_application(), "websocket": refuse_socket})
    refuse_unfit_database()
