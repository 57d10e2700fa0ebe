"""Files that people and staff hand in: checked by content, sealed under a key of their own, kept in an object store.

Rooms attach them by `require_file` and say who reads them by `readable_through` (attaching.py).
"""

from plut_api.kit.files.attaching import readable_through, release, require_file
from plut_api.kit.files.models import FileRow

__all__ = ["FileRow", "readable_through", "release", "require_file"]
