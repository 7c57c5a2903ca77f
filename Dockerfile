# One image for web, worker and cron; compose.yaml says which is which.
FROM python:3.11-slim

WORKDIR /srv/reports
COPY requirements.txt .
RUN pip install --no-cache-dir --no-deps -r requirements.txt

COPY config config
COPY migrations migrations
COPY reports_service reports_service
COPY workers workers
COPY wsgi.py .

RUN useradd --system --create-home --home-dir /var/lib/reports reports
USER reports
ENV REPORTS_CONFIG=production DATA_DIR=/var/lib/reports HOST=0.0.0.0 PYTHONUNBUFFERED=1
EXPOSE 8022
CMD ["python", "-m", "gunicorn", "--config", "config/gunicorn.py"]
