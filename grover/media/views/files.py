"""The files of uploads, handed out to whom they are shown."""

import uuid

from django.core.files.storage import default_storage
from django.http import FileResponse, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.views import View

from grover.core.errors import NotFound, as_problem, problem_response
from grover.core.tokens import BearerAuthentication
from grover.core.viewers import ANONYMOUS, AnyViewer, on_behalf_of
from grover.media.cards import viewer_of_link, viewer_of_pass
from grover.media.selectors import StoredFile, stored_file
from grover.media.views.ranges import Part, span_of

FOR_ANYONE = "public, max-age=31536000, immutable"
FOR_THE_VIEWER = "private, no-cache"
FOR_NOBODY_ELSE = "private, no-store"


class FileView(View):
    """Hands out one file, or refuses as if it did not exist.

    Who asks is named by the `Authorization` header, by a pass in `?as=`, or by what a link has in `?for=`,
    which is good for this one file.
    """

    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, media_id: uuid.UUID, file_name: str) -> HttpResponseBase:
        try:
            file = stored_file(media_id, file_name, _viewer(request, f"{media_id}/{file_name}"))
            return _answer(request, file)
        except Exception as error:
            problem = as_problem(error)
            if problem is None:
                raise
            return problem_response(problem)


def _viewer(request: HttpRequest, name: str) -> AnyViewer:
    signed_in = BearerAuthentication().authenticate(request)
    if signed_in is not None:
        return signed_in[0]
    link = request.GET.get("for")
    viewer_id = viewer_of_pass(request.GET.get("as", "")) if link is None else viewer_of_link(link, name)
    return ANONYMOUS if viewer_id is None else on_behalf_of(viewer_id)


def _answer(request: HttpRequest, file: StoredFile) -> HttpResponseBase:
    short_lived_url = getattr(default_storage, "short_lived_url", None)
    if short_lived_url is not None:
        response = _redirect(short_lived_url(file.name))
    else:
        response = _not_modified_or_send(request, file)
    if file.is_restricted:
        patch_vary_headers(response, ["Authorization"])
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def _redirect(url: str) -> HttpResponseBase:
    """Send the client to the provider, which hands the file out for a short time."""
    return HttpResponseRedirect(url, headers={"Cache-Control": FOR_NOBODY_ELSE})


def _not_modified_or_send(request: HttpRequest, file: StoredFile) -> HttpResponseBase:
    etag = f'"{file.name}"'  # what a name stands for is never changed
    response = get_conditional_response(request, etag=etag) or _send(file, _range_of(request, etag))
    response["ETag"] = etag
    response["Accept-Ranges"] = "bytes"
    response["Cache-Control"] = FOR_THE_VIEWER if file.is_restricted else FOR_ANYONE
    return response


def _range_of(request: HttpRequest, etag: str) -> str | None:
    """Give the range that is asked for, unless it is of another state of the file."""
    if request.headers.get("If-Range", etag) != etag:
        return None
    return request.headers.get("Range")


def _send(file: StoredFile, range_header: str | None) -> HttpResponseBase:
    try:
        opened = default_storage.open(file.name)
    except FileNotFoundError:
        raise NotFound from None
    span = span_of(range_header, opened.size)
    if span is None:
        response = FileResponse(opened, content_type=file.content_type)
    else:
        response = FileResponse(Part(opened, span), content_type=file.content_type, status=206)
        response["Content-Length"] = str(span.length)
        response["Content-Range"] = span.content_range
    response["Content-Disposition"] = f'inline; filename="{file.name.replace("/", "-")}"'
    response["Content-Encoding"] = "identity"  # an image would only grow by being compressed
    return response
