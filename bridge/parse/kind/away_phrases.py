"""How auto-responders say that nobody is there, as data, in thirty languages.

People write about auto-replies and offices in the same words, so these only support another sign of
a machine.
"""

import re
from typing import Final

_AUTO_REPLY_WORDS: Final = (
    # Russian, Ukrainian, Belarusian and Kazakh: Outlook, Exchange, Yandex, Mail.ru
    r"автоответ(?:чик)?|автоматический\s+ответ|авто-ответ|автоматичний\s+ответ|"
    r"автоматична\s+відповідь|автовідповідь|аўтаматычны\s+адказ|автоматты\s+жауап|"
    # English
    r"auto(?:matic|mated)?[\s-]*(?:reply|response|respond(?:er)?|answer)|"
    r"vacation\s+(?:reply|response|message)|"
    # The other languages of Outlook: the west
    r"abwesenheits(?:notiz|nachricht|benachrichtigung)|automatische\s+antwort|"
    r"r[ée]ponse\s+automatique|message\s+d['’]absence|respuesta\s+autom[áa]tica|"
    r"risposta\s+automatica|resposta\s+autom[àáa]tica|automatisch\s+antwoord|"
    r"afwezigheidsbericht|erantzun\s+automatikoa|"
    # the north
    r"autosvar|auto\s*svar|automatiskt?\s+sva?r|automaattinen\s+vastaus|sjálfvirkt\s+svar|"
    r"automaatne\s+vastus|automaatvastus|automatinis\s+atsakymas|automātisk[āa]\s+atbilde|"
    # the middle and the south
    r"odpowied[źz]\s+automatyczna|automatyczna\s+odpowied[źz]|"
    r"automatick[áa]\s+odpov[ěe][dď]|automatikus\s+válasz|răspuns\s+automat|"
    r"automatski\s+odgovor|samodejni\s+odgovor|автоматичен\s+отговор|аутоматски\s+одговор|"
    r"αυτόματη\s+απάντηση|otomatik\s+yan[ıi]t|"
    # the east
    r"自動応答|自動返信|不在通知|自动答复|自动回复|自動回覆|自動回复|자동\s*응답|자동\s*회신|자동\s*답장|"
    r"מענה\s+אוטומטי|תשובה\s+אוטומטית|رد\s+تلقائي|الرد\s+التلقائي|پاسخ\s+خودکار|"
    r"trả\s+lời\s+tự\s+động|balasan\s+otomatis|ตอบกลับอัตโนมัติ"
)
_AWAY_WORDS: Final = (
    r"(?:меня\s+)?нет\s+на\s+(?:рабочем\s+)?месте|отсутстви[ея]\s+на\s+рабочем\s+месте|"
    r"вне\s+офиса|не\s+в\s+офисе|я\s+в\s+отпуске|поза\s+офісом|"
    r"out\s+of\s+(?:the\s+)?office(?:\s+auto[\s-]?reply|\s+reply|\s+message)?|ooo|"
    r"(?:i\s+am\s+)?away\s+from\s+(?:the\s+office|my\s+mail)|abwesend|au(?:ß|ss)er\s+haus|"
    r"nicht\s+im\s+büro|absent(?:e)?\s+du\s+bureau|"
    r"fuera\s+de\s+(?:la\s+)?oficina|fuori\s+(?:sede|ufficio)|fora\s+do\s+escrit[óo]rio|"
    r"afwezig(?:heid)?|frånvaro|fraværende?|poissa|poza\s+biurem|mimo\s+kancelář"
)
# Lotus Notes: «AUTO: Jane Roe is out of the office (returning 15.09.2025)».
_LOTUS: Final = (
    r"auto:\s[^:]{2,80}?\s(?:is\s+out\s+of|ist\s+(?:außer|nicht)|est\s+absent|вне\s+офиса|"
    r"отсутствует|è\s+fuori|está\s+fuera|está\s+ausente)"
)
_AFTER_WORDS: Final = r"\s*(?:[:：]|[.!]?\s*$|[-–—]\s)"
_STOCK: Final = rf"(?:{_AUTO_REPLY_WORDS}){_AFTER_WORDS}|[\[(](?:{_AUTO_REPLY_WORDS})[\])]|{_LOTUS}"
AUTO_REPLY_PREFIXES: Final = re.compile(rf"^\s*(?:{_STOCK})", re.IGNORECASE)
AWAY_PREFIXES: Final = re.compile(
    rf"^\s*(?:{_STOCK}|(?:{_AWAY_WORDS}){_AFTER_WORDS})", re.IGNORECASE
)
"""What responders put before the subject, or for it."""

AUTOMATIC_WORDS: Final = re.compile(
    rf"(?:{_AUTO_REPLY_WORDS}|{_AWAY_WORDS})|в\s+отпуске|отсутству|автоматическ|не\s+отвечайте|"
    r"у\s+відпустці|відсутн|"
    r"(?:обращение|заявка|запрос|сообщение)[^.!?\n]{0,40}(?<!не )(?<!не был )(?<!не было )"
    r"(?<!не была )(?:принят|получен|зарегистрир)|"
    r"vacation|on\s+holidays?\b|on\s+leave|automatic|automated|auto-?repl|do\s+not\s+reply|"
    r"(?:request|ticket|message|e-?mail)[^.!?\n]{0,40}(?<!not )(?<!not been )"
    r"(?:received|registered)|"
    r"urlaub|automatisch|vacances|congés|vacaciones|ausente|\bferie|assente|de\s+férias|"
    r"met\s+vakantie|na\s+urlopie|nieobecn|na\s+dovolené|nepřítom|semester|fravær|lomalla|"
    r"izinde|休假|不在办公室|外出|不在|休暇|휴가|부재|בחופשה|במשרד|إجازة|خارج\s+المكتب",
    re.IGNORECASE,
)
"""What responders say of themselves or of whom they answer for; they ask nothing."""

LOTUS_SPEAKS: Final = re.compile(
    r"automated\s+response\s+to\s+your\s+message|automatische\s+antwort\s+auf\s+ihre\s+nachricht|"
    r"réponse\s+automatique\s+à\s+votre\s+message|automatický?\s+odpověď\s+na|"
    r"(?:respuesta|resposta|risposta)\s+autom[áa]tica\s+(?:a|à|al)\s+|"
    r"автоматический\s+ответ\s+на\s+(?:ваше?\s+)?(?:сообщение|письмо)",
    re.IGNORECASE,
)
"""What Lotus Notes writes below an absence note, whatever the person wrote into it."""
