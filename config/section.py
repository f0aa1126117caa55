"""What all sections share, and the kinds of values in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Self, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, model_validator

from config import checks

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Text = Annotated[str, AfterValidator(checks.not_blank)]
WebAddress = Annotated[str, AfterValidator(checks.web_address)]
Number = Annotated[str, AfterValidator(checks.sender_number)]
Seconds = Annotated[float, Field(gt=0, le=86_400)]
Count = Annotated[int, Field(ge=1)]


def _secret(value: SecretStr) -> SecretStr:
    return SecretStr(checks.not_blank(value.get_secret_value()))


Secret = Annotated[SecretStr, AfterValidator(_secret)]


class Section(BaseModel):
    """What all sections share: no unknown keys, no change after reading, no value in errors."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    unshown: ClassVar[frozenset[str]] = frozenset()
    """Keys whose value is never repeated in an error, besides the secrets."""

    needs_one_of: ClassVar[tuple[str, ...]] = ()
    """Keys of which at least one must be set; none: no such rule."""

    @classmethod
    def none_set(cls) -> str:
        """The fault of a section that has none of them: key, colon, what is expected."""
        first, *others = cls.needs_one_of
        return f"{first}: a value, or {' or '.join(others)} instead"

    @classmethod
    def tables(cls) -> Mapping[str, type[Section]]:
        """The keys that are tables of their own, ``[channels.surel.imap]``, with their class."""
        found = {}
        for key, field in cls.model_fields.items():
            for kind in (field.annotation, *get_args(field.annotation)):
                if isinstance(kind, type) and issubclass(kind, Section):
                    found[key] = kind
        return found

    def secrets(self) -> Iterator[str]:
        """Every secret value in it and in its tables, for the log's redaction."""
        for held in self.__dict__.values():
            found: Any = held
            if isinstance(found, SecretStr):
                yield found.get_secret_value()
            elif isinstance(found, Section):
                yield from found.secrets()

    @model_validator(mode="after")
    def _has_one(self) -> Self:
        found = [key for key in self.needs_one_of if getattr(self, key) is not None]
        if self.needs_one_of:
            checks.require(found, self.none_set())
        return self


class ChannelSettings(Section):
    """What all doors share: each has a ``kind`` of its own (config/doors)."""

    refers_to: ClassVar[Mapping[str, frozenset[str]]] = {}
    """Keys that hold the id of another channel, with the kinds that fit; none: any."""

    only_one: ClassVar[bool] = False
    """Whether there can be only one channel of this kind."""

    kind: str
    """Which door it is."""

    @property
    def called_from(self) -> str | None:
        """Address of the provider that calls our webhook; None: nobody from outside calls."""
        return None

    def advice(self, hook: str) -> str:
        """What to do at the provider, for ``helpdesk doctor``; ``hook`` is the webhook's URL."""
        return f"Enter at the provider: webhook {hook}."
