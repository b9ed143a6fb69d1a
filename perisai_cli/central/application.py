"""Puts the central together: routes, the boundary around them, and what they share."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from sqlalchemy import Engine
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware

from perisai_cli.central import routes_reference
from perisai_cli.central.boundary import Boundary
from perisai_cli.central.core import TOKEN_SECONDS, Central, Manner
from perisai_cli.central.database import Database, open_database
from perisai_cli.central.limits import Limits
from perisai_cli.central.problems import Refusal, answer_http, answer_invalid, answer_refusal
from perisai_cli.central.reference import Shelf, keep_packaged
from perisai_cli.central.routes import router
from perisai_cli.central.routes_blobs import router as blob_router
from perisai_cli.central.routes_escrow import router as escrow_router
from perisai_cli.central.routes_extract import router as extract_router
from perisai_cli.central.routes_have import router as have_router
from perisai_cli.central.routes_health import router as health_router
from perisai_cli.central.routes_office import router as office_router
from perisai_cli.central.routes_register import router as register_router
from perisai_cli.rules.law import Law

MIN_COMPRESSED = 256
"""Smallest answer worth compressing, in octets."""


def create_application(
    source: str | Engine | Database,
    *,
    clock: Callable[[], datetime],
    law: Law | None = None,
    self_registration: bool = False,
    token_seconds: int = TOKEN_SECONDS,
    check_seen: bool = True,
    manner: Manner | None = None,
) -> FastAPI:
    """Return the central as an ASGI application.

    Args:
        source: The database, an engine, or an address for SQLAlchemy.
        clock: Returns the present moment, with its zone.
        law: The only rules to judge by; the published ones when left out.
        self_registration: Whether unknown agents may register without a code.
        token_seconds: How long an access token is good for.
        check_seen: Whether a batch that has seen a commit which is no more is refused.
        manner: How it treats those who speak to it.
    """
    database = source if isinstance(source, Database) else open_database(source)
    keep_packaged(database, clock())
    manner = manner or Manner()
    application = bare_application()
    application.state.central = Central(
        database=database,
        clock=clock,
        shelf=Shelf(database),
        law=law,
        self_registration=self_registration,
        token_seconds=token_seconds,
        check_seen=check_seen,
        manner=manner,
        limits=Limits(manner.device_a_minute, manner.address_a_minute),
    )
    return application


def bare_application() -> FastAPI:
    """Return the routes with their handlers and no central behind them, as the document shows."""
    application = FastAPI(
        title="perisai central",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
        exception_handlers={
            Refusal: answer_refusal,
            RequestValidationError: answer_invalid,
            HTTPException: answer_http,
        },
    )
    for each in (
        health_router,
        router,
        have_router,
        blob_router,
        escrow_router,
        routes_reference.router,
        register_router,
        office_router,
        extract_router,
    ):
        application.include_router(each)
    application.add_middleware(GZipMiddleware, minimum_size=MIN_COMPRESSED)
    application.add_middleware(Boundary)
    return application
