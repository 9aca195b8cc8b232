"""Django's own apps on MongoDB: with its kind of automatic id, and migrations made for it.

The migrations are in `grover/mongodb_migrations` and are made again, by `makemigrations` under a
MongoDB `DATABASE_URL`, when an upgrade of Django changes these apps.
"""

from django.contrib.admin.apps import AdminConfig
from django.contrib.auth.apps import AuthConfig
from django.contrib.contenttypes.apps import ContentTypesConfig

AUTO_FIELD = "django_mongodb_backend.fields.ObjectIdAutoField"


class MongoAdminConfig(AdminConfig):
    default_auto_field = AUTO_FIELD


class MongoAuthConfig(AuthConfig):
    default_auto_field = AUTO_FIELD


class MongoContentTypesConfig(ContentTypesConfig):
    default_auto_field = AUTO_FIELD
