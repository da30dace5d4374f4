"""The SMTP door: whether it answers, how long its certificate is valid, whether MX leads to it."""

import re
import socket
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial

import dns.exception
import dns.resolver

from bridge import own_door
from bridge.ingress.smtp import certificate
from bridge.settings import BridgeSettings
from contract.doctor.checkup import Finding, Said, broken, look, well
from contract.doctor.examining import Check

SECONDS = 5.0
SOON = timedelta(days=14)


def checks(settings: BridgeSettings) -> Iterator[Check]:
    """Yield each check; blocks."""
    yield "smtp", lambda: _answers(settings)
    if settings.smtp_tls_cert and settings.smtp_tls_key:
        yield "certificate", lambda: _certificate(settings)
    if settings.dns_checks:
        for domain in sorted(_domains(settings)):
            yield "mx", partial(_mx, domain, settings.smtp_hostname)


def _answers(settings: BridgeSettings) -> Finding:
    place = own_door.place(settings)
    try:
        with own_door.opened(settings, SECONDS) as client:
            tls = client.has_extn("starttls")
    except OSError as error:
        why = own_door.why_not_taken(error)
        return broken(
            "smtp",
            Said(f"nobody answers at {place}: {why}", f"{place} не отвечает: {why}"),
            Said(
                "start it: python -m bridge smtp (SMTP_HOST, SMTP_PORT)",
                "запустите: python -m bridge smtp (SMTP_HOST, SMTP_PORT)",
            ),
        )
    return well(
        "smtp",
        f"{place} answers, {'with' if tls else 'without'} STARTTLS; whether port 25 can be reached"
        " from outside, only somebody outside can say",
        f"{place} отвечает, STARTTLS {'есть' if tls else 'нет'}; виден ли порт 25 снаружи, видно"
        " только снаружи",
    )


def _certificate(settings: BridgeSettings) -> Finding:
    if not (settings.smtp_tls_cert and settings.smtp_tls_key):
        raise ValueError("there is no certificate")
    chain = settings.smtp_tls_cert
    renew = Said("have it renewed, the door follows the file", "обновите: файл перечитывается сам")
    try:
        end = certificate.expires(chain, settings.smtp_tls_key)
    except certificate.NotUsable as error:
        return broken("certificate", Said(str(error), str(error)), renew)
    if end is None:
        return well("certificate", f"{chain} can be used", f"{chain} годен")
    days = (end - datetime.now(UTC)).days
    says = Said(f"{chain} is good for {days} days", f"{chain}: осталось дней: {days}")
    wrong: list[tuple[Said, Said]] = []
    if end < datetime.now(UTC) + SOON:
        wrong.append((says, renew))
    names = certificate.names(chain, settings.smtp_tls_key)
    if names and not any(_covers(each, settings.smtp_hostname) for each in names):
        wrong.append(_misnamed(", ".join(names), settings.smtp_hostname))
    if not wrong:
        return well("certificate", *says)
    complaints, remedies = zip(*wrong, strict=True)
    return look("certificate", _together(complaints), _together(remedies))


def _misnamed(names: str, host: str) -> tuple[Said, Said]:
    """Return the finding about a certificate for other names, and the remedy."""
    return (
        Said(f"it is for {names}, not for {host}", f"он для {names}, а не для {host}"),
        Said(
            "set SMTP_HOSTNAME to its name, or have one made for it",
            "задайте SMTP_HOSTNAME по нему или получите другой",
        ),
    )


def _together(sentences: Iterable[Said]) -> Said:
    return Said._make("; ".join(each) for each in zip(*sentences, strict=True))


def _covers(name: str, host: str) -> bool:
    """Tell whether a name in a certificate covers the host (RFC 6125 6.4.3)."""
    pattern = re.escape(name).replace(r"\*", r"[^.]+")
    return re.fullmatch(pattern, host, re.IGNORECASE) is not None


def _domains(settings: BridgeSettings) -> set[str]:
    """Return the domains that letters are forwarded to, except the mailboxes' own."""
    recipients = {
        one.rpartition("@")[2].casefold()
        for name, each in settings.mailboxes.items()
        for one in each
        if one.casefold() != name.casefold()
    }
    return {each for each in recipients if each}


def _mx(domain: str, hostname: str) -> Finding:
    do = Said(
        f"let the MX of {domain} be {hostname}, or SMTP_HOSTNAME what it is",
        f"пусть MX домена {domain} указывает на {hostname}, или поправьте SMTP_HOSTNAME",
    )
    try:
        found = dns.resolver.resolve(domain, "MX", lifetime=SECONDS)
        hosts = [str(each.exchange).rstrip(".").casefold() for each in found]
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        says = Said(f"{domain} has no MX", f"у {domain} нет MX")
        return broken("mx", says, do)
    except (dns.exception.DNSException, OSError) as error:
        why = type(error).__name__
        return look(
            "mx",
            Said(
                f"DNS does not answer about {domain}: {why}", f"DNS не отвечает о {domain}: {why}"
            ),
            Said("look at the resolver of this machine", "проверьте DNS этой машины"),
        )
    if hostname.casefold() in hosts or _address(hostname) & {a for h in hosts for a in _address(h)}:
        return well("mx", f"{domain} leads to {hostname}", f"{domain} ведёт на {hostname}")
    listed = ", ".join(hosts)
    return look("mx", Said(f"{domain} leads to {listed}", f"{domain} ведёт на {listed}"), do)


def _address(host: str) -> set[str]:
    try:
        return {str(each[4][0]) for each in socket.getaddrinfo(host, 25)}
    except OSError:
        return set()
