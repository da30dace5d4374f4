"""What a client writes by itself under a letter's words: «Отправлено с iPhone»."""

import re

from bridge.parse.reply.lines import plain

_LONGEST_TAIL = 140

_APPS = (
    r"iphon\w*|ipad\w*|ipod|айфон\w*|айпад\w*|android|андроид\w*|galaxy|samsung|huawei|honor|"
    r"xiaomi|redmi|realme|oneplus|nokia|lumia|xperia|motorola|blackberry|windows|outlook|gmail|yandex|"
    r"яндекс|mail\.ru|mymail|mail for|rambler|рамблер|смартфон\w*|телефона|планшета|"
    r"устройств[ао]?\b|мобильн\w*|приложения\b|почт[аеуы]\b(?! росси)|"
    r"handy|smartphone|mobile|phone|tablet|tableta|"
    r"gerät|device|telefon|"
    r"téléphone|teléfono|telefoon|móvil|mobiel|k-9|proton|spark|yahoo|aol|verizon|t-mobile|"
    r"\bios\b|at&t|bluemail|fairemail|thunderbird|mailspring|zoho|app\b"
)
_SENT_WITH = (
    r"sent (?:from|via|by|with|using)|отправлено (?:с|со|из|через|при помощи|от)|"
    r"послано (?:с|из)|написано (?:с|в)|создано в|надіслано (?:з|із|зі)|відправлено (?:з|із)|"
    r"адпраўлена (?:з|са)|(?:von .{0,30} )?gesendet (?:von|mit|aus|über)|envoyé (?:de|depuis|à "
    r"partir|avec|par)|enviado (?:desde|do|de|a partir|com|pelo)|inviato (?:da|dal|dall|con)|"
    r"verzonden (?:vanaf|met|van|vanuit|via)|verstuurd vanaf|skickat från|sendt fra|sent fra|"
    r"lähetetty|wysłan[eoy] z|odesláno z|odoslané z|poslano (?:z|iz)|küldve|elküldve|"
    r"trimis de pe|saadetud|išsiųsta|nosūtīts|dikirim dari|diese nachricht wurde|"
    r"this (?:message|email|e-mail) was sent from|(?:get|download|skaffa|télécharger|hol(?:en)? "
    r"sie sich|obtener|obter|scarica|hent|hämta|pobierz|получить|скачать|загрузить|"
    r"установить|скачайте|download) outlook"
)
_TAIL = re.compile(rf"^(?:{_SENT_WITH})\b.{{0,100}}?(?:{_APPS})", re.IGNORECASE)
_TAIL_REVERSED = re.compile(
    r"^(?:从我的.{1,20}发送|发自我的.{1,20}|.{1,20}から送信|나의 .{1,20}에서 보냄|.{1,20}에서 보냄|"
    r"von meinem .{1,40} gesendet|.{1,30}(?:gönderildi|lähetetty)|"
    r"(?:простите|извините) за краткость.{0,60}|please excuse (?:my brevity|.{0,20}typos).{0,40})$",
    re.IGNORECASE,
)
_EXCUSE = re.compile(
    r"[,.;] *(?:(?:so|и|поэтому) )?(?:please |пожалуйста, )?(?:excuse|forgive|pardon|sorry|"
    r"извините|простите|entschuldigen|pardonnez|disculpe|perdon).{0,80}$",
    re.IGNORECASE,
)
# A client speaks neither of days nor of what came of the sending; a writer does.
_TOLD = re.compile(
    r"(?<!\w)(?:не|но|и|а|что|чтобы|когда|если|был[аои]?|вчера|сегодня|утром|уже|ещё|еще|вам|вами|"
    r"мне|нам|not|but|and|when|yesterday|today|already|you|to us|nicht|aber|gestern|heute)(?!\w)|"
    r"\d{1,2}:\d{2}|\d{1,2}\.\d{2}\.\d{2}|(?:\d[ -]?){5}|№|"
    r"(?<!\w)(?:номер\w*|трек\w*|накладн\w*|заказ\w*|number|tracking|order|parcel)(?!\w)",
    re.IGNORECASE,
)
_SENT_FROM_MY = re.compile(r"^sent from (?:my|a) [^,.;:!?]{1,80}$", re.IGNORECASE)
_LINK = re.compile(r"\s*[<(\[]+(?:https?://|mailto:)[^<>()\[\]]{0,300}[>)\]]+")


def is_tail(line: str) -> bool:
    """Whether a line is a mobile client's tail that names the device or the program."""
    if len(line) > _LONGEST_TAIL * 3:
        return False
    shown = _LINK.sub("", plain(line)).strip("*_ ")
    if not shown or len(shown) > _LONGEST_TAIL:
        return False
    if _TAIL_REVERSED.match(shown):
        return True
    if not _TAIL.match(shown):
        return False
    told = _EXCUSE.sub("", shown)
    return not ("?" in told or ", " in told or _TOLD.search(told))


def is_last_tail(line: str) -> bool:
    """Whether the last line of all is a tail: ``Sent from my Wireless Phone`` is enough there."""
    if is_tail(line):
        return True
    if len(line) > _LONGEST_TAIL or _TOLD.search(line):
        return False
    return _SENT_FROM_MY.match(plain(line)) is not None and len(line.split()) <= 9
