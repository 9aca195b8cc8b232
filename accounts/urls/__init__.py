"""The routes of accounts, below `/api/v1/`."""

from accounts.urls import identity, people

urlpatterns = [*identity.urlpatterns, *people.urlpatterns]
