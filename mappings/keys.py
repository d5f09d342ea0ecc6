"""Exact link keys: records of one entity that share a key are one. Nothing here guesses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from mappings.scalars import Domain, Email
from mappings.values import Refused, is_blank

FREE_MAIL = frozenset(
    """
    126.com 163.com aim.com aol.com btinternet.com comcast.net cox.net daum.net duck.com email.com fastmail.com
    fastmail.fm free.fr freenet.de gmail.com gmx.at gmx.ch gmx.com gmx.de gmx.net googlemail.com hey.com
    hotmail.co.uk hotmail.com hotmail.de hotmail.fr hotmail.it icloud.com inbox.lv inbox.ru laposte.net libero.it
    list.ru live.co.uk live.com live.fr live.nl mac.com mail.com mail.ru me.com msn.com naver.com o2.pl onet.pl
    orange.fr outlook.com outlook.de outlook.fr pm.me posteo.de proton.me protonmail.ch protonmail.com qq.com
    rambler.ru rediffmail.com rocketmail.com runbox.com sbcglobal.net seznam.cz sfr.fr sina.com skynet.be
    t-online.de telenet.be tutanota.com tuta.io ukr.net verizon.net virgilio.it virginmedia.com wanadoo.fr web.de
    wp.pl yahoo.ca yahoo.co.in yahoo.co.jp yahoo.co.uk yahoo.com yahoo.com.au yahoo.com.br yahoo.de yahoo.es
    yahoo.fr yahoo.it yandex.com yandex.ru yeah.net ymail.com zoho.com zohomail.com
    """.split()  # noqa: SIM905  # a list of a hundred words reads better as words
)
"""Providers whose domain says nothing about where a person works."""

_DOMAIN, _EMAIL = Domain(), Email()


def domain_key(domain: str | None) -> str | None:
    """`domain:acme.example`, unless it is a free-mail provider's."""
    host = None if domain is None else _DOMAIN.normal(domain)
    return None if host is None or host in FREE_MAIL else f"domain:{host}"


def email_key(email: str | None) -> str | None:
    address = None if email is None else _EMAIL.normal(email)
    return None if address is None else f"email:{address}"


KEY_OF: Final[Mapping[str, Callable[[str | None], str | None]]] = {"domain": domain_key, "email": email_key}
"""By the kind of key, which is also the name of the field that it is made of."""


def email_domain_key(email: str | None) -> str | None:
    """The key of the company behind an e-mail address."""
    if email is None:
        return None
    try:
        return domain_key(_DOMAIN.check(email.rpartition("@")[2]))
    except Refused:
        return None


def id_key(connector: str, entity: str, id: object) -> str | None:
    """The record's own id as its vendor's: `stripe:subscription:sub_1`."""
    return None if is_blank(id) or not isinstance(id, (str, int)) else f"{connector}:{entity}:{id}"
