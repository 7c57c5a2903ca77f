"""The JSON interface of reports, a blueprint for each side of the counter."""

from reports_service.reports import endings
from reports_service.reports.views.agency import blp as agency
from reports_service.reports.views.desk import blp as desk
from reports_service.reports.views.filing import blp as filing
from reports_service.reports.views.reading import blp as reading
from reports_service.reports.views.reporter import blp as reporter

# Imported so that what they object to is asked where agencies end.
OBJECTIONS = (endings,)

blueprints = (filing, reading, reporter, agency, desk)
