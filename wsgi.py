"""What a WSGI server imports, in each of its processes: the application, its memory kept warm."""

from reports_service import create_app
from reports_service.core import memory
from reports_service.core.reference import keep_warm

app = create_app()
keep_warm(app)
memory.keep()
