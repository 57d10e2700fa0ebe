"""Prometheus metrics on a port of their own (`PLUT_METRICS_PORT`). Labels are routes, never addresses or ids."""

from prometheus_client import Counter, Histogram, start_http_server

_SECONDS = Histogram("plut_request_seconds", "Time to answer.", ["method", "route"])
_ANSWERS = Counter("plut_answers_total", "Answers by status.", ["method", "route", "status"])
_children: dict[tuple[str, str, int], tuple[Histogram, Counter]] = {}


def observe(method: str, route: str, status: int, seconds: float) -> None:
    """Count one answer."""
    key = (method, route, status)
    if key not in _children:
        _children[key] = (_SECONDS.labels(method, route), _ANSWERS.labels(method, route, str(status)))
    histogram, counter = _children[key]
    histogram.observe(seconds)
    counter.inc()


def serve_metrics(host: str, port: int) -> None:
    """Serve `/metrics` in a thread; does nothing on port 0."""
    if port:
        start_http_server(port, host)
