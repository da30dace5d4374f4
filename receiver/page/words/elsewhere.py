"""English texts of other parts of the program, for Russian readers: pure.

Problems of the page, mistakes of a search, defects of letters and states of folders; the rest,
which terminals show as well, is in ``contract.doctor``. ``{}`` stands for any text. Unknown texts
stay as they are.
"""

import re
from functools import cache

from contract.doctor.russian import in_russian
from receiver.page.words import PageWords

PROBLEMS = {
    "this is no HTTP request": "это не запрос HTTP",
    "more than 8 KB in a header field: delete the cookies of this site": (
        "в поле заголовка больше 8 КБ: удалите cookie этого сайта"
    ),
    "more than 8 KB in the address": "в адресе больше 8 КБ",
    "sign in first": "сначала войдите",
    "the sign-in has ended: open the page again": "сеанс закончился: откройте страницу снова",
    "the link was used already, or is too old": "ссылка уже использована или устарела",
    "the page is opened by its own address (PAGE_URL), or on this machine": (
        "страница открывается по её собственному адресу (PAGE_URL) или на этой машине"
    ),
    "the request comes from another site": "запрос пришёл с чужого сайта",
    "the request does not say which page it comes from": "не сказано, с какой страницы запрос",
    "the token has not the right “{}”": "нет права «{}»",
    "this is for whoever sees all mailboxes": "это для тех, кому видны все ящики",
    "there is no such page": "такой страницы нет",
    "there is no such tab": "такой вкладки нет",
    "there is no such time": "такого времени нет",
    "there is no such form": "такой формы нет",
    "there is no such file": "такого файла нет",
    "there is no such mailbox for this token": "такого ящика у вас нет",
    "the body has wrong fields": "в форме неверные поля",
    "nothing is held of this address": "об этом адресе ничего не хранится",
    "what is held is not what was shown: look again": "хранящееся изменилось: посмотрите снова",
    "it is a mailbox of the company, not a person": "это ящик компании, а не человек",
    "there are several Authorization headers: send one": "заголовков Authorization больше одного",
    "there is no such mailbox for you": "такого ящика у вас нет",
    "there is no such dialog": "такого диалога нет",
    "there is no such letter": "такого письма нет",
    "there is no such letter in a spool": "в очереди такого письма нет",
    "there is no such letter in this mailbox": "в этом ящике такого письма нет",
    "the letter has no HTML": "в письме нет HTML",
    "the letter has no such file": "в письме нет такого файла",
    "the letter's original is not kept here": "исходный текст письма здесь не хранится",
    "the file is not there": "файла здесь нет",
    "the file is no picture that is shown": "этот файл не картинка, которую можно показать",
    "its letters were erased": "его письма стёрты",
    "the form cannot be read": "форму не удалось прочитать",
    "the dialog has changed since the page was opened": (
        "диалог изменился, пока страница была открыта"
    ),
    "choose another dialog, or paste its id or address": (
        "выберите другой диалог или вставьте его id либо адрес"
    ),
    "choose the letters first": "сначала отметьте письма",
    "a dialog must keep a letter": "в диалоге должно остаться хотя бы одно письмо",
    "the letter is in neither of the two dialogs": "письма нет ни в одном из двух диалогов",
    "no such letter was put into this dialog by a guess": "такой догадки в этом диалоге нет",
    "this dialog has no such correction": "такого исправления в этом диалоге нет",
    "an erasure cannot be undone": "стирание отменить нельзя",
    "the token may not read": "у токена нет права read",
    "there is nothing to undo": "отменять нечего",
    "this name was given to another call: give each its own": (
        "это имя уже у другого вызова: каждому нужно своё"
    ),
    "some of the letters are in another dialog": "часть писем уже в другом диалоге",
    "the dialogs are of different mailboxes": "эти диалоги из разных ящиков",
}
SEARCH = {
    "longer than {} characters": "длиннее {} знаков",
    "say what, right behind the colon": "напишите, что искать, сразу за двоеточием",
    "say what to look for: there is no word in it": "напишите, что искать: здесь нет ни слова",
    "more than {} conditions": "больше {} условий",
    "it is not later than after": "эта дата не позже, чем в after",
    "before: it is not later than after": "до: эта дата не позже, чем в «после»",
    "it cannot be both": "и то и другое сразу не бывает",
    "it cannot be read": "это не удалось прочитать",
    "the quotation mark has no other one": "у этой кавычки нет пары",
    "a date cannot be excluded: say before for after": (
        "дату исключить нельзя: вместо after напишите before"
    ),
    "there is no word in it": "здесь нет ни слова",
    "there is a control character in it": "здесь управляющий знак",
    "“{}” is none of {}": "значения «{}» нет, бывают: {}",
    "a date as 2026-01-31 or 31.01.2026, a month as 2026-01, or a year": (
        "дата — 2026-01-31 или 31.01.2026, месяц — 2026-01, или год"
    ),
    "not of a search": "это не страница поиска",
}
DEFECTS = {
    "the letter could not be parsed": "письмо не удалось разобрать",
    "the body could not be parsed": "текст письма не удалось разобрать",
    "header not read": "заголовок не прочитан",
    "header not read: {}": "заголовок не прочитан ({})",
    "body not read: {}": "текст не прочитан ({})",
    "header longer than {} bytes, cut": "заголовок длиннее {} байт, обрезан",
    "no empty line between header and body": "между заголовком и текстом нет пустой строки",
    "malformed line in the header": "в заголовке неправильная строка",
    "more than {} header fields, cut": "в заголовке больше {} полей, остальные отброшены",
    "a header field longer than {} bytes, cut": "поле заголовка длиннее {} байт, обрезано",
    "no From and no other sender": "нет ни From, ни другого отправителя",
    "no From, sender taken from {}": "нет From, отправитель взят из {}",
    "parts nested deeper than {}, or too deep for their size": (
        "части вложены глубже {} или слишком глубоко для своего размера"
    ),
    "more than {} parts": "больше {} частей",
    "more than {} attachments": "больше {} вложений",
    "more than {} pictures in data: addresses": "больше {} картинок в адресах data:",
    "multipart without its boundary": "в письме из нескольких частей нет границы между ними",
    "HTML too long, cut": "HTML слишком длинный, обрезан",
    "lines end in CR CR LF": "строки кончаются на CR CR LF",
    "text written as UTF-8 twice": "текст дважды записан в UTF-8",
    "Russian text read under another code page before it was sent": (
        "русский текст испорчен чужой кодировкой ещё до отправки"
    ),
    "plain text around base64": "вокруг base64 обычный текст",
    "labelled base64, but is not": "назван base64, но это не он",
    "labelled quoted-printable, but is not": "назван quoted-printable, но это не он",
    "encoded as its label does not say": "закодирован не так, как назван",
    "signed with a key, not verified": "подписано ключом, подпись не проверена",
    "signed with {}, not verified": "подписано ({}), подпись не проверена",
    "encrypted with a key, not readable here": "зашифровано ключом, здесь не прочитать",
    "encrypted with {}, not readable here": "зашифровано ({}), здесь не прочитать",
    "winmail.dat opened": "раскрыт winmail.dat",
    "{} was left out: the event was too large": "часть {} пропущена: письмо слишком велико",
}
BRIDGES = {
    "starting": "подключается",
    "watching": "читается",
    "waiting": "ждёт",
    "refused": "вход отклонён",
    "no folder": "нет такой папки",
    "never read yet: {}": "ещё не читалась: {}",
    "not looked at for {} s": "не просматривалась уже {} с",
    "not logged in for {} s": "вход не удаётся уже {} с",
    "waiting for {} s: {}": "ждёт уже {} с: {}",
}
RUSSIAN = PROBLEMS | SEARCH | DEFECTS | BRIDGES


def in_words(text: str, words: PageWords) -> str:
    """Return a text in the reader's language, if it is known here.

    What stands before a colon, such as a file's name or an operator, stays.
    """
    if words.language != "ru":
        return text
    found = _russian(text)
    if found is None and ": " in text:
        name, _, rest = text.partition(": ")
        known = _russian(rest)
        found = f"{name}: {known}" if known is not None else None
    return text if found is None else found


def of_the_program(text: str, words: PageWords) -> str:
    """Return what a bridge or a refusal says in the reader's language, and nobody's letter.

    It may repeat what servers told; that stays as it is.
    """
    return in_russian(in_words(text, words)) if words.language == "ru" else text


def _russian(text: str) -> str | None:
    if text in RUSSIAN:
        return RUSSIAN[text]
    for pattern, russian in _patterns():
        if said := pattern.fullmatch(text):
            return russian.format(*said.groups())
    return None


@cache
def _patterns() -> list[tuple[re.Pattern[str], str]]:
    return [
        (re.compile(re.escape(english).replace(r"\{\}", "(.{1,300})")), russian)
        for english, russian in RUSSIAN.items()
        if "{}" in english
    ]
