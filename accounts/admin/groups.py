"""The staff's pages for groups, which say what their members on the staff may do."""

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin
from django.contrib.auth.models import Group

from accounts.admin.base import RecordedAdmin

admin.site.unregister(Group)


@admin.register(Group)
class StaffGroupAdmin(RecordedAdmin, GroupAdmin):
    """Django's own page, with every edit in the audit log."""

    kind = "group"
