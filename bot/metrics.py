"""Figures of the running process for Prometheus."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

REGISTRY = CollectorRegistry()
INBOX_DEPTH = Gauge("inbox_depth", "Updates that wait", registry=REGISTRY)
INBOX_AGE = Gauge("inbox_age_seconds", "Age of the oldest waiting update", registry=REGISTRY)
OUTBOX_DEPTH = Gauge("outbox_depth", "Messages that could be sent now", registry=REGISTRY)
OUTBOX_AGE = Gauge("outbox_age_seconds", "Wait of the oldest of them", registry=REGISTRY)
ARRIVALS = Counter(
    "updates_received", "Updates by what became of them", ["result"], registry=REGISTRY
)
HANDLED = Counter("updates_handled", "Updates handled by result", ["result"], registry=REGISTRY)
LATENCY = Histogram(
    "handler_seconds",
    "Time in a handler, transaction included",
    registry=REGISTRY,
    buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
WAITED = Histogram(
    "received_to_committed_seconds",
    "From the inbox row to its commit as done",
    registry=REGISTRY,
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60),
)
SENDS = Counter("sends", "Calls of the outbox by result", ["result"], registry=REGISTRY)
JOBS = Counter("jobs_run", "Background jobs by result", ["kind", "result"], registry=REGISTRY)
LEADER = Gauge("is_leader", "1 where this process sends and keeps the clock", registry=REGISTRY)
