"""What a WSGI server imports."""

from reports_service import create_app

app = create_app()
