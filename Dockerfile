# One image for web, worker and cron; compose.yaml says which is which.
FROM node:22-slim AS libraries
WORKDIR /libraries
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts --no-audit --no-fund

FROM python:3.11-slim

WORKDIR /srv/reports
COPY requirements.txt .
RUN pip install --no-cache-dir --no-deps -r requirements.txt

COPY config config
COPY migrations migrations
COPY reports_service reports_service
COPY workers workers
COPY wsgi.py .
COPY --from=libraries /libraries/node_modules node_modules

RUN useradd --system --create-home --home-dir /var/lib/reports reports
USER reports
ENV REPORTS_CONFIG=production DATA_DIR=/var/lib/reports HOST=0.0.0.0 PYTHONUNBUFFERED=1
EXPOSE 8022
CMD ["python", "-m", "gunicorn", "--config", "config/gunicorn.py"]
