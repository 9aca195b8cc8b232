"""The routes of files, below `/media/`."""

from django.urls import path

from grover.media.views.files import FileView

urlpatterns = [path("<uuid:media_id>/<str:file_name>", FileView.as_view())]
