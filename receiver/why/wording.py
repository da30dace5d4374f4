"""The words in which a reason is told, in English and in Russian: data, nothing else.

``{id}`` is a Message-ID, ``{dialog}`` the id of a dialog, ``{count}`` a number of letters,
``{who}`` who corrected.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Wording:
    """One language. ``corrected`` has the words for one letter, and those for several.

    ``put`` tells what a person did by which a letter is where it is. ``same_id`` and ``named_too``
    replace what ``matched`` says if two letters have one Message-ID, and if an id is only named.
    """

    matched: Mapping[str, str]
    same_id: str
    named_too: str
    put: Mapping[str, str]
    refused: str
    parted: str
    apart: str
    renamed: str
    unconfirmed: str
    confirmed: str
    ours: str
    corrected: Mapping[str, tuple[str, str]]
    corrected_by: str


ENGLISH = Wording(
    matched={
        "message_id": "a letter of this dialog names its Message-ID <{id}>",
        "bounce": "it is a bounce, and returns the letter <{id}> of this dialog",
        "in_reply_to": "its In-Reply-To names <{id}>, which belongs to this dialog",
        "references": "its References name <{id}>, which belongs to this dialog",
        "subject": "no id that it names was known, but it says that it is a reply, and this was the"
        " only dialog of its user with the subject “{id}” touched within 30 days",
        "thread_index": "no id that it names was known, but its Thread-Index begins like one here,"
        " and this was the only dialog of its user with that subject touched within 30 days",
        "new": "it opened the dialog: it names no letter that is here",
        "correction": "a person put it here, or what tied it to the dialog was erased",
    },
    same_id="another letter of this dialog has the same Message-ID <{id}>",
    named_too="it names <{id}>, as another letter of this dialog does; the letter of that id is not"
    " in it",
    put={
        "split": "a person split it off from the dialog where it was ({who})",
        "move": "a person moved it here ({who})",
        "merge": "a person made two dialogs one ({who})",
    },
    refused="it names <{id}> of dialog {dialog}, where its sender had been neither From, To nor Cc,"
    " so the two are only linked",
    parted="it names <{id}> of dialog {dialog}: a person put the two apart",
    apart="so it opened a dialog of its own",
    renamed="its subject is another than the dialog's",
    unconfirmed="nobody confirmed the sender's address",
    confirmed="the sender's address was confirmed ({source})",
    ours="sent from the mailbox itself",
    corrected={
        "merge": ("the two dialogs were merged", "the two dialogs were merged"),
        "split": ("one letter was split off", "{count} letters were split off"),
        "move": (
            "one letter was moved to another dialog",
            "{count} letters were moved to another dialog",
        ),
        "undo": ("a correction was undone", "a correction was undone"),
        "erasure": (
            "letters were erased; one is left",
            "letters were erased; the {count} that are left stay together",
        ),
    },
    corrected_by="{what}, by {who}",
)

RUSSIAN = Wording(
    matched={
        "message_id": "на его Message-ID <{id}> ссылается письмо этого диалога",
        "bounce": "это отчёт о недоставке письма <{id}> из этого диалога",
        "in_reply_to": "его In-Reply-To указывает на <{id}> из этого диалога",
        "references": "в его References есть <{id}> из этого диалога",
        "subject": "ни одно из писем, на которые оно ссылается, не известно, но по виду это ответ,"
        " а с темой «{id}» за последние 30 дней у пользователя был только этот диалог",
        "thread_index": "ни одно из писем, на которые оно ссылается, не известно, но его"
        " Thread-Index начинается так же, как у письма этого диалога, а с этой темой за последние"
        " 30 дней у пользователя был только этот диалог",
        "new": "с него начался диалог: ни на одно из известных писем оно не ссылается",
        "correction": "его поместил сюда человек, или стёрто то, что связывало его с диалогом",
    },
    same_id="у другого письма этого диалога тот же Message-ID <{id}>",
    named_too="оно ссылается на <{id}>, как и другое письмо этого диалога; самого письма с этим"
    " Message-ID здесь нет",
    put={
        "split": "человек отделил его от диалога, где оно было ({who})",
        "move": "человек перенёс его сюда ({who})",
        "merge": "человек объединил два диалога ({who})",
    },
    refused="оно ссылается на <{id}> из диалога {dialog}, но там его отправителя не было ни"
    " в From, ни в To, ни в Cc, поэтому диалоги только связаны",
    parted="оно ссылается на <{id}> из диалога {dialog}: эти два письма развёл человек",
    apart="поэтому для него открыт отдельный диалог",
    renamed="его тема отличается от темы диалога",
    unconfirmed="адрес отправителя никем не подтверждён",
    confirmed="адрес отправителя подтверждён ({source})",
    ours="отправлено из самого ящика",
    corrected={
        "merge": ("два диалога объединены", "два диалога объединены"),
        "split": ("одно письмо отделено", "отделено писем: {count}"),
        "move": (
            "одно письмо перенесено в другой диалог",
            "перенесено в другой диалог писем: {count}",
        ),
        "undo": ("исправление отменено", "исправление отменено"),
        "erasure": (
            "часть писем стёрта, осталось одно",
            "часть писем стёрта, остальные ({count}) по-прежнему вместе",
        ),
    },
    corrected_by="{what}; кто: {who}",
)
