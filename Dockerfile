# One image for web, worker, beat and migrate. PostgreSQL and Redis are their own containers (docker-compose.yml).
FROM python:3.12.12-slim-bookworm
RUN useradd --uid 10001 --create-home hub
WORKDIR /srv/concord
COPY requirements/run.txt requirements/run.txt
RUN pip install --no-cache-dir --require-hashes -r requirements/run.txt
COPY . .
RUN pip install --no-cache-dir --no-deps --no-build-isolation .
USER hub
ENV HUB_HOME=/home/hub/concord PYTHONUNBUFFERED=1
EXPOSE 8400
CMD ["hub", "web"]
