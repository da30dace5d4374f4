"""The few header fields a client copies above the letter it answers (``От: … Тема: …``)."""

import re
from dataclasses import dataclass, field

from bridge.parse.reply.lines import Lines
from bridge.parse.reply.occasion import Occasion, first_words

# Languages in one order throughout: ru uk be bg, en de fr es it pt nl, sv da no fi,
# pl cs sk sl hr, hu tr ro el et lt lv id vi, zh ja ko he ar.
_NAMES = {
    "from": (
        "от|от кого|отправитель|від|від кого|ад|ад каго|подател|from|von|absender|de|expéditeur|"
        "remitente|da|mittente|van|afzender|från|avsender|avsändare|fra|afsender|lähettäjä|"
        "od|nadawca|odesílatel|odosielateľ|pošiljatelj|šalje|feladó|kimden|gönderen|de la|"
        "expeditor|από|saatja|kellelt|nuo|no|sūtītājs|dari|từ|发件人|寄件者|寄件人|差出人|送信者|送信元|"
        "보낸 사람|보낸사람|보낸이|"
        "발신|발신자|מאת|من|จาก|از|فرستنده|шаље|пошиљалац|кімнен|frá|enviat per|од|nga|kimdən|"
        "daripada|odesilatel|відправник|siuntėjas|nork|प्रेषक|გამომგზავნი|mula sa|"
        "remitent|pengirim|keneltä|gönderici|发送人|発信者|المرسل|مِن|ผู้ส่ง|frå|gửi từ|kimdan"
    ),
    "date": (
        "отправлено|отправленные|послано|получено|дата|дата отправки|дата и время|время|"
        "надіслано|відправлено|адпраўлена|изпратено|"
        "sent|date|sent at|gesendet|gesendet am|datum|envoyé|envoyé le|date d'envoi|enviado|"
        "enviado el|fecha|inviato|inviata|data invio|enviada em|enviado em|enviada|data|verzonden|"
        "skickat|sendt|dato|lähetetty|päiväys|wysłano|wysłane|data wysłania|odesláno|odoslané|"
        "dátum|poslano|elküldve|küldve|gönderildi|gönderilme|gönderim tarihi|gönderme tarihi|tarih|"
        "trimis|trimis la|ημερομηνία|στάλθηκε|saadetud|kuupäev|išsiųsta|nosūtīts|datums|dikirim|"
        "tanggal|đã gửi|ngày|发送时间|发送日期|發送時間|日期|时间|寄件日期|已傳送|"
        "傳送日期|傳送時間|send time|"
        "αποστολή|изпратено на|дата/время|date/time|data e ora|تاریخ|วันที่|送信日時|日時|日付|"
        "보낸 날짜|보낸날짜|보낸 시간|날짜|נשלח|תאריך|تاريخ|تاريخ الإرسال|تم الإرسال|أرسل|"
        "ارسال شده|ส่ง|gönderilen|terkirim|послато|испратено|жіберілді|күні|dagsetning|sent on|"
        "date sent|التاريخ|ส่งเมื่อ|dihantar|tarikh|poslato|жіберілген уақыты|päivämäärä|enviado o|"
        "enviat|enviat el|bidalia|dërguar|göndərildi|भेजा गया|გაგზავნილია|ipinadala|saatmisaeg|"
        "enviados|enviadas|inviato il|išsiųsta|送信日|送信済み|보낸 편지함|寄送日期|寄件備份|"
        "寄件備份箱|已发送邮件箱|gönderilenler|tarix|датум|pvm|bidalita|المُرسل|ส่งแล้ว|dërguar më"
    ),
    "to": (
        "кому|получатель|получатели|каму|до|to|an|empfänger|à|pour|para|a|per|destinatario|aan|"
        "till|til|vastaanottaja|do|komu|pro|za|prima|címzett|kime|alıcı|către|catre|προς|"
        "saaja|adressaat|kellele|kam|kepada|đến|收件人|收件者|宛先|받는 사람|받는사람|받은 사람|"
        "수신|אל|إلى|ถึง|به|گیرنده|прима|примач|кімге|za|per a|nori|прималац|adresat|odbiorca|"
        "příjemce|destinataire|destinataires|destinatari|одержувач|одержувачі|gavėjas|kimə|"
        "प्रति|ადრესატი|kay|për|mottaker|mottagare|modtager|ontvanger|penerima|"
        "kenelle|destinatar|người nhận|المستقبل|ผู้รับ|发送至|kimga|tới"
    ),
    "cc": (
        "копия|копии|скрытая копия|копія|cc|bcc|kopie|cci|copia|cópia|con copia|kopia|kopi|"
        "kopio|dw|kópia|másolatot kap|másolat|bilgi|κοιν|抄送|副本|密送|参照|참조|עותק"
    ),
    "subject": (
        "тема|subject|betreff|objet|sujet|asunto|oggetto|assunto|onderwerp|ämne|emne|aihe|"
        "temat|předmět|predmet|zadeva|tárgy|konu|subiect|θέμα|teema|tema|perihal|subyek|chủ đề|"
        "subjek|тақырыбы|предмет|assumpte|efni|gaia|тэма|tēma|temats|mövzu|subjekti|paksa|विषय|თემა|"
        "naslov|наслов|judul|otsikko|tiêu đề|หัวข้อ|perkara|subjekt|pealkiri|"
        "主题|主 题|主　题|主題|主旨|件名|標題|относно|เรื่อง|موضوع|제목|נושא|الموضوع"
    ),
    "other": (
        "ответить|важность|приоритет|вложения|организация|reply-to|reply to|importance|priority|"
        "organization|attachments|sensitivity|message-id|antwort an|wichtigkeit|anlagen|"
        "categories|категории|flag status|when|where|когда|где|location|место|"
        "pièces jointes|importancia|datos adjuntos|importância|anexos|risposta|rispondi a|"
        "allegati|priorità|prioriteit|bijlagen|prioritet|bilagor|załączniki|ważność|přílohy|"
        "répondre à|responder a|responder para|antworten an|antwoorden aan|beantwoorden aan|"
        "svar til|svara till|odpowiedz do|odpovědět na|yanıt adresi|ответ на|кому ответить|"
        "відповісти|回复|回复至|回覆|返信先|답장"
    ),
}
_FIELD = {name.casefold(): field for field, names in _NAMES.items() for name in names.split("|")}

# A client copies none of these; a letter that shows them was pasted as it came, by hand.
_RAW = ("x-", "mime-version", "content-", "received:", "return-path", "delivered-to", "list-")

# A client copies an address, or beside the subject an hour or "sent"; a form or a way-bill of the
# writer's own («От: Москва», «До: Казань») does not.
_TIMED = re.compile(
    r"(?<![\d.])\d{1,2}[:.]\d{2}(?!\d|\.\d)|^[*_]*(?:sent|отправлен|надіслано|відправлено|gesendet|"
    r"envoyé|enviad|inviat|verzonden|skickat|sendt|lähetetty|wysłan|odeslán|odoslan|poslan|küldve)",
    re.IGNORECASE,
)

# A day as programs write it, to the second and with its zone: no writer does.
_BY_A_PROGRAM = re.compile(r"\d{1,2}:\d{2}:\d{2} (?:GMT|UTC)?[+-]\d{2}:?\d{2}(?!\d)")

# A line of the writer's own form, «Телефон: …», which no client copies.
_OWN_FIELD = re.compile(r"[*_]*[^\W\d_][\w /.№-]{1,30}[*_]*\s?[:：](?!//)(?:\s|$)")

_MAX_NAME = max(map(len, _FIELD)) + 4
_MARKUP = "*_ \t"
_RULE = ("-----", "_____")
_MAX_BLOCK = 40
_MAX_FOLDED = 4


@dataclass(slots=True)
class CopiedHeader:
    """A block of copied fields: the line after it, and what stands in ``from``, ``date`` …"""

    end: int
    values: dict[str, str] = field(default_factory=dict)

    def is_pasted(self, occasion: Occasion, framed: bool) -> bool:
        """Whether it shows a letter of somebody who takes no part, about something else.

        ``framed``: a client's rule or marker stands right above. In a letter by whose subject a
        client answered this is the client's doing, whoever is named: mailboxes have many names.
        """
        if occasion.replies and (framed or self._is_ruled_off(occasion)):
            return False
        if "subject" in self.values and occasion.is_of_subject(self.values["subject"]):
            return False
        return occasion.is_stranger(self.values.get("from", ""))

    def _is_ruled_off(self, occasion: Occasion) -> bool:
        return bool(occasion.ruled_off) and first_words(self.values.get("from", "")) in (
            occasion.ruled_off
        )


def field_of(line: str) -> str | None:
    """Tell which header a bare line holds (``*Sent:* …`` is ``date``), or ``None``."""
    if line.startswith(_RULE):
        line = line.lstrip("-_")  # some webmail leaves no line end after the rule
    name, colon, _ = line[:_MAX_NAME].replace("：", ":").partition(":")
    if not colon:
        return None
    return _FIELD.get(name.strip(_MARKUP).casefold().replace("’", "'"))


def header_at(lines: Lines, start: int, announced: bool = False) -> CopiedHeader | None:
    """The header block that begins at ``start``, or ``None`` if there is none.

    A block names three of writer, date, addressee and subject, among them an address or an hour;
    one that a marker has ``announced``, or whose date a program wrote, only two of them; one that
    begins with addressee or subject all four. A value may be folded over a few lines, and one
    blank line may stand between two fields (HTML paragraphs).
    """
    if start and not announced and not lines.blank(start - 1):
        above = lines.bare(start - 1)
        if _is_raw(above) or field_of(above):
            return None
    found = CopiedHeader(start)
    addressed, timed, folded, i = announced, False, 0, start
    fewest = 2 if announced else 3
    if not announced and field_of(lines.bare(start)) in ("to", "subject"):
        fewest = 4
    limit = min(len(lines), start + _MAX_BLOCK)
    while i < limit:
        i = lines.following[i]
        if i >= limit or lines.quoted[i] != lines.quoted[start]:
            break
        line = lines.bare(i)
        named = field_of(line)
        if named is None:
            if _is_raw(line):
                return None
            folded += 1
            if folded > _MAX_FOLDED or (i > start and lines.blank(i - 1)):
                break
            if _is_between(lines, i, line):
                i += 1
                continue
            if _OWN_FIELD.match(line) and not announced:
                if not addressed:  # a form: «Дата: …», «Тема: …», «Сообщение: …»
                    return None
                break
        else:
            _take(found, named, line)
            found.end, folded = i + 1, 0
        addressed = addressed or "@" in line
        timed = timed or _TIMED.search(line) is not None
        if fewest == 3 and named and _BY_A_PROGRAM.search(line):
            fewest = 2
        i += 1
        if i < limit and lines.blank(i) and lines.following[i] - i > 2:
            break
    told = len(found.values.keys() & {"from", "date", "to", "subject"})
    shown = addressed or (timed and "subject" in found.values)
    return found if shown and told >= fewest else None


def _is_between(lines: Lines, i: int, line: str) -> bool:
    """Whether a field of a name that nobody knows, with an address, stands above a known one."""
    if "@" not in line or not _OWN_FIELD.match(line):
        return False
    below = lines.following[i + 1]
    return below < len(lines) and below - i <= 2 and field_of(lines.bare(below)) is not None


def _take(found: CopiedHeader, named: str, line: str) -> None:
    found.values.setdefault(named, line.replace("：", ":").partition(":")[2].strip())
    for other in fields_on_one_line(line):
        found.values.setdefault(other, "")


def _is_raw(line: str) -> bool:
    return line[:20].casefold().startswith(_RAW) and ":" in line[:40]


def fields_on_one_line(line: str) -> set[str]:
    """The fields of a block that lost its line breaks: ``From: … Sent: … To: … Subject: …``."""
    names = (word[:-1].casefold() for word in line.split() if word.endswith(":"))
    return {_FIELD[name] for name in names if name in _FIELD}
