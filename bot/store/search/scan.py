"""The nearest of many vectors by looking at each: as fast as they are read, and in memory a few at a time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

_NUMBERS = np.dtype("<f4")


def best(rows: Iterable[Sequence[Any]], wanted: bytes, limit: int) -> list[int]:
    """The keys of the vectors with the greatest product with `wanted`, best first; of equal ones the greater key.

    `rows` come in parts of pairs of a key and a vector, packed and as long as `wanted`.
    """
    query = np.frombuffer(wanted, _NUMBERS)
    keys, products = [np.empty(0, np.int64)], [np.empty(0, _NUMBERS)]
    for part in rows:
        keys.append(np.fromiter((key for key, _ in part), np.int64, len(part)))
        together = np.frombuffer(b"".join(vector for _, vector in part), _NUMBERS)
        products.append(together.reshape(len(part), len(query)) @ query)
    all_keys, all_products = np.concatenate(keys), np.concatenate(products)
    if len(all_keys) > limit:  # sorting only what may be among the best
        least = np.partition(all_products, -limit)[-limit]
        among = all_products >= least
        all_keys, all_products = all_keys[among], all_products[among]
    order = np.lexsort((-all_keys, -all_products))[:limit]
    return [int(key) for key in all_keys[order]]
