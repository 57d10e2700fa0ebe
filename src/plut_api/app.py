"""create_app(): routers, middleware, error handlers; nothing else."""

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware
from starlette_compress import CompressMiddleware

from plut_api.actors.merging.router import router as merges
from plut_api.actors.router import router as actors
from plut_api.consulting.router import router as consulting
from plut_api.cooperatives.router import router as cooperatives
from plut_api.facilities.router import router as facilities
from plut_api.financing.router import router as financing
from plut_api.holdings import HOLDINGS
from plut_api.identity.client_keys import ClientKeys
from plut_api.identity.messages.router import router as messages
from plut_api.identity.policy import row_rules
from plut_api.identity.router import router as identity
from plut_api.identity.staff.issuer import IssuerKeys
from plut_api.identity.staff.router import router as staff
from plut_api.identity.tokens import identifier
from plut_api.insights.financing.router import router as financing_reports
from plut_api.insights.reports.router import router as reports
from plut_api.insights.router import router as insights
from plut_api.insights.rule_sets.router import router as rule_set_diffs
from plut_api.integration.audit_log.router import router as audit_log
from plut_api.integration.differences import router as differences
from plut_api.integration.events.router import router as events
from plut_api.integration.exchange.router import router as exchange
from plut_api.integration.mappings.router import router as mappings
from plut_api.integration.router import router as integration
from plut_api.integration.webhooks.router import router as webhooks
from plut_api.integration.webhooks.told import describe_webhooks
from plut_api.kit.answers import install_answers
from plut_api.kit.audit import Notes
from plut_api.kit.contract import describe, install_contract
from plut_api.kit.database import make_engine, session_factory
from plut_api.kit.docs import router as docs
from plut_api.kit.files.router import router as files
from plut_api.kit.files.uploads.router import router as file_uploads
from plut_api.kit.health import router as health
from plut_api.kit.middleware import Exchange
from plut_api.merged import MERGING
from plut_api.organizations.agreements.router import router as agreements
from plut_api.organizations.router import router as organizations
from plut_api.outcomes.router import router as outcomes
from plut_api.personal import HOOKS
from plut_api.programs.router import router as programs
from plut_api.quotas import meters, uploads
from plut_api.reference.router import router as reference
from plut_api.settings import Settings
from plut_api.timelines import TELLERS

# What a page of another origin may read of an answer's head, if it may read answers at all.
EXPOSED = (
    *("Deprecation", "DPoP-Nonce", "ETag", "Link", "Location", "RateLimit", "RateLimit-Policy", "Retry-After"),
    *("Sunset", "Sync-Token", "WWW-Authenticate", "X-Request-Id"),
    *("Tus-Extension", "Tus-Max-Size", "Tus-Resumable", "Tus-Version"),
    *("Upload-Expires", "Upload-File-Id", "Upload-Length", "Upload-Offset"),
)

# A request is matched against the routers in this order, so the hottest comes first.
ROUTERS = (
    financing,
    health,
    docs,
    reference,
    organizations,
    identity,
    messages,
    staff,
    actors,
    facilities,
    merges,
    programs,
    outcomes,
    agreements,
    consulting,
    cooperatives,
    files,
    file_uploads,
    insights,
    rule_set_diffs,
    reports,
    financing_reports,
    integration,
    events,
    webhooks,
    differences,
    mappings,
    exchange,
    audit_log,
)


def create_app(settings: Settings) -> FastAPI:
    """The application for a database that is already migrated; its engine opens with the first request."""
    if settings.database_url is None:
        raise ValueError("PLUT_DATABASE_URL is not set; `plut run` starts a database of its own and sets it")
    url = settings.database_url.get_secret_value()
    engine = make_engine(url, settings)
    replica = settings.database_replica_url
    app = FastAPI(lifespan=_lifespan, **describe(settings))
    app.state.settings = settings
    app.state.engine = engine
    app.state.hot_engine = engine.execution_options(isolation_level="AUTOCOMMIT")  # For lists of a single statement.
    app.state.reading_engine = make_engine(replica.get_secret_value(), settings) if replica else engine
    app.state.sessions = session_factory(engine)
    app.state.audit = Notes(make_engine(url, settings))
    app.state.identify = identifier(app.state.sessions, settings)
    app.state.client_keys = ClientKeys()
    app.state.issuer_keys = IssuerKeys()
    app.state.personal_hooks = HOOKS
    app.state.merging = MERGING
    app.state.timeline_tellers = TELLERS
    app.state.holdings = HOLDINGS
    for router in ROUTERS:
        app.include_router(router)
    describe_webhooks(app.webhooks)
    install_answers(app)
    install_contract(app, row_rules)
    app.add_middleware(CompressMiddleware, minimum_size=1024, zstd_level=1, brotli_quality=3, gzip_level=3)
    counting = meters(settings, app.state.sessions)
    app.add_middleware(Exchange, settings=settings, meters=counting, uploads=uploads(settings))
    if settings.cors_origins:  # Around all the rest, so that a page can read refusals, too.
        app.add_middleware(
            CORSMiddleware,
            allow_origins=settings.cors_origins,
            allow_methods=["*"],
            allow_headers=["*"],
            expose_headers=EXPOSED,
        )
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    gc.collect()
    gc.freeze()  # What is loaded by now stays; the collector need not look at it again.
    yield
    await app.state.audit.close()
    await app.state.engine.dispose()
    if app.state.reading_engine is not app.state.engine:
        await app.state.reading_engine.dispose()
