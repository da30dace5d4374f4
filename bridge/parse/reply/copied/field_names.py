"""The names of the header fields that clients copy, in the languages they speak."""

# The order of languages is the same throughout: ru uk be bg, en de fr es it pt nl, sv da no fi, pl
# cs sk sl hr, hu tr ro el et lt lv id vi, zh ja ko he ar.
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
        "sent|date|sent at|gesendet|gesendet am|datum|envoyé|envoyé le|date d'envoi|"
        "enviado|"
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

_MAX_NAME = max(map(len, _FIELD)) + 4
_MARKUP = "*_ \t"
_RULE = ("-----", "_____")


def field_of(line: str) -> str | None:
    """Return which header a bare line holds (``*Sent:* …`` is ``date``), or ``None``."""
    if line.startswith(_RULE):
        line = line.lstrip("-_")  # some webmail leaves no line end after the rule
    name, colon, _ = line[:_MAX_NAME].replace("：", ":").partition(":")
    if not colon:
        return None
    return _FIELD.get(name.strip(_MARKUP).casefold().replace("’", "'"))


def fields_on_one_line(line: str) -> set[str]:
    """The fields of a block that lost its line breaks: ``From: … Sent: … To: … Subject: …``."""
    names = (word[:-1].casefold() for word in line.split() if word.endswith(":"))
    return {_FIELD[name] for name in names if name in _FIELD}
