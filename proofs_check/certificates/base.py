"""What every certificate is: the method in words, and the whole of it in JSON's types."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

from proofs_check.certificates.plain import plain

__all__ = [
    "Certificate",
    "Named",
    "Together",
]


@dataclass(frozen=True)
class Certificate(ABC):
    """What a decision leaves behind."""

    @property
    @abstractmethod
    def method(self) -> str:
        """How the goal was decided, in the words of a record."""

    def to_dict(self) -> dict[str, Any]:
        """The certificate in JSON's types, exact numbers as "p/q"."""
        return {"method": self.method} | plain(self)


@dataclass(frozen=True)
class Named(Certificate):
    """No object was kept: the decision is known by its name alone, and nobody can check it from here."""

    text: str

    @property
    def method(self) -> str:
        """The name."""
        return self.text


@dataclass(frozen=True)
class Together(Certificate):
    """All goals of a reading, each by its own certificate."""

    parts: tuple[Certificate, ...]

    @property
    def method(self) -> str:
        """The methods, each once."""
        return "; ".join(dict.fromkeys(part.method for part in self.parts))
