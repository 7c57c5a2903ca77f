"""What a WSGI server imports, in each of its processes: the application, its memory kept warm."""

import gc

from reports_service import create_app
from reports_service.core.reference import keep_warm

app = create_app()
keep_warm(app)
# What was made until now stays for good: collecting garbage need not walk over it at each round.
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 20, 20)
