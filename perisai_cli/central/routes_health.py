"""Addresses for those who watch over a central: is it alive, is it ready, what are its figures."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel
from starlette.responses import PlainTextResponse, Response

from perisai_cli.central.documented import documented
from perisai_cli.central.metrics import CONTENT_TYPE
from perisai_cli.central.problems import Refusal
from perisai_cli.central.readiness import why_unready
from perisai_cli.central.routes import AtCentral

router = APIRouter(redirect_slashes=False)


class Health(BaseModel):
    """The process lives, or the central is ready."""

    status: str


@router.get("/healthz", summary="Tell whether the process lives", openapi_extra=documented(()))
async def healthz() -> Health:
    """Answer without asking the database: a process that can't reach it is not cured by a kill."""
    return Health(status="ok")


@router.get(
    "/readyz", summary="Tell whether the central takes requests", openapi_extra=documented((503,))
)
def readyz(central: AtCentral) -> Health:
    """Answer 200 while the database answers and is up to date, and the central is not stopping."""
    code = why_unready(central)
    if code is not None:
        raise Refusal(code, retry_after=5)
    return Health(status="ready")


@router.get(
    "/metrics",
    summary="Figures for Prometheus",
    response_class=PlainTextResponse,
    openapi_extra=documented((404,)),
)
def metrics(central: AtCentral) -> Response:
    """Give out the figures of this process; there only on loopback, or when it is asked for."""
    if not central.manner.show_metrics:
        raise Refusal("route.unknown")
    return Response(central.metrics.text(central.database), media_type=CONTENT_TYPE)
