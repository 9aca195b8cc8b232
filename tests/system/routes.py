"""The routes of the product and their methods, as the URL resolver knows them."""

from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver

OUTSIDE = ("admin/",)  # pages of Django's own, with sign-ins of their own
VIEWS_OF_GET_ALONE = "GET"


def all_routes() -> set[tuple[str, str]]:
    """List every method of every route but the admin's."""
    patterns = get_resolver().url_patterns
    return {
        (method, route)
        for route, pattern in _walk(patterns)
        if not route.startswith(OUTSIDE)
        for method in methods_of(pattern.callback)
    }


def methods_of(callback: object) -> set[str]:
    """List the methods that a view was given to answer."""
    actions = getattr(callback, "actions", None)
    if actions is None:
        return {"POST"} if _only_posts(callback) else {VIEWS_OF_GET_ALONE}
    return {name.upper() for name in actions} - {"HEAD"}


def _only_posts(callback: object) -> bool:
    view = getattr(callback, "view_class", None)
    return hasattr(view, "post") and not hasattr(view, "get")


def _walk(patterns: list[URLPattern | URLResolver], prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, route)
        else:
            yield route, pattern
