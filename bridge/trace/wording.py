"""What ``trace`` says of a letter, in English and in Russian. Pure."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from bridge.trace.search import Trace
from bridge.trace.whereabouts import Whereabouts
from contract.doctor.checkup import Said
from contract.language.speaking import Language

Found = tuple[Trace, Whereabouts | None]

_OUTCOMES = {
    "created": Said("it opened dialog {dialog}", "с него начался диалог {dialog}"),
    "appended": Said("it joined dialog {dialog}", "попало в диалог {dialog}"),
    "duplicate": Said(
        "it was there already, in dialog {dialog}", "такое письмо уже было, в диалоге {dialog}"
    ),
    "erased": Said(
        "the receiver did not keep it: its writer's data was erased",
        "приёмник его не сохранил: данные отправителя стёрты",
    ),
    "": Said("the receiver did not say in which dialog", "в какой диалог, приёмник не сказал"),
}
_TAKEN = Said("{at}  taken in", "{at}  принято")
_FOR = Said("{id}  for {mailbox}", "{id}  для {mailbox}")
_DELIVERED = Said("{at}  delivered: {outcome}", "{at}  доставлено: {outcome}")
_DROPPED = Said(
    "{at}  deleted by a person from failed/: it is in no dialog",
    "{at}  удалено человеком из failed/: ни в одном диалоге его нет",
)
_DROPPED_BY = Said(
    "{at}  deleted by a person from failed/ ({who}): it is in no dialog",
    "{at}  удалено человеком из failed/ ({who}): ни в одном диалоге его нет",
)
_ERASED = Said(
    "{at}  erased from the spool with all that was known of its writer",
    "{at}  стёрто из очереди вместе со всеми данными отправителя",
)
_WAITS = Said(
    "it waits in {spool}; next attempt {at}: {reason}",
    "ждёт в {spool}; следующая попытка {at}: {reason}",
)
_UNTRIED = Said("it has not been tried yet", "доставить ещё не пробовали")
_FAILED = Said(
    "refused for good, kept in {spool}/failed: {reason}",
    "отклонено окончательно, лежит в {spool}/failed: {reason}",
)
_NOW = Said(
    "now  in dialog {dialog} “{subject}”, letters: {letters}",
    "сейчас  в диалоге {dialog} «{subject}», писем: {letters}",
)
_LOOK = Said(
    "look: python -m receiver show {dialog}; why there: python -m receiver why {dialog}",
    "посмотреть: python -m receiver show {dialog}; почему там: python -m receiver why {dialog}",
)
_NOT_TOLD = Said(
    "where it is now the receiver does not say: {unknown}",
    "где оно сейчас, приёмник не говорит: {unknown}",
)
_UNKNOWN = Said(
    "nothing is known of {words}: it is not in the spool, and not among the letters delivered since"
    " {since}. What was refused at the door was given no id; the page's /trace"
    " tells of it by its recipient. By Message-ID the database can be asked: python -m receiver"
    " find {words}",
    "о {words} ничего не известно: в очереди его нет, среди доставленных с {since} тоже. Письмо,"
    " отклонённое при приёме, номера не получает; о нём расскажет страница /trace по"
    " адресу получателя. По Message-ID можно спросить базу: python -m receiver find {words}",
)
_NO_WORDS = Said(
    "no letter is named: give the id in SMTP's 250, or a Message-ID",
    "письмо не указано: нужен номер из ответа SMTP 250 или Message-ID",
)
_TOO_OLD = Said(
    "{words} came on {came}, and what was delivered is noted since {since}, for {days} days at"
    " most. By Message-ID the database can be asked: python -m receiver find MESSAGE-ID",
    "{words} пришло {came}, а записи о доставленных есть с {since} (хранятся {days} дней). По"
    " Message-ID можно спросить базу: python -m receiver find MESSAGE-ID",
)
_NOTHING_YET = Said("ever (none is noted yet)", "начала (пока не записано ни одного)")
_MANY = Said(
    "{words} begins the ids of {count} letters: say more of it",
    "так начинаются номера писем ({count}): укажите {words} полнее",
)


def in_lines(found: Sequence[Found], language: Language) -> str:
    """Return what is known, a paragraph for each copy of the letter."""
    return "\n\n".join("\n".join(_paragraph(*each, language)) for each in found)


def in_json(found: Sequence[Found]) -> list[dict[str, Any]]:
    """Return the same for a program to read; times as in RFC 3339, in UTC."""
    return [_fields(*each) for each in found]


def unknown(words: str, came: float | None, since: datetime | None, days: int, ru: bool) -> str:
    """Return that nothing is known of a letter; ``came`` is the Unix time in its id."""
    words = printable(words)
    language: Language = "ru" if ru else "en"
    if not words.strip():
        return _said(_NO_WORDS, language)
    told = since.date().isoformat() if since else _said(_NOTHING_YET, language)
    if came is not None and since is not None and came < since.timestamp():
        taken = _moment(came)
        return _said(_TOO_OLD, language, words=words, came=taken, since=told, days=days)
    return _said(_UNKNOWN, language, words=words, since=told)


def too_many(words: str, count: int, ru: bool) -> str:
    """Return that several letters match."""
    return _said(_MANY, "ru" if ru else "en", words=printable(words), count=count)


def came(letter_id: str) -> float | None:
    """Return the Unix time at which a letter was taken in, from its id."""
    stamp, dash, _ = letter_id.partition("-")
    return int(stamp) / 1e6 if dash and len(stamp) == 16 and stamp.isdecimal() else None


def printable(text: str) -> str:
    """Return text that a terminal only shows."""
    return "".join(sign if sign.isprintable() else " " for sign in text)


def _paragraph(trace: Trace, where: Whereabouts | None, language: Language) -> list[str]:
    lines = [_said(_FOR, language, id=trace.id, mailbox=printable(trace.mailbox) or "?")]
    if trace.message_id:
        lines.append(f"Message-ID <{printable(trace.message_id)}>")
    if (taken := came(trace.id)) is not None:
        lines.append(_said(_TAKEN, language, at=_moment(taken)))
    reason = printable(trace.reason)
    match trace.state:
        case "delivered":
            told = trace.delivered
            dialog, outcome = (told.dialog, told.outcome) if told else ("", "")
            words = _OUTCOMES.get(outcome if dialog or outcome == "erased" else "", _OUTCOMES[""])
            said = _said(words, language, dialog=printable(dialog))
            lines.append(_said(_DELIVERED, language, at=_moment(trace.at), outcome=said))
        case "dropped":
            words = _DROPPED_BY if reason else _DROPPED
            lines.append(_said(words, language, at=_moment(trace.at), who=reason))
        case "erased":
            lines.append(_said(_ERASED, language, at=_moment(trace.at)))
        case "waiting":
            reason = reason or _said(_UNTRIED, language)
            at = _moment(trace.at)
            lines.append(_said(_WAITS, language, spool=trace.spool, at=at, reason=reason))
        case "failed":
            lines.append(_said(_FAILED, language, spool=trace.spool, reason=reason))
    return lines + (_whereabouts(where, language) if where else [])


def _whereabouts(where: Whereabouts, language: Language) -> list[str]:
    if where.unknown:
        return [_said(_NOT_TOLD, language, unknown=printable(where.unknown)[:300])]
    subject = printable(where.subject)[:60]
    now = _said(_NOW, language, dialog=where.dialog, subject=subject, letters=where.letters)
    return [now, _said(_LOOK, language, dialog=where.dialog)]


def _fields(trace: Trace, where: Whereabouts | None) -> dict[str, Any]:
    taken, told = came(trace.id), trace.delivered
    waits = trace.state == "waiting"
    return {
        "id": trace.id,
        "state": trace.state,
        "mailbox": trace.mailbox,
        "message_id": trace.message_id,
        "taken": None if taken is None else _utc(taken),
        "next_attempt": _utc(trace.at) if waits else None,
        "left": _utc(trace.at) if told else None,
        "reason": trace.reason,
        "dialog": told.dialog if told else "",
        "outcome": told.outcome if told else "",
        "matched_by": told.matched_by if told else "",
        "letter": told.letter if told else "",
        "now": asdict(where) if where else None,
    }


def _said(sentence: Said, language: Language, **named: object) -> str:
    return str(getattr(sentence, language)).format(**named)


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds).astimezone().strftime("%Y-%m-%d %H:%M:%S")


def _utc(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
