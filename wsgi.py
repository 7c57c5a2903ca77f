"""What a WSGI server imports, in each of its processes: the application, its memory kept warm."""

import config
from reports_service import create_app
from reports_service.core import memory
from reports_service.core.reference import keep_warm

app = create_app(DATABASE_WAIT_S=config.load()["WEB_DATABASE_WAIT_S"])
keep_warm(app)
memory.keep()
