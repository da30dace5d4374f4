"""How mail systems word a bounce, as data: subject, opening, start of the returned letter.

The systems are named beside their wordings, in the languages that they send.
"""

import re
from typing import Final

SUBJECT: Final = re.compile(
    r"^\W*(?:"
    # Sendmail, Postfix, qmail, Exim, Exchange, Google, Yahoo, Courier, Domino, PowerMTA, Zoho …
    r"undeliver(?:ed|able)\b|non[-\s]?deliver(?:y|able)\b|returned\s+mail\b|return(?:ed)?\s+to\s+sender|"
    r"failure\s+(?:notice|delivery)|failed\s+(?:delivery|mail)|mail\s+(?:failed|failure)|"
    r"(?:e-?)?mail\s+delivery\s+(?:failed|failure|status|system|subsystem|error|problem|delay)|"
    r"(?:e-?)?mail\s+(?:could\s+not\s+be\s+delivered|system\s+error)|"
    r"(?:message|mail)\s+(?:not\s+delivered|undeliver|delivery\s+(?:has\s+)?fail|bounced|rejected|blocked)|"
    r"(?:(?:permanent|temporary)\s+)?delivery\s+(?:status\b|failure|failed|has\s+failed|notification|report|error|problem|delay|"
    r"unsuccessful|incomplete)|postmaster\s+notify|warning:\s+(?:message|could\s+not\s+send)|"
    r"delayed\s+mail|could\s+not\s+deliver|unable\s+to\s+deliver|notice:\s+mail\s+delivery|"
    r"(?:ignored\s+)?not\s+member\s+article\s+from|"  # fml
    r"sorry,\s+your\s+(?:message|mail)\s+could\s+not|"  # Facebook
    r"there\s+was\s+an\s+error\s+sending\s+your\s+mail|"
    r"rejected:|bounce\]|bounce\s+(?:notification|message)|email\s+bounce|loop\s+alert|"
    r"message\s+you\s+sent\s+(?:was\s+)?blocked|you\s+sent\s+.{0,40}blocked|\[postmaster\]\s+email\s+deliv|"
    # Mail.ru, Yandex, Exchange in Russian and Ukrainian
    r"ваше\s+(?:сообщение|письмо)\s+не\s+(?:было\s+)?доставлено|недоставлен|не\s*доставлен[оа]\b|"
    r"(?:письмо|сообщение)\s+не\s+(?:было\s+|может\s+быть\s+)?доставлено|"
    r"не\s+уда(?:лось|[её]тся)\s+доставить|(?:ошибка|сбой)\s+(?:при\s+)?доставк|"
    r"невозможно\s+доставить|(?:уведомление|отч[её]т)\s+о\s+(?:не)?доставке|невдала\s+доставка|"
    r"(?:доставка|отправка)\s+задерж|"
    # Exchange and Outlook in other languages
    r"unzustellbar|nicht\s+zustellbar|zustellung\s+fehlgeschlagen|non\s+remis|non\s+remise|"
    r"no\s+se\s+puede\s+entregar|no\s+entregado|non\s+recapitabil|mancato\s+recapito|"
    r"não\s+(?:foi\s+)?entregue|não\s+é\s+possível\s+entregar|niet\s+te\s+bezorgen|onbestelbaar|"
    r"ei\s+voi(?:tu)?\s+toimittaa|(?:nem\s+)?kézbesíthet(?:ő|etlen)|לא\s+ניתן\s+למסור|تعذر\s+تسليم|"
    r"μη\s+παραδοτέο|iletilemedi|메일\s+발송\s+실패|전송\s+실패|"
    r"kan\s+inte\s+levereras|kan\s+ikke\s+leveres|uleverbar|nie\s+można\s+dostarczyć|"
    r"niedostarczon|nedoručiteln|teslim\s+edilemedi|配信不能|(?:メッセージを)?配信できません|メール.{0,20}エラー|配送不能|無法傳遞|无法送达|退信|"
    r"系统退信|배달되지"
    r")",
    re.IGNORECASE,
)

OPENING: Final = re.compile(
    r"(?:"
    r"this\s+is\s+the\s+qmail-send\s+program|"  # qmail
    r"this\s+is\s+the\s+james\s+mail\s+server|"  # Apache James
    r"you\b.{0,80}\bare\s+not\s+(?:a\s+)?member|"  # fml
    r"had\s+(?:permanent|temporary)\s+(?:non-)?fatal\s+delivery\s+errors|"  # MDaemon
    r"created\s+automatically\s+by\s+(?:mail\s+delivery|the\s+smtp\s+relay|the\s+mail)|"  # Exim
    r"this\s+is\s+the\s+(?:mail\s+system|postfix|mail\s+delivery\s+agent|mailer-daemon|"
    r"dragonfly\s+mail)|"  # Postfix, MessageLabs, OpenSMTPD, DragonFly
    r"automatically\s+generated\s+delivery\s+status|"  # Exchange 2000, Google
    r"(?:message|mail|e-?mail)\b.{0,80}?\b(?:could\s+not|cannot|couldn't|can't|was\s+not|has\s+not|"
    r"wasn't|not\s+yet)\s+(?:yet\s+)?be(?:en)?\s+(?:delivered|sent)|"
    r"(?:could\s+not|cannot|couldn't)\s+be\s+delivered|(?:was|were)\s+not\s+delivered|"
    r"(?:unable|able)\s+to\s+deliver\s+(?:your\s+|the\s+|this\s+)?(?:message|mail|e-?mail|following)|"
    r"(?:was|were|are)\s+unable\s+to\s+deliver|wasn't\s+able\s+to\s+deliver|"
    r"trouble\s+delivering|error\s+(?:was\s+detected\s+while|(?:occurred\s+)?(?:while|when)\s+trying\s+to|"
    r"has\s+occurred\s+while\s+attempting\s+to)\s+(?:process|deliver)|error\s+delivering\s+your|"
    r"delivery\s+(?:to\s+the\s+following|to\s+these|has\s+failed|failed)|"
    r"did\s+not\s+reach\s+the\s+following|undeliverable\b|"
    r"addresses\s+had\s+(?:permanent|transient|delivery)|transcript\s+of\s+session|"
    r"recipients\s+(?:was|were)\s+(?:rejected|affected)|failed\s+addresses\s+follow|"
    r"(?:message|mail|e-?mail)\b.{0,60}?\b(?:was|has\s+been|is)\s+(?:rejected|blocked|returned|bounced)|"
    r"group\s+you\s+tried\s+to\s+contact|duplicated\s+message-id|loop\s+alert|"
    r"failure\s+reasons|groups\.google\.com/support|"
    # Yandex, Mail.ru, Exchange and others in Russian and Ukrainian
    r"отправлено\s+почтовым\s+сервером\s+yandex|создано\s+автоматически\s+сервером|"
    r"(?:не\s+может|не\s+могут|не\s+могло|не\s+смогло)\s+быть\s+доставлен|"
    r"(?:письмо|сообщение|почта)\b.{0,80}?\bне\s+(?:было\s+|были\s+)?доставлен|"
    r"не\s+уда(?:лось|[её]тся)\s+(?:выполнить\s+)?достав|доставк.{0,60}?\bне\s+(?:выполнена|удалась)|"
    r"(?:ошибка|сбой)\s+(?:при\s+)?доставк|невозможно\s+доставить|не\s+смогли\s+доставить|"
    r"не\s+вдалося\s+доставити|"
    # Exchange in other languages, 1&1, OCN
    r"konnte\s+nicht\s+(?:zugestellt|übermittelt)|nicht\s+zugestellt\s+werden|"
    r"n['’]a\s+pas\s+pu\s+être\s+(?:remis|délivré)|échec\s+de\s+la\s+remise|"
    r"no\s+se\s+(?:ha\s+podido|pudo)\s+entregar|error\s+al\s+entregar|impossibile\s+recapitare|"
    r"não\s+pôde\s+ser\s+entregue|kon\s+niet\s+worden\s+(?:bezorgd|afgeleverd)|"
    r"nie\s+(?:mogła|może)\s+(?:zostać|być)\s+dostarczon|"
    r"kunde\s+inte\s+levereras|gick\s+inte\s+att\s+leverera|kunne\s+ikke\s+leveres|"
    r"nepodařilo\s+(?:se\s+)?doručit|nelze\s+doručit|nebyla\s+doručena|ei\s+voi(?:tu)?\s+toimittaa|"
    r"teslim\s+edilemedi|iletilemedi|nem\s+(?:sikerült\s+)?kézbesít|לא\s+ניתן\s+(?:היה\s+)?למסור|"
    r"تعذر\s+تسليم|لم\s+يتم\s+تسليم|배달되지\s+않|전달되지\s+않|전송하지\s+못|"
    r"配信できません|送信できません|届けることができません|無法傳遞|无法(?:送达|投递)"
    r")",
)
"""To be sought in lower case: three times as fast as to ignore it, in every letter there is."""

RETURNED: Final = re.compile(
    r"^[\s>|*#=~_-]{0,80}(?:"
    r"below\s+this\s+line\s+is\s+(?:a|the)\s+|"  # qmail, Yahoo
    r"this\s+is\s+a\s+copy\s+of\s+(?:the|your)\s+message|"  # Exim
    r"the\s+header\s+of\s+the\s+original|the\s+body\s+of\s+the\s+message\s+is|"  # GMX, 1&1, Exim
    r"message\s+(?:headers?|text)\s+follow|a\s+copy\s+of\s+the\s+(?:original\s+)?message|"
    r"(?:un(?:sent|delivered)|original|returned|bounced|rejected)\s+(?:e-?mail|mail|message)\b|"
    r"included\s+is\s+a\s+copy|below\s+is\s+a\s+copy|header\s+of\s+the\s+original|"
    r"copy\s+of\s+(?:your|the)\s+(?:original\s+)?message|message\s+header\b|"
    r"original\s+mail\b|return(?:ed)?\s+message\b|start\s+of\s+(?:the\s+)?(?:returned|original)|"
    r"исходное\s+(?:сообщение|письмо)|копия\s+(?:вашего\s+|исходного\s+)?(?:сообщения|письма)|"
    r"заголовки\s+(?:исходного\s+)?(?:сообщения|письма)|"
    r"ursprüngliche\s+nachricht|message\s+d['’]origine|元のメール"
    r")",
    re.IGNORECASE,
)
"""A line of the text after which the returned letter stands."""

HEADER_LINE: Final = re.compile(
    r"^[ \t>]{0,8}(?:Received|Return-Path|Message-ID|DKIM-Signature|X-Received|MIME-Version|"
    r"X-Google-Smtp-Source|X-Google-DKIM-Signature|Authentication-Results|ARC-Seal)[ \t]?:",
    re.IGNORECASE,
)
"""A header that only a quoted letter has, where no line announces it."""

REASONS: Final = (
    ("5.1.1", r"(?:user|recipient|address(?:ee)?|mailbox|account|e-?mail)\b.{0,40}?\b(?:unknown|"
              r"not\s+(?:found|exist|known|listed|recogni[sz]ed)|doesn't\s+exist|"
              r"does\s+not\s+exist|couldn't\s+be\s+found|invalid)"),
    ("5.1.1", r"(?:unknown|no\s+such|invalid|unrouteable)\s+"
              r"(?:user|recipient|address|mailbox|account)"),
    ("5.1.1", r"no\s+mailbox\s+here|doesn't\s+have\s+an?\b.{0,60}?\baccount|"
              r"not\s+a\s+valid\s+mailbox"),
    ("5.1.1", r"(?:пользовател|адрес|ящик|получател)\w*\b.{0,40}?\bне\s+(?:найден|существует|"
              r"зарегистрирован)|не\s+существует|нет\s+такого\s+(?:пользователя|адреса|ящика)"),
    ("5.2.2", r"(?:mailbox|mailfolder|quota|inbox)\b.{0,30}?\b(?:full|exceeded)|over\s*quota|"
              r"ящик\s+(?:получателя\s+)?переполнен"),
    ("5.2.1", r"(?:account|mailbox|user)\b.{0,40}?\b(?:disabled|discontinued|inactive|suspended|"
              r"blocked)|ящик\s+\w{0,20}\s*(?:заблокирован|отключ[её]н)"),
    ("5.3.4", r"(?:message|mail)\s+(?:size|is\s+too)\b.{0,30}?\b(?:exceed|large|big|limit)|"
              r"слишком\s+больш"),
    ("5.1.2", r"(?:host|domain)\s+(?:unknown|not\s+found|name\s+lookup)|unknown\s+(?:host|domain)|"
              r"domain\b.{0,40}?\bdoes\s+not\s+exist"),
    ("5.4.6", r"hop\s+count|mail\s+loop|routing\s+loop|duplicated\s+message-id"),
    ("4.4.1", r"time(?:d)?[\s-]*out|queue\s+too\s+long|retry\s+timeout|no\s+route\s+to\s+host|"
              r"connection\s+refused"),
    ("4.0.0", r"delayed|still\s+being\s+retried|will\s+be\s+retried|warning\s+(?:message\s+)?only|"
              r"temporar|deferred|not\s+yet\s+been\s+delivered|задерж"),
    ("5.7.1", r"spam|blacklist|blocked|policy|reject|denied|offensive|banned"),
    ("5.0.0", r"permanent|failed|undeliver|could\s+not\s+be|unable\s+to|was\s+not\s+delivered|"
              r"wasn't\s+able|не\s+доставлен|не\s+может\s+быть|не\s+удалось"),
)  # fmt: skip
"""What an unnumbered reason means as an enhanced status code (RFC 3463 3)."""
