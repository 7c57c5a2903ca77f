"""The JSON interface of working together."""

from reports_service.teamwork import answering
from reports_service.teamwork.views.filters import blp as filters
from reports_service.teamwork.views.leading import blp as leading
from reports_service.teamwork.views.report import blp as report
from reports_service.teamwork.views.templates import blp as templates

# Imported so that what acts ask of colleagues is answered from here.
ANSWERING = (answering,)

blueprints = (templates, report, filters, leading)
