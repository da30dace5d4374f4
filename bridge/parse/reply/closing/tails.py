"""What a mail client adds under a letter's words: «Отправлено с iPhone»."""

import re
from functools import lru_cache

from bridge.parse.reply.lines import plain

_LONGEST_TAIL = 140
_MOST_WORDS = 9

_APPS = (
    r"iphon\w*|ipad\w*|ipod|айфон\w*|айпад\w*|android|андроид\w*|galaxy|samsung|huawei|honor|"
    r"xiaomi|redmi|realme|oneplus|nokia|lumia|xperia|motorola|blackberry|windows|outlook|gmail|yandex|"
    r"яндекс|mail\.ru|mymail|mail for|rambler|рамблер|смартфон\w*|телефона|планшета|"
    r"устройств[ао]?\b|мобильн\w*|приложения\b|почты (?:mail|для)\b|приложения почта|"
    r"handy|smartphone|mobile|phone|tablet|tableta|"
    r"gerät|device|telefon|"
    r"téléphone|teléfono|telefoon|móvil|mobiel|k-9|proton|spark|yahoo|aol|verizon|t-mobile|"
    r"\bios\b|at&t|bluemail|fairemail|thunderbird|mailspring|zoho|app\b|"
    r"fairemail|e-post för|correo seguro de|libero mail|virgilio mail|wp poczta|onet poczta|"
    r"email\.cz|application (?:mail )?(?:orange|sfr|free)|mobiln\w{1,3} aplik|почты мтс|"
    r"corespondență pentru|мойофис|мобільн\w*|пристро\w*|ukr\.net|"
    r"aqua ?mail|workmail|aplikacji poczta|mobilního|l.application mail"
)
_SENT_WITH = (
    r"sent (?:from|via|by|with|using)|отправлено (?:с помощью|с|со|из|через|при помощи|от)|"
    r"послано (?:с|из)|написано (?:с|в)|создано в|надіслано (?:з|із|зі)|відправлено (?:з|із)|"
    r"адпраўлена (?:з|са)|(?:von .{0,30} )?gesendet (?:von|mit|aus|über)|envoyé (?:de|depuis|à "
    r"partir|avec|par)|enviado (?:desde|del?|do|a partir|com|con|pelo)|inviato (?:da|dal|dall|con)|"
    r"verzonden (?:vanaf|met|van|vanuit|via)|verstuurd vanaf|skickat från|sendt fra|sent fra|"
    r"lähetetty (?=windowsin|outlook|galaxy|iphone|ipad|samsung|android|huawei|nokia)|"
    r"wysłan[eoy] z|odeslán[oa] ze?|odoslané z|posla[nt][oé] (?:z|iz|sa?)|"
    r"(?:el)?küldve az? (?=iphone|ipad|galaxy|android|outlook)|"
    r"trimis (?:de pe|din)|saadetud minu|išsiųsta iš|nosūtīts no|dikirim dari|"
    r"diese nachricht wurde|ارسال شده از|skickades från|simple gesendet mit|"
    r"изпратено от|στάλθηκε από|αποστολή από|enviat des|(?:được |đã )?gửi từ|"
    r"this (?:message|email|e-mail) was sent from"
)
_TAIL = re.compile(rf"^(?:{_SENT_WITH})\b.{{0,100}}?(?:{_APPS})", re.IGNORECASE)
_DEVICE = (
    r"(?:iphone|ipad|ipod|galaxy|samsung|android|huawei|honor|xiaomi|redmi|oppo|vivo|pixel|nokia|"
    r"outlook|handy|gerät|mobil|smartphone|tablet|telefon|cihaz|手机|手機|平板|小米|华为|三星|荣耀|大师|"
    r"スマート|휴대|갤럭시|스마트|אייפון|אנדרואיד|נייד|هاتف|جوال)"
)
_TAIL_REVERSED = re.compile(
    rf"(?:从|從)我的.{{0,10}}{_DEVICE}.{{0,10}}(?:发送|傳送)|"
    rf"(?:发|發|来|來)自.{{0,8}}{_DEVICE}.{{0,12}}|从 ?windows ?版邮件发送|"
    rf".{{0,10}}{_DEVICE}.{{0,10}}(?:から送信|에서 보냄)|windows 版のメールから送信|"
    rf"从 ?windows 的邮件发送|從 ?windows 的郵件傳送|发送自 ?windows (?:\d+ )?版邮件应用|"
    rf"windows용 메일에서 보냄|küldve a windows posta alkalmazásból|"
    rf"von (?:meinem|yahoo mail auf) .{{0,20}}{_DEVICE}.{{0,20}} gesendet|"
    rf"télécharger l.application (?:orange|sfr) mail|get the new aol app: mail\.mobile\.aol\.com|"
    r"von unterwegs gesendet|gesendet von unterwegs|"
    rf".{{0,15}}{_DEVICE}.{{0,15}}(?:gönderildi|lähetetty|küldve)|"
    r"windows için posta ile gönderildi|"
    rf"(?:נשלח מ|(?:أُ?رسلت|مرسل|تم الإرسال) من ).{{0,10}}{_DEVICE}.{{0,15}}|"
    rf"ส่งจาก ?{_DEVICE}.{{0,20}}|provenance ?: courrier pour windows|"
    r"(?:простите|извините) за краткость.{0,60}|please excuse (?:my brevity|.{0,20}typos).{0,40}",
    re.IGNORECASE,
)
# «Get Outlook for iOS»: a verb, the program, the device; nothing else stands on the line.
_FETCH = (
    r"get|download|obten(?:ir|ez|er|ha)|obtén|obter(?: o)?|baix(?:e|ar)(?: o)?|ottieni|scarica|"
    r"hämta|skaffa|skaff deg|få|hent|hanki|(?:pobierz|uzyskaj)(?: aplikację)?|"
    r"získ(?:at|ejte|ajte)|stáhn(?:out|ěte)|holen sie sich|hol dir|télécharger|descargar|"
    r"отримати|завантажити|получить|получите|скачать|скачайте|установить|"
    r"установите|загрузить|obțineți|קבל את|הורד(?: את)?|احصل على|الحصول على|تنزيل|"
    r"pobierz program|získať|stiahnuť|descarregueu|obteniu|λήψη του|αποκτήστε το|รับ|ดาวน์โหลด|"
    r"tải|nhận|dapatkan|unduh|preuzmite|nabavite|изтеглете|вземете"
)
_FOR = (
    r"for|für|pour|para|per|voor|för|til|dla(?: systemu)?|pro|pre|для|pentru|עבור|لـ?|on|på|"
    r"per a|για|สำหรับ|cho|untuk|za|за"
)
_SYSTEM = r"(?:android|ios|iphone|ipad|mac|windows|mobile|андроид)\w{0,10}"
_PROGRAM = r"(?:outlook|bluemail|typeapp|proton mail|aqua ?mail)"
_FETCHED = re.compile(
    rf"(?:{_FETCH}) {_PROGRAM} (?:{_FOR}) ?{_SYSTEM}|"
    rf"{_PROGRAM} (?:{_FOR}) {_SYSTEM} "
    rf"(?:herunterladen|downloaden|laden|holen|beziehen|abrufen|ophalen|ontvangen|"
    rf"を入手(?:する)?|入手|をダウンロード|다운로드|가져오기)|"
    rf"hanki {_PROGRAM} {_SYSTEM}:lle|az {_PROGRAM} letöltése {_SYSTEM}-\w{{2,3}}|"
    rf"{_PROGRAM} beszerzése {_SYSTEM}-\w{{2,3}}|取得 {_SYSTEM} 版 {_PROGRAM}|"
    rf"{_SYSTEM} için {_PROGRAM}\S{{0,4}} (?:uygulama\S+ )?(?:edinin|alın|indirin|gönderildi)|"
    rf"(?:获取|取得|下载|下載) ?{_PROGRAM} (?:{_FOR}) {_SYSTEM}|"
    rf"{_SYSTEM}용 {_PROGRAM} (?:다운로드|가져오기)",
    re.IGNORECASE,
)
# Programs whose names are ordinary words: only the name may stand there.
_NAMED = re.compile(
    r"(?:(?:sent|отправлено|gesendet|envoyé|enviado|inviato|verzonden) "
    r"(?:from|via|with|using|из|через|с помощью|mit|von|avec|desde|com|con|da|met|vanuit)) "
    r"(?:the |my )?(?:superhuman|airmail|mailbird|newton|edison|nine|fastmail|hey|front|missive|"
    r"shift|canary|tuta(?:nota)?|(?:workspace one )?boxer|em client|ymail|mimestream|vk workmail|"
    r"notion mail|postbox|polymail|twobird|mailbox)(?: mail)?(?: (?:for |on |для |на |für |pour )?"
    r"(?:ios|android|iphone|ipad|mac|windows|mobile))?(?: ?[(|].{0,60})?\W?|"
    r"yahoo mail: search, organi[sz]e, conquer|"
    r"sent from protonmail, encrypted email based in switzerland\W?|"
    r"sent from mailspring, (?:the best free|the extensible)[\w ,-]{1,60}|使用 ?zoho mail ?发送|"
    r"(?:securely )?sent with tuta(?:nota)?[;.] (?:enjoy|get your) .{1,60}",
    re.IGNORECASE,
)
# A device alone, as people set it: «From my iPhone 6».
_FROM_MY = re.compile(
    rf"from (?:my|a) (?:{_DEVICE}|phone|mobile|blackberry)"
    r"(?: (?:phone|mobile|device|mini|pro|\w?\d{1,3}\w?)){0,3}",
    re.IGNORECASE,
)
_EXCUSE = re.compile(
    r"[,.;] *(?:(?:so|и|поэтому) )?(?:please |пожалуйста, |por favor, )?(?:excuse|"
    r"forgive|pardon|sorry|извините|простите|entschuldigen|pardonnez|disculp[ae]|perdon).{0,80}$",
    re.IGNORECASE,
)
# A client mentions neither days nor the outcome of the sending; a writer does.
_TOLD = re.compile(
    r"(?<!\w)(?:не|но|и|а|что|чтобы|когда|если|был[аои]?|вчера|сегодня|утром|уже|ещё|еще|вам|вами|"
    r"мне|нам|not|but|and|when|yesterday|today|already|you|to us|nicht|aber|gestern|heute)(?!\w)|"
    r"\d{1,2}:\d{2}|\d{1,2}\.\d{2}\.\d{2}|(?:\d[ -]?){5}|№|"
    r"(?<!\w)(?:номер\w*|трек\w*|накладн\w*|заказ\w*|number|tracking|order|parcel)(?!\w)",
    re.IGNORECASE,
)
_SENT_FROM_MY = re.compile(r"^sent from (?:my|a) [^,.;:!?]{1,80}$", re.IGNORECASE)
# What a virus scanner adds, and the page of it below.
_CHECKED = re.compile(
    r"(?:(?:this|diese|cet|ce|este|questa?|это|це|dit|deze) (?:e-?mail|message|nachricht|courriel|"
    r"mensaje|correo|mensagem|messaggio|письмо|сообщение|повідомлення|bericht)(?: \w{1,20}){0,5}? "
    r"(?=.*(?:checked|scanned|geprüft|проверен|перевірен|vérifié|analizad|verificad|controllat|"
    r"gecontroleerd))(?=.*(?:vir(?:us|en)|вирус|вірус)).{0,80}?|"
    r"(?:virus-free|без вирусов|без вірусів|virenfrei|libre de virus|sans virus|wolny od wirusów|"
    r"privo di virus|livre de vírus)\W{1,3}(?:https?://)?(?:www\.)?)"
    r"(?:avast|avg|dr\.?web|eset|nod32|norton|mcafee|kaspersky|касперск\w+)[\w .-]{0,40}",
    re.IGNORECASE,
)
# Cheap first test on a lower-cased line: it must hold one of these words of the patterns.
_IN_REVERSED = ("gesendet", "aol", "provenance", "excuse")
_BEYOND_ASCII = ("gönder", "lähet", "küld", "télécharger", "простите", "извините", *_IN_REVERSED)
_OF_OTHERS = re.compile("[\u0590-\u06ff\u0e00-\u0e7f\u1100-\u11ff\u2e80-\u9fff\uac00-\ud7af]")
_BEGINS_TAIL = frozenset({  # the first three letters
    *("sen", "thi", "sim", "отп", "пос", "нап", "соз", "над", "від", "адп", "изп", "von", "ges"),
    *("die", "env", "inv", "ver", "ski", "läh", "wys", "ode", "odo", "pos", "elk", "kül", "tri"),
    *("saa", "išs", "nos", "dik", "ارس", "στά", "απο", "đượ", "đã ", "gửi"),
})  # fmt: skip
_GUARDS = ("avast", "avg", "web", "eset", "nod32", "norton", "mcafee", "kaspersky", "касперск")
_IN_FETCHED = ("mail", "outlook", "typeapp")
_BEGINS_NAMED = (
    *("sent", "securely", "yahoo", "отправлено", "gesendet", "envoyé", "enviado", "inviato"),
    *("verzonden", "使用"),
)
_IN_BRACKETS = re.compile(r"[(<\[«]{1,3}([^()<>\[\]«»]{8,})[)>\]»]{1,3}")
_LINK = re.compile(r"\s*[<(\[]+(?:https?://|mailto:)[^<>()\[\]]{0,300}[>)\]]+")


# AquaMail writes its own page below its tail.
_OF_PROGRAM = re.compile(
    r"<#DAB4FAD8-2DD7-40BB-A1B8-4E2AA1F9FDF2>|"  # Avast's, in every letter
    r"<?(?:https?://)?(?:www\.)?(?:mobisystems\.com/aqua-?mail|aqua-mail\.com|bluemail\.me|typeapp\.com|"
    r"avast\.com|avg\.com|sparkmailapp\.com|getmailbird\.com|getmailspring\.com|mymail\.my\.com)[/\w-]{0,40}(?:\?[^\s<>]{0,300})?>?",
    re.IGNORECASE,
)


def is_page_of_program(line: str) -> bool:
    """Whether a line is nothing but the address of a mail program's own page."""
    if not ("." in line or "#" in line):
        return False
    if line.isascii() and " " in line.strip():  # as nearly all lines are
        return False
    return _OF_PROGRAM.fullmatch(plain(line)) is not None


@lru_cache(maxsize=128)  # a letter's last lines are tested again and again
def is_tail(line: str) -> bool:
    """Whether a line is a mobile client's tail that names the device or the program."""
    if len(line) > _LONGEST_TAIL * 3:
        return False
    shown = plain(line)
    if "<" in shown or "(" in shown or "[" in shown:
        shown = _LINK.sub("", shown)
    shown = shown.strip("*_ ")
    if not shown or len(shown) > _LONGEST_TAIL:
        return False
    shown = _without_brackets(shown)
    if _is_alone(shown.rstrip(".!")):
        return True
    small = shown.lower()
    if not (
        (small[:3] in _BEGINS_TAIL and _TAIL.match(shown))
        or (_holds(small, _GUARDS) and _CHECKED.fullmatch(shown))
    ):
        return False
    told = _EXCUSE.sub("", shown).replace("Verizon, ", "").replace(", an AT&T ", " ")
    return not ("?" in told or ", " in told or _TOLD.search(told))


def _is_alone(shown: str) -> bool:
    """Whether a line is only what one of the programs writes."""
    small = shown.lower()
    return bool(
        (_may_be_reversed(small) and _TAIL_REVERSED.fullmatch(shown))
        or (_holds(small, _IN_FETCHED) and _FETCHED.fullmatch(shown))
        or (small.startswith(_BEGINS_NAMED) and _NAMED.fullmatch(shown))
        or (small.startswith("from ") and _FROM_MY.fullmatch(shown))
    )


def _may_be_reversed(small: str) -> bool:
    if small.isascii():
        return _holds(small, _IN_REVERSED)
    return _OF_OTHERS.search(small) is not None or _holds(small, _BEYOND_ASCII)


def _holds(small: str, words: tuple[str, ...]) -> bool:
    return any(map(small.__contains__, words))


def is_last_tail(line: str) -> bool:
    """Whether the last line of all is a tail: ``Sent from my Wireless Phone`` is enough there."""
    if is_tail(line):
        return True
    if len(line) > _LONGEST_TAIL:
        return False
    shown = _without_brackets(plain(line))
    if _SENT_FROM_MY.match(shown) is None or len(shown.split()) > _MOST_WORDS:
        return False
    return _TOLD.search(line) is None


def _without_brackets(shown: str) -> str:
    """``(sent from a phone)``, ``<<Sent by Galaxy>>``: the text between the brackets."""
    bracketed = _IN_BRACKETS.fullmatch(shown)
    return bracketed[1].strip() if bracketed else shown
