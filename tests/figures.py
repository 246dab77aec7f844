"""Metrics as whoever collects them reads them."""

from __future__ import annotations

from prometheus_client.parser import text_string_to_metric_families

from bot.metrics import Metrics


def figures(metrics: Metrics | bytes) -> dict[str, float]:
    """Each sample under its name and labels, as they stand in the text."""
    text = (metrics if isinstance(metrics, bytes) else metrics.exposition()).decode()
    found = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            labels = ",".join(f'{name}="{value}"' for name, value in sorted(sample.labels.items()))
            found[f"{sample.name}{{{labels}}}" if labels else sample.name] = sample.value
    return found
