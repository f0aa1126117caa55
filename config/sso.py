"""The section ``[sso]``: staff come in by the account they have elsewhere (docs/sso.md)."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Annotated, Final, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, model_validator

from config import checks
from config.section import Secret, Section, Text
from core.model.staff import Role

LIBRARY: Final = "joserfc"
_SCOPE: Final = "openid"


def _issuer(value: str) -> str:
    """As the provider writes itself: with the slash at its end, where it has one."""
    slash = "/" if value.endswith("/") else ""
    return checks.web_address(value) + slash


class SsoSettings(Section):
    """Single sign-on of staff by OpenID Connect; step by step in docs/sso.md."""

    issuer: Annotated[str, AfterValidator(_issuer)] | None = None
    """Address of the provider, exactly as its discovery document writes it under "issuer";
    https, unless it is this machine. With it, what make sso installs is needed. None: staff come
    in by password only."""

    client_id: Text | None = None
    """This helpdesk's name at the provider. Required with issuer. None: single sign-on is off."""

    client_secret: Secret | None = None
    """Its password there. Required with issuer. None: single sign-on is off."""

    label: Annotated[Text, Field(max_length=40)] = "akun dinas"
    """What staff call the provider; it stands on the button after "Masuk dengan"."""

    scopes: Annotated[tuple[Text, ...], Field(max_length=20)] = ("openid", "email", "profile")
    """What is asked for. openid is a must; the others only let people recognise the account."""

    hosts: Annotated[
        tuple[Annotated[str, AfterValidator(checks.host_name)], ...], Field(max_length=10)
    ] = ()
    """Further hosts that the provider's discovery document may name. Google needs
    oauth2.googleapis.com and www.googleapis.com. Empty: the issuer's own host alone, so that a
    forged document leads nowhere else."""

    link_prompt: Literal["login", "select_account"] = "login"
    """How whoever links an account proves themselves anew there: login, with the password again;
    select_account, by choosing it. Google knows only select_account, Keycloak only login."""

    passwords: Literal["everybody", "administrators"] = "everybody"
    """Who may also come in by password. Administrators always may, so that nobody is locked out
    while the provider is away."""

    second_factor_amr: Annotated[tuple[Text, ...], Field(max_length=20)] = ()
    """Values of the token's amr that count as a second factor, such as mfa or otp. Empty: our own
    code is asked for, whatever the provider did."""

    second_factor_acr: Annotated[tuple[Text, ...], Field(max_length=20)] = ()
    """Values of the token's acr that count as a second factor; they are also asked for. Empty:
    none does."""

    logout: bool = False
    """Whether leaving the helpdesk also ends the session at the provider, where it offers that.
    Off, because people often use the same account elsewhere at the same time."""

    leeway_seconds: Annotated[int, Field(ge=0, le=300)] = 60
    """Seconds by which the provider's clock may differ from ours."""

    timeout_seconds: Annotated[float, Field(gt=0, le=60)] = 10.0
    """Seconds for one call to the provider, everything included."""

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.issuer is None:
            return self
        checks.require(self.client_id, "client_id: the name that the provider gave this helpdesk")
        checks.require(self.client_secret, "client_secret: the secret that the provider gave")
        checks.require(_SCOPE in self.scopes, 'scopes: a list with "openid" in it')
        checks.require(
            find_spec(LIBRARY) is not None,
            "issuer: single sign-on to be installed first, by make sso",
        )
        return self

    @property
    def passwords_for(self) -> frozenset[Role] | None:
        """Roles that come in by password; None: everybody."""
        restricted = self.issuer is not None and self.passwords == "administrators"
        return frozenset({Role.ADMIN}) if restricted else None

    @property
    def known_hosts(self) -> frozenset[str]:
        """Hosts that may be called, and to which browsers may be sent."""
        return frozenset({urlsplit(self.issuer or "").netloc.lower(), *self.hosts})
