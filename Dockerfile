# Two stages: the first builds the environment, the second holds it and nothing that built it.

ARG PYTHON=3.11

FROM python:${PYTHON}-slim AS build
RUN python -m venv /srv/venv
COPY requirements.txt .
RUN /srv/venv/bin/pip install --no-cache-dir --require-hashes -r requirements.txt

FROM python:${PYTHON}-slim
ENV PATH=/srv/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
RUN useradd --system --home /srv/grover grover \
    && install -d -o grover /srv/media /srv/private
WORKDIR /srv/grover
COPY --from=build /srv/venv /srv/venv
COPY . .
RUN python manage.py collectstatic --noinput --verbosity 0 \
    && python -m compileall -q accounts content grover
USER grover
EXPOSE 8000 8001
CMD ["deploy/api.sh"]
