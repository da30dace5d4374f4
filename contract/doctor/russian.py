"""The Russian of sentences that a terminal shows but that come from code without a table of texts.

Such sentences are made where something goes wrong, in English, as logs and ``/healthz`` show them.
Here each has its Russian; variable parts (names, paths, a server's words) are kept.
"""

import re
from functools import cache

from contract.doctor.of_answers import SENTENCES as OF_ANSWERS
from contract.doctor.of_commands import SENTENCES as OF_COMMANDS
from contract.language.speaking import is_russian
from contract.language.system import BY_TEXT

_SENTENCES = {
    # Secrets: contract/keyring, contract/signature.
    r"a webhook secret starts with (\S+);": r"секрет начинается с \1;",
    r"a webhook secret is base64 behind (\S+);": r"за \1 в секрете должен стоять base64;",
    r"a webhook secret holds (\d+) to (\d+) bytes in base64;": r"в секрете от \1 до \2 байт в"
    r" base64;",
    r"to make one:": "создать его:",
    r"there is no webhook secret in it": "в нём нет секрета вебхука",
    r"there is no such file yet: start the receiver, which makes it": "такого файла ещё нет:"
    " запустите приёмник, он его создаст",
    r"it cannot be read \((.+?)\): name a file of secrets": r"не читается (\1): назовите файл с"
    r" секретами",
    r"it is no text": "это не текст",
    # Settings: receiver/retaining/terms, bridge/start, bridge/ingress/smtp/certificate.
    r"is no mailbox: support@example\.ru originals=90; \* html=365": "— не ящик, нужно как"
    " support@example.ru originals=90; * html=365",
    r"is there twice": "указан дважды",
    r"has no days: name one of (.+), as in html=365": ": не указано, сколько дней хранить: нужно"
    r" одно из \1, как html=365",
    r"needs each of (.+) once at most: html=365": r": каждое из \1 не больше раза, как html=365",
    r"is none of (.+) with days: html=365": r"— нужно одно из \1 и число дней, как html=365",
    r"days are 1 to (\d+)": r"дней от 1 до \1",
    r"has expired: have it renewed": "истёк: обновите его",
    r"is not valid yet: is the clock right, or is it the certificate of a later time\?": (
        "ещё не действует: верны ли часы и тот ли это сертификат?"
    ),
    r"is for clients alone \(extendedKeyUsage\): have one issued for servers \(serverAuth\)": (
        "только для клиентов (extendedKeyUsage): закажите серверный (serverAuth)"
    ),
    r"expires on (\S+)": r"действует до \1",
    r"senders that look at it will not use TLS, or not come": "кто его проверяет, не включит TLS"
    " или не отправит письмо",
    r"a letter of more than (\S+) bytes never has room, though SMTP_MAX_SIZE says (\S+)": (
        r"для письма больше \1 байт места не будет никогда, хотя SMTP_MAX_SIZE — \2"
    ),
    r"one address never gets (\S+) connections, as SMTP_MAX_CONNECTIONS allows (\S+) in all": (
        r"с одного адреса никогда не будет \1 соединений: SMTP_MAX_CONNECTIONS разрешает всего \2"
    ),
    r"a parse has no more than (\S+) MiB, as `ulimit -v` says, and not (\S+)": (
        r"разбору достаётся не больше \1 МиБ (`ulimit -v`), а не \2"
    ),
    r"there is no (\S+) yet; letters wait until the receiver has made it, or WEBHOOK_SECRETS is"
    r" set": r"\1 ещё нет: письма подождут, пока приёмник его не создаст или не будет задано"
    r" WEBHOOK_SECRETS",
    # ping: bridge/command_line.
    r"SMTP does not answer at (\S+):": r"SMTP на \1 не отвечает:",
    r"is it running, and are SMTP_HOST and SMTP_PORT right\?": "запущен ли мост, верны ли SMTP_HOST"
    " и SMTP_PORT?",
    r"SMTP takes no letters at (\S+):": r"SMTP на \1 не берёт писем:",
    r": (python -m bridge doctor) says more": r"; подробнее: \1",
    r"IMAP: no mailbox is named here: IMAP_USER, IMAP_ACCOUNTS \(DATA_DIR: whose\?\)": "IMAP: ящик"
    " здесь не назван: IMAP_USER, IMAP_ACCOUNTS (чей DATA_DIR?)",
    # import: bridge/ingress/importer.
    r"cannot import: ": "загрузить нельзя: ",
    r"give paths, or --imap FOLDER": "укажите пути или --imap ПАПКА",
    r"--since goes with --imap": "--since бывает только вместе с --imap",
    r"--imap reads a mailbox that the settings name:": "--imap читает ящик из настроек:",
    r"--mailbox is none of the settings": "такого --mailbox в настройках нет",
    r"--mailbox is none of ": "--mailbox — не из этих: ",
    r"--mailbox (\S+) says whose letters they are:": r"укажите, чьи это письма, как --mailbox \1:",
    r"MAILBOXES names none": "в MAILBOXES ящиков нет",
    r"(.+) is no date such as (\S+)": r"\1 — не дата, нужно как \2",
    r" does not exist": " не существует",
    r"is no letter and no mbox: it is": "— не письмо и не mbox, а",
    r"holds no letter: (.+), and (\S+) others? (?:is|are) none either": r"писем не содержит: \1, и"
    r" других таких файлов: \2",
    r"holds no letter: (\S)": r"писем не содержит: \1",
    r"holds no Maildir, \.eml or \.mbox": "не содержит ни Maildir, ни .eml, ни .mbox",
    r"cannot be unpacked: its end is missing: copy it anew": "не распаковать: файл обрывается,"
    " скопируйте его заново",
    r"cannot be unpacked: it is encrypted": "не распаковать: архив зашифрован",
    r"cannot be unpacked: it goes on where it cannot be read": "не распаковать: после того, что"
    " прочиталось, в нём есть что-то ещё",
    r"cannot be unpacked:": "не распаковать:",
    r"holds more than (\S+) letters": r"содержит больше писем, чем \1",
    r"holds more than (\S+) bytes \(SPOOL_MAX_BYTES\), or than": r"содержит больше \1 байт"
    r" (SPOOL_MAX_BYTES) или больше, чем",
    r"half of what is free on the disk of DATA_DIR": "половина свободного места на диске DATA_DIR",
    r"holds more than (\S+) times its own size": r"распакованный больше себя самого в \1 раз",
    r"a name or attribute in it has (\S+) bytes": r"в имени или свойстве байт: \1",
    # The receiver as the bridge sees it: bridge/courier/unreachable, bridge/reach.
    r"the secrets do not fit: (\S+) \(or the file\) must be the receiver's": r"секреты разные: \1"
    r" (или файл) должно быть как у приёмника",
    r"the webhook is elsewhere: name its own address in WEBHOOK_URL": "вебхук не здесь: укажите в"
    " WEBHOOK_URL его собственный адрес",
    r"(\b3\d\d) to (\S+)": r"\1 на \2",
    r"there is no webhook: look at the path in WEBHOOK_URL": "вебхука там нет: проверьте путь в"
    " WEBHOOK_URL",
    r"the receiver does not let us in: look at WEBHOOK_URL": "приёмник не пускает: проверьте"
    " WEBHOOK_URL",
    r"nobody listens there: is the receiver running, and is the port right\?": "там никто не"
    " слушает: запущен ли приёмник и верен ли порт?",
    r"no connection comes about": "соединения нет",
    r"look at host and port": "проверьте адрес и порт",
    r"no TLS comes about: is it (\S+) there, or another port\?": r"TLS не получается: может, там \1"
    r" или другой порт?",
    r"the connection ended before the answer": "соединение закрыто до ответа",
    r": is it (\S+) there, or another port\?": r": может, там \1 или другой порт?",
    r"what answers there speaks (\S+), and not HTTP: look at the port": r"там отвечают по \1, а не"
    r" по HTTP: проверьте порт",
    r"no URL that can be called": "это не адрес, который можно вызвать",
    r"what answers there does not speak HTTP as a receiver does: look at the port": (
        "там отвечает не приёмник: проверьте порт"
    ),
    r"no reason is given": "причина не названа",
    r"nothing is delivered any more: ": "доставка прекратилась: ",
    r": it takes nothing yet: ": ": пока ничего не берёт: ",
    r"^never reached yet: ": "связи ещё не было: ",
    r"no answer in time": "нет ответа вовремя",
    r"no such host: look at the name, or at DNS": "нет такого сервера: проверьте имя или DNS",
    r"its certificate is not trusted": "сертификату нет доверия",
    r"look at the host's name": "проверьте имя сервера",
    # Mailboxes: bridge/ingress/imap, its trouble, login and states.
    r"no such host: look at IMAP_HOST, or at DNS": "нет такого сервера: проверьте IMAP_HOST или"
    " DNS",
    r"nobody listens there: look at IMAP_HOST and IMAP_PORT": "там никто не слушает: проверьте"
    " IMAP_HOST и IMAP_PORT",
    r"no answer: is the port IMAP's\?": "нет ответа: тот ли это порт?",
    r"the server closed the connection before it spoke IMAP": "сервер закрыл соединение, не"
    " ответив по IMAP",
    r"what answers there is no IMAP server \(it says (.+?)\)": r"там отвечает не IMAP-сервер"
    r" (\1)",
    r"what answers there is no IMAP server": "там отвечает не IMAP-сервер",
    r"port (\S+) is usual for (\S+): (\S+) is for IMAP": r"\1 — обычно порт \2, для IMAP нужно \3",
    r"look at IMAP_PORT: 993 is usual": "проверьте IMAP_PORT: обычно это 993",
    r"at 143 TLS begins later: (\S+), or (\S+)": r"на порту 143 TLS включается позже: нужно \1"
    r" или \2",
    r"at 993 TLS comes first: (\S+), or (\S+)": r"на порту 993 сразу TLS: нужно \1 или \2",
    r"no TLS comes about": "TLS не получается",
    r"perhaps IMAP_SECURITY=(\S+) \(or (\S+)\)": r"может быть, IMAP_SECURITY=\1 (или \2)",
    r"perhaps IMAP_SECURITY=": "может быть, IMAP_SECURITY=",
    r"look at (IMAP_\w+)": r"проверьте \1",
    r"no credentials in the output of the token command": "команда не дала токена",
    r": the token command": ": команда с токеном",
    r"the output of the token command": "вывод команды с токеном",
    r"the secret alone must stand there, without its name and =": (
        "там должен стоять только секрет, без имени и знака ="
    ),
    r"no credentials in": "пароля или токена нет в",
    r"no credentials": "нет пароля или токена",
    r"IMAP is not watched: no bridge has begun to, by DATA_DIR": "почта по IMAP не читается: мост с"
    " таким DATA_DIR не запускался",
    r"IMAP is not watched: no bridge is running, by DATA_DIR": "почта по IMAP не читается: мост с"
    " таким DATA_DIR сейчас не запущен",
    r"IMAP is not watched: (.+) cannot be read: is DATA_DIR another user's\?": r"не видно, читается"
    r" ли почта по IMAP: не открыть \1; не чужой ли DATA_DIR?",
    r"nobody knows whether IMAP is watched: (.+) is not written: is the disk full\?": (
        r"не видно, читается ли почта по IMAP: мост не записал \1; не заполнен ли диск?"
    ),
    r": never read yet": ": ещё ни разу не прочитано",
    r": no bridge follows this mailbox, by DATA_DIR": ": за этим ящиком не следит ни один мост,"
    " судя по DATA_DIR",
    r"nothing is delivered: no bridge has begun to, by DATA_DIR": "письма не доставляются: ни один"
    " мост этим не занят, судя по DATA_DIR",
    r"nothing is delivered: no bridge is running, by DATA_DIR": "письма не доставляются: мост с"
    " таким DATA_DIR сейчас не запущен",
    r"nothing is delivered there: by DATA_DIR (\(.+?\)) the bridge that is running delivers to"
    r" (\S+)": r"письма туда не доставляются: запущенный мост с таким DATA_DIR \1"
    r" отправляет их на \2",
    r"nobody knows what is delivered: (\S+) cannot be read: is DATA_DIR another user's\?": (
        r"что доставлено, неизвестно: \1 не читается: не чужой ли это DATA_DIR?"
    ),
    r"nobody knows what is delivered: (\S+) is not written: is the disk full\?": (
        r"что доставлено, неизвестно: мост не записал \1: не заполнен ли диск?"
    ),
    r": not logged in for (\S+) s": r": нет входа уже \1 с",
    r": waiting for (\S+) s": r": ждёт уже \1 с",
    r": not looked at for (\S+) s": r": не проверялось уже \1 с",
    r"(\S+) letters that the server does not give": r"писем, которые сервер не отдаёт: \1",
    r": refused: ": ": не пускают: ",
    r": no folder: ": ": нет папки: ",
    r": no folder (\S+): look at (\S+); there are:": r": нет папки \1: проверьте \2; есть:",
    r"the server closed the connection": "сервер закрыл соединение",
    r"the server said BYE": "сервер попрощался",
    r"no login is tried again until the credentials change": "новых попыток входа не будет, пока"
    " пароль или токен не сменится",
    r"check that IMAP is allowed in the mailbox's settings, and make a new app password: changing"
    r" the account's password, its two-factor login or a log-out on all devices ends all of them": (
        "проверьте, что в настройках ящика разрешён IMAP, и создайте новый пароль приложения: смена"
        " пароля, вход с подтверждением или выход на всех устройствах отменяют прежние"
    ),
    r"^disk: ": "диск: ",
    r"a fault of ours: ": "ошибка на нашей стороне: ",
    # The bridge's room: bridge/spool/capacity.
    r"^the spool is full$": "очередь переполнена",
    r"^the disk is nearly full$": "диск почти заполнен",
    r"^the disk has hardly any inodes left: no more files fit, however many bytes are free$": (
        "на диске почти кончились inode: новым файлам нет места, сколько бы байт ни было свободно"
    ),
    r"^(\S+) cannot be written to$": r"в \1 нельзя писать",
    r"^(\S+) is not there$": r"каталога \1 нет",
    # The receiver as it sees itself: receiver/store/standing, receiver/web/server.
    r"a backup is being restored: wait, or run:": "идёт восстановление копии: подождите или"
    " выполните:",
    r"its migration is not finished": "перенос базы не закончен",
    r"its dialogs are of an earlier version": "диалоги в ней от прежней версии",
    r"stop every receiver of before, then run:": "остановите все прежние приёмники и выполните:",
    r"a later version has laid it out \(schema (\S+), and this one knows (\S+)\): run that"
    r" version, or restore a backup of before": r"с ней работала более поздняя версия (схема \1, а"
    r" здесь известна \2): запустите ту версию или восстановите копию, сделанную до неё",
    r"its dialogs are being made anew: wait, or run:": "диалоги создаются заново: подождите или"
    " выполните:",
    r"its dialogs were made by rule (\S+) with (\S+), and this is rule (\S+) with (\S+): set what"
    r" it was, or run:": r"диалоги в ней созданы по правилу \1 с \2, а здесь правило \3 с \4: "
    r"верните как было или выполните:",
    r"this process may open (\S+) files, and needs (\S+): raise `ulimit -n`, or lower"
    r" (MONGO_POOL|COURIER_CONCURRENCY)": (
        r"процессу можно открыть файлов: \1, а нужно \2: увеличьте `ulimit -n` или уменьшите \3"
    ),
}
# What the operating system says, with its number where Python names it.
_OF_SYSTEM = {rf"(?:\[Errno \d+\] )?\b{re.escape(text)}\b": ru for text, ru in BY_TEXT.items()}
_ALL = _SENTENCES | OF_COMMANDS | OF_ANSWERS | _OF_SYSTEM


@cache
def _patterns() -> list[tuple[re.Pattern[str], str]]:
    """Return the patterns, longer ones first, as a shorter one may be a part of it."""
    return [(re.compile(each), _ALL[each]) for each in sorted(_ALL, key=len)[::-1]]


def spoken(text: str) -> str:
    """Return a text of ours in the spoken language: ``contract/language/speaking``."""
    return in_russian(text) if is_russian() else text


def in_russian(text: str) -> str:
    """Return a text with each known sentence in Russian."""
    for english, russian in _patterns():
        text = english.sub(russian, text)
    return text
