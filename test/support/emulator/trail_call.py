"""A call that CloudTrail records."""

from dataclasses import dataclass, field
from typing import Any, Callable


def nothing(_answer: dict) -> None:
    return None


@dataclass
class Call:
    """`elements` makes responseElements from the parsed answer; null where AWS records none."""

    source: str
    event_source: str
    event_name: str
    parameters: Any
    elements: Callable[[dict], Any] = field(default=nothing)
    is_global: bool = False


def camel(value: Any) -> Any:
    """CloudTrail writes member names with a small first letter, at every depth but under map keys of ours."""
    if isinstance(value, dict):
        return {key[:1].lower() + key[1:]: camel(each) for key, each in value.items()}
    if isinstance(value, list):
        return [camel(each) for each in value]
    return value
