"""The counters, gauges and histograms, in one place, in Prometheus' terms. No label holds what people wrote."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)

_BUCKETS_S = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60, 120)


@dataclass(frozen=True, slots=True)
class Prices:
    """What a million tokens cost, in the currency of whoever pays; 0 where it is not known."""

    input: float = 0
    output: float = 0


class Metrics:
    """Of one process: whoever collects them adds replicas up. The gauges are what was last set."""

    def __init__(self, prices: Prices | None = None) -> None:
        self._prices = prices or Prices()
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        PlatformCollector(registry=self._registry)
        self._answers = self._counter("answers", "Questions answered, by how", "workspace", "mode", "check")
        self._flags = self._counter("flags", "Disagreements and updates shown", "relation", "kind")
        self._stages = self._histogram("stage_seconds", "How long the stages of an answer take", "stage")
        self._calls = self._counter("model_calls", "Calls to the model that were completed", "step")
        self._failures = self._counter("model_failures", "Calls to the model that failed, retries and all", "error")
        self._retries = self._counter("model_retries", "Requests to the model that were made again")
        self._tokens = self._counter("model_tokens", "Tokens, as the model's server reports them", "direction")
        self._cost = self._counter("model_cost", "What the tokens cost, where prices are set")
        self._model = self._histogram("model_seconds", "How long a call to the model takes", "step")
        self._resting = self._gauge("model_resting", "1 while the model is left alone after failures")
        self._no_embedding = self._gauge("embedding_resting", "1 while the embedding model is left alone")
        self._jobs = self._counter("jobs", "Attempts at jobs, by how they ended", "kind", "outcome")
        self._again = self._counter("job_retries", "Attempts at jobs after their first", "kind")
        self._seconds = self._histogram("job_seconds", "How long an attempt at a job takes", "kind")
        self._queue = self._gauge("queue_depth", "Jobs that are waiting, running or dead", "kind", "state")
        self._feeds = self._gauge("feeds", "Feeds and folders, by how their last poll went", "state")
        self._retries.inc(0)
        self._cost.inc(0)

    def answered(self, *, workspace: str, mode: str, check: str, relation: str | None, kind: str | None) -> None:
        """A question was answered. `relation` and `kind`: of a dispute or update that is shown, else None."""
        self._answers.labels(workspace, mode, check).inc()
        if relation:
            self._flags.labels(relation, kind or "other").inc()

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Times what runs within, also where it fails."""
        began = time.monotonic()
        try:
            yield
        finally:
            self._stages.labels(name).observe(time.monotonic() - began)

    def called(self, step: str, seconds: float, input_tokens: int | None, output_tokens: int | None) -> None:
        """The model replied. Tokens are None where its server does not report them."""
        self._calls.labels(step).inc()
        self._model.labels(step).observe(seconds)
        self._tokens.labels("input").inc(input_tokens or 0)
        self._tokens.labels("output").inc(output_tokens or 0)
        prices = self._prices
        self._cost.inc(((input_tokens or 0) * prices.input + (output_tokens or 0) * prices.output) / 1_000_000)

    def embedded(self, seconds: float, requests: int, tokens: int | None) -> None:
        """The embedding model replied. Its tokens have a price of their own and are not in the cost."""
        self._calls.labels("embed").inc(requests)
        self._model.labels("embed").observe(seconds)
        self._tokens.labels("embedding").inc(tokens or 0)

    def call_failed(self, error: str) -> None:
        self._failures.labels(error).inc()

    def call_retried(self) -> None:
        self._retries.inc()

    def rests(self, resting: bool) -> None:
        self._resting.set(resting)

    def embedding_rests(self, resting: bool) -> None:
        self._no_embedding.set(resting)

    def attempted(self, kind: str, outcome: str, seconds: float, *, again: bool) -> None:
        """An attempt at a job ended. `outcome`: "done", or the name of what was raised."""
        self._jobs.labels(kind, outcome).inc()
        self._seconds.labels(kind).observe(seconds)
        if again:
            self._again.labels(kind).inc()

    def queue(self, depth: Mapping[tuple[str, str], int]) -> None:
        """By kind and state; what is not named has none."""
        self._queue.clear()
        for (kind, state), count in depth.items():
            self._queue.labels(kind, state).set(count)

    def feeds(self, states: Mapping[str, int]) -> None:
        self._feeds.clear()
        for state, count in states.items():
            self._feeds.labels(state).set(count)

    def exposition(self) -> bytes:
        """All of it in Prometheus' text format."""
        return generate_latest(self._registry)

    def _counter(self, name: str, told: str, *labels: str) -> Counter:
        return Counter(f"crosscheck_{name}", told, labels, registry=self._registry)

    def _gauge(self, name: str, told: str, *labels: str) -> Gauge:
        return Gauge(f"crosscheck_{name}", told, labels, registry=self._registry)

    def _histogram(self, name: str, told: str, *labels: str) -> Histogram:
        return Histogram(f"crosscheck_{name}", told, labels, registry=self._registry, buckets=_BUCKETS_S)
