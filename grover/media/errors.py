"""The refusals of media."""

from grover.core.errors import Conflict, Problem, UnsupportedMediaType


class UnsupportedFile(UnsupportedMediaType):
    code = "unsupported_file"
    title = "The file is none of the kinds that can be uploaded"


class BrokenFile(Problem):
    status = 422
    code = "broken_file"
    title = "The file is damaged or not what it claims to be"


class FileTooLarge(Problem):
    status = 413
    code = "file_too_large"
    title = "The file is larger than 50 MB"


class ImageTooLarge(Problem):
    status = 413
    code = "image_too_large"
    title = "The image has more than 50 megapixels"


class ClipTooLarge(Problem):
    status = 413
    code = "clip_too_large"
    title = "The video or sound is longer than an hour, or its picture has a side of more than 4,096 pixels"


class QuotaExceeded(Problem):
    status = 413
    code = "quota_exceeded"
    title = "There is no room for this file among your uploads"


class RangeNotSatisfiable(Problem):
    status = 416
    code = "range_not_satisfiable"
    title = "The file ends before that range begins"


class MediaInUse(Conflict):
    code = "media_in_use"
    title = "The upload is shown by something; delete that first"


class DirectUploadUnavailable(Conflict):
    code = "direct_upload_unavailable"
    title = "Files are stored here; send them to POST /media"


class UploadNotReceived(Conflict):
    code = "upload_not_received"
    title = "The file has not arrived at the storage yet"


class UploadMismatch(Problem):
    status = 422
    code = "upload_mismatch"
    title = "The file that arrived is not what was announced, and was deleted"
