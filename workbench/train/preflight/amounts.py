"""Bytes and seconds as people read them; nothing here needs torch."""

from __future__ import annotations


def size_of(size: float) -> str:
    """Return bytes with their unit: 512 B, 3.2 GiB."""
    value, unit = float(size), "B"
    for larger in ("KiB", "MiB", "GiB", "TiB"):
        if value < 1000:
            break
        value, unit = value / 1024, larger
    return f"{value:.0f} {unit}" if value >= 100 or unit == "B" else f"{value:.1f} {unit}"


def span(seconds: float) -> str:
    """Return a time with its unit: 3.4 ms, 12 s, 4:07 min, 1:03:20 h."""
    if seconds < 0.1:
        return f"{1000 * seconds:.2g} ms"
    if seconds < 59.5:
        return f"{seconds:.2g} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02} h" if hours else f"{minutes}:{rest:02} min"
