"""Figures of one process for Prometheus: counts and times, never anything of a person.

Every label is of a closed list: a route's template, a status, a verdict.
"""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Info, generate_latest
from sqlalchemy import func, select

from perisai_cli import __version__
from perisai_cli.central.database import Database
from perisai_cli.central.tables import devices, items
from perisai_cli.protocol.messages import PROTOCOL, PushResponse

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH")
WAITING = ("held", "duplicate")

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
_ITEMS = (1, 5, 10, 25, 50, 100, 200, 500)


def method_name(method: str) -> str:
    """Return a method that may be named; any other could hold anything."""
    return method if method in METHODS else "OTHER"


class Metrics:
    """The counters of one central."""

    def __init__(self) -> None:
        at = self._registry = CollectorRegistry()
        labels = ("method", "route", "status")
        self._requests = Counter("perisai_requests", "Requests answered.", labels, registry=at)
        self._seconds = Histogram(
            "perisai_request_seconds", "Time to answer.", ("route",), buckets=_SECONDS, registry=at
        )
        self._records = Counter("perisai_records", "Verdicts.", ("verdict",), registry=at)
        self._batches = Histogram(
            "perisai_batch_items", "Items a batch.", buckets=_ITEMS, registry=at
        )
        self._waiting = Gauge(
            "perisai_waiting_records", "Records for an officer.", ("status",), registry=at
        )
        self._devices = Gauge("perisai_devices", "Registered devices.", ("state",), registry=at)
        runs = {"version": __version__, "protocol": PROTOCOL}
        Info("perisai_build", "What runs.", registry=at).info(runs)

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request by the template of its route."""
        self._requests.labels(method_name(method), route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def pushed(self, response: PushResponse) -> None:
        """Count a batch and its verdicts."""
        self._batches.observe(len(response.results))
        for result in response.results:
            self._records.labels(result.status).inc()

    def text(self, database: Database) -> bytes:
        """Return all figures as Prometheus reads them; what the database holds is counted now."""
        held = items.c.status.in_(WAITING)
        by_status = select(items.c.status, func.count()).where(held).group_by(items.c.status)
        suspended = devices.c.suspended_at.is_not(None)
        with database.reading() as connection:
            waiting = {row[0]: row[1] for row in connection.execute(by_status)}
            total = connection.scalar(select(func.count()).select_from(devices)) or 0
            counted = select(func.count()).select_from(devices).where(suspended)
            away = connection.scalar(counted) or 0
        for status in WAITING:
            self._waiting.labels(status).set(waiting.get(status, 0))
        self._devices.labels("active").set(total - away)
        self._devices.labels("suspended").set(away)
        return generate_latest(self._registry)
