"""Lines by which a client announces the letter it answers or forwards."""

from typing import Literal

from bridge.parse.reply.lines import MAX_LINE

Marker = Literal["above", "original", "perhaps", "forward"]

_DASHES = "-–—=_~‐‑‒―"
_MARKUP = "* \t"

# Stems as clients word them: Outlook, Thunderbird, Gmail, Apple Mail, Yandex, Mail.ru.
_FORWARD = (
    "forward", "пересыл", "пересла", "переадрес", "перенаправ", "перасла", "weitergeleitet",
    "weiterleit", "transfér", "reenvi", "reexp", "rimand", "inoltr", "encaminhad", "doorgestuurd",
    "doorgezonden", "przekaz", "přeposlan", "preposlan", "vidarebef", "videresend", "framsend",
    "välitet", "edelleenläh", "továbbít", "iletilen", "iletilmiş", "redirecționat", "προωθ",
    "препрат", "prosleđ", "proslijeđ", "posredovan", "edastatud", "persiųst", "pārsūt",
    "diteruskan", "chuyển tiếp", "转发", "轉寄", "転送", "전달", "הועבר", "إعادة توجيه",
)  # fmt: skip
_ORIGINAL = (
    "original", "repl", "antwort", "исходн", "оригинал", "первоначальн", "ursprüngl", "d'origine",
    "origine", "oprindelig", "oorspronkelijk", "oryginaln", "původní", "pôvodn", "ursprungl",
    "opprinnelig", "alkuperäi", "eredeti", "orijinal", "αρχικό",
    "πρωτότυπο", "початков", "оригінал", "вихідн",
    "арыгінал", "зыходн", "izvorn", "izvirn", "algne", "pradin", "originál", "sākotnēj",
    "pesan asli", "mesej asal", "orisinal", "thư gốc", "原始", "原邮件", "原件", "元のメッセ",
    "元メール", "オリジナル", "원본", "הודעה מקורית", "الأصلي", "الأساسي", "اصلی", "orixin",
    "orginal", "orgineel", "özgün", "orjinal", "courriel initial", "mesaj ini", "upprunaleg",
    "opphavleg", "jatorrizko", "origjinal", "шығыс", "бастапқы", "เดิม", "ต้นทาง", "ต้นฉบับ",
    "ორიგინალი",
)  # fmt: skip

# Clients' words for the letter below; «Исходные данные» is a writer's own heading.
_LETTER = (
    "message", "mail", "letter", "appointment", "сообщени", "письм", "писмо", "повідомленн",
    "лист", "паведамленн", "ліст", "съобщени", "nachricht", "courriel", "mensaje", "correo",
    "messaggio", "mensagem", "bericht", "meddelande", "meddelelse", "brev", "besked", "melding",
    "viesti", "wiadomość", "zpráva", "správa", "poruka",
    "sporočilo", "üzenet", "ileti", "mesaj", "μήνυμα", "kiri", "laišk", "vēstul", "ziņ", "pesan",
    "thư", "邮件", "郵件", "メッセ", "メール", "메시지", "메일", "הודעה", "رسالة", "پیام",
    "mensaxe", "missatge", "mesej", "mesazh", "məktub", "mezu", "skilabo", "pranešim", "порака",
    "порука", "хат", "訊息", "信件", "ข้อความ", "შეტყობინება", "orginalpost",
)  # fmt: skip
# QQ's, Libero's: a lone word, with the header fields below.
_BARE = ("original", "initial header", "原始邮件", "原邮件", "original header")
_COLONS = (":", "：")
_DRAWN = _DASHES + "#"
_AROUND = _DASHES + _MARKUP + "#:："
_MOST_WORDS = 3
_CERTAIN = "----"
_DRAWN_BEFORE = 3
_LONGEST_ASKED = 10
_LONGEST_MARKER = 60
_LONGEST_PLAIN = 60  # characters of a marker without dashes and colon
_OPENS = _DRAWN + "["
_LONGEST_REQUEST = 120  # «Чтобы ответить по электронной почте, пишите выше этой строки»

# Help desks ask to write above such a line.
_ABOVE = (
    *("above this line", "above line", "reply above", "выше этой", "над этой", "вище цієї"),
    *("над цим рядком", "над цією лінією", "oberhalb dieser", "über dieser", "über diese"),
    *(
        "au-dessus de cette",
        "au dessus de cette",
        "encima de esta",
        "por arriba de esta",
        "sopra questa",
    ),
    *("acima desta", "acima dessa", "boven deze", "powyżej te", "ovanför den", "over denne"),
    *("tämän rivin ylä", "tämän viivan ylä", "nad tímto", "nad tento", "nad týmto", "nad tuto"),
    *("bu satırın üst", "bu çizginin üst", "deasupra acest", "e sor fölé", "ezen sor fölé"),
    *("πάνω από αυτή", "над този ред", "iznad ove", "per sobre d'aquesta", "di atas baris ini"),
    *("trên dòng này", "此行上方", "此線上方", "此线上方", "此行之上", "この行より上"),
    *("この線より上", "이 줄 위", "이 선 위", "מעל שורה זו", "מעל קו זה"),
    *("فوق هذا السطر", "فوق هذا الخط"),
)

# Apple Mail writes its marker without dashes.
_APPLE_FORWARD = (
    *("begin forwarded message", "начало переадресованного сообщения"),
    *("начало пересылаемого сообщения", "начало пересланного сообщения"),
    *("початок переадресованого повідомлення", "початок пересланого повідомлення"),
    *("anfang der weitergeleiteten nachricht", "inicio del mensaje reenviado"),
    *("début du message réexpédié", "début du message transféré"),
    *("inizio messaggio inoltrato", "inizio del messaggio inoltrato"),
    *("início da mensagem reencaminhada", "início da mensagem encaminhada"),
    *("begin doorgestuurd bericht", "vidarebefordrat brev", "start på videresendt besked"),
    *("rozpoczęcie przekazywanej wiadomości", "下面是被转发的邮件", "開始轉寄郵件"),
    *("転送されたメッセージ", "전달된 메시지 시작"),
)


def marker(line: str) -> Marker | None:
    """Recognise a marker line: ``-----Original Message-----``, ``Begin forwarded message:``.

    ``line`` carries no quote marks. A marker that cuts the letter needs dashes on both sides; one
    before a forwarded letter, which is kept whole, needs them only in front. With few dashes or
    other characters it is ``perhaps`` a marker: the copied header, or the quotation, must stand
    below it.
    """
    if not line or len(line) > MAX_LINE:
        return None
    # A clear-signed text has "- " before a leading dash (RFC 9580 section 7.2).
    shown = (line[2:] if line.startswith("- -") else line).strip(_MARKUP)
    if len(shown) > _LONGEST_PLAIN and shown[0] not in _OPENS and shown[-1] not in _COLONS:
        return None  # a sentence, as most lines are
    words = shown.replace("&nbsp;", " ").strip(_AROUND)
    words = words.casefold().replace("’", "'")
    if not words or len(words) > _LONGEST_REQUEST:
        return None
    drawn = len(shown) >= 2 and shown[0] in _DRAWN and shown[1] in _DRAWN
    if drawn or (shown[0] == "[" and shown[-1] == "]"):
        all_drawn = shown[0] == "[" or not shown[:_DRAWN_BEFORE].strip(_DRAWN)
        if all_drawn and asks_above(words):
            return "above"
    if not (drawn or line.rstrip(_MARKUP).endswith(_COLONS) or words in _APPLE_FORWARD):
        return None
    if len(words) > _LONGEST_MARKER and not any(phrase in words for phrase in _ABOVE):
        return None
    if words in _APPLE_FORWARD or _is_forward_line(line, words):
        return "forward"
    return _drawn_marker(shown, words) if drawn else None


def _drawn_marker(shown: str, words: str) -> Marker | None:
    """Return which marker a line with dashes in front is; ``words`` are those between them."""
    if shown[0] != "#" and any(stem in words for stem in _FORWARD):
        return "forward"
    if shown[-1] not in _DRAWN or shown[-2] not in _DRAWN:
        return None
    if any(phrase in words for phrase in _ABOVE):
        return "above"
    if words in _BARE and shown[0] != "#":
        return "perhaps"
    if shown[0] == "#" or not _names_a_letter(words):
        return None
    return "original" if shown.startswith(_CERTAIN) and shown.endswith(_CERTAIN) else "perhaps"


def asks_above(line: str) -> bool:
    """Whether a line is only a help desk's request to write above it."""
    words = line.casefold()
    return len(words.split()) <= _LONGEST_ASKED and any(phrase in words for phrase in _ABOVE)


def names_letter(line: str) -> bool:
    """Whether a line says only ``Original message``, without dashes."""
    words = line.strip(_AROUND).casefold()
    return 0 < len(words) <= _LONGEST_MARKER and (words in _BARE or _names_a_letter(words))


def is_drawn(line: str) -> bool:
    """Whether a line is made of dashes of any kind, at least three."""
    if line[:1] not in _DASHES:
        return False
    shown = line.strip(_MARKUP)
    return len(shown) >= _DRAWN_BEFORE and not shown.strip(_DASHES)


def _is_forward_line(line: str, words: str) -> bool:
    """``Forwarded message:``, as Sparrow and others write it: a stem of each table, a colon."""
    if not line.rstrip(_MARKUP).endswith(_COLONS) or len(words.split()) > _MOST_WORDS:
        return False
    return words.startswith(_FORWARD) and any(m in words for m in _LETTER)


def _names_a_letter(words: str) -> bool:
    """``original message``, ``le message d'origine``: a stem of each table and little else."""
    few = len(words.replace("-", " ").split()) <= _MOST_WORDS
    return few and any(o in words for o in _ORIGINAL) and any(m in words for m in _LETTER)


def is_rule(line: str) -> bool:
    """Whether the line is only a drawn rule, as Outlook and Yandex put above quoted headers."""
    shown = line.strip(_MARKUP)
    return len(shown) >= 5 and not shown.strip(_DASHES)
