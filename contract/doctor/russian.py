"""The sentences of others that a doctor repeats, in Russian: of settings, servers and files. Pure.

They are made where things go wrong, in English, for logs and for starts that fail. Here stands what
each of them is in Russian; what lies between (names, paths, what a server says) stays as it is.
"""

import re

_SENTENCES = {
    # Settings: contract/reading, contract/environment, contract/settings and those of both sides.
    r"(\S+) is no setting and does nothing; is (\S+) meant\?": r"\1 — не настройка и ни на что не"
    r" влияет; имелась в виду \2?",
    r"(\S+) is no setting and does nothing; the nearest is (\S+)": r"\1 — не настройка и ни на что"
    r" не влияет; ближайшая — \2",
    r"must be a whole number": "нужно целое число",
    r"must be a number": "нужно число",
    r" from (\S+) to (\S+?)(?=,|$| )": r" от \1 до \2",
    r" above (\S+?)(?=,|$| )": r" больше \1",
    r" and at most (\S+?)(?=,|$| )": r" и не больше \1",
    r"must be one of ": "нужно одно из: ",
    r"must be true or false": "нужно true или false",
    r"must be the path of a file": "нужен путь к файлу",
    r"must be a file that is there": "нужен существующий файл",
    r"must be a file, and (.+) is none": r"нужен файл, а \1 — не файл",
    r"must be a JSON list": "нужен список JSON",
    r"must be a JSON object": "нужен объект JSON",
    r"must be text": "нужен текст",
    r" of (\S+) to (\S+) signs": r" от \1 до \2 знаков",
    r" of (\S+) to (\S+) entries": r", записей от \1 до \2",
    r" in one line, without control characters": " в одну строку, без управляющих символов",
    r"must be one line without control characters": "— нужна одна строка без управляющих символов",
    r"must be a passphrase of (\S+) characters or more": r"нужна парольная фраза не короче \1"
    r" знаков",
    r"must be a name of 1 to 63 bytes without spaces and without": "нужно имя от 1 до 63 байтов,"
    " без пробелов и без",
    r"must begin with (\S+) or (\S+) and name a host": r"должно начинаться с \1 или \2 и называть"
    r" сервер",
    r"must be as in the driver's manual": "должно быть как в руководстве драйвера",
    r"the port in (\S+) must be a number from 1 to 65535": r"порт в \1 — число от 1 до 65535",
    r"the password holds one of (.+?), which must be written as (.+) there": r"в пароле есть один"
    r" из знаков \1: их пишут там как \2",
    r"this is not JSON": "это не JSON",
    r"at its end": "в конце",
    r"at character (\S+)": r"в знаке \1",
    r"this is nested too deeply": "слишком много уровней вложенности",
    r"is no such field": "нет такого поля",
    r": is (\S+) meant\?": r"; имелось в виду \1?",
    r"(?<=нет такого поля: )one of": "есть",
    r"is missing: .+": "не задано",
    r"must be an object": "нужен объект",
    r"must be a text in quotation marks": "нужен текст в кавычках",
    r"a text in quotation marks": "текст в кавычках",
    r", as in ": ", например ",
    r"there is no recipient for (.+?): name one, (.+) perhaps": r"нет ни одного адреса для \1:"
    r" назовите, например \2",
    r"is no host name": "— не имя сервера",
    r"is no mailbox": "— не почтовый ящик",
    r"the password of (.+) is empty: give a long one": r"пароль \1 пуст: задайте длинный",
    r"IMAP reads (.+?), which is none of MAILBOXES": r"по IMAP читается \1, а в MAILBOXES его нет",
    r": add it": ": добавьте",
    r"is none of MAILBOXES that SMTP serves": "нет среди MAILBOXES, которые принимает SMTP",
    r"(\S+) is (\S+) and (\S+) is not set": r"\1 — \2, а \3 не задано",
    r": give both or none": ": нужны оба или ни одного",
    r"(\S+) does nothing without IMAP_USER": r"\1 ни на что не влияет без IMAP_USER",
    r": say whose letters it reads": ": назовите, чьи письма читаются",
    r"addresses with commas or spaces between them, or a JSON object of mailboxes and their"
    r" recipients": "адреса через запятую или пробел или объект JSON: ящики и их адреса",
    r"must be (?=адреса)": "нужны ",
    r"names and passwords would go without TLS: give (\S+) and (\S+), or (\S+) where the network is"
    r" trusted": r"имена и пароли пойдут без TLS: задайте \1 и \2 или \3, если сети можно доверять",
    r"a letter of (\S+) bytes would be taken and never delivered, as the receiver takes (\S+): let"
    r" (\S+) be the larger": r"письмо в \1 байтов будет принято и не доставлено, приёмник берёт до"
    r" \2: пусть \3 будет больше",
    r"is no whole address": "— не полный адрес",
    r"only one of these may be given": "можно задать только что-то одно",
    r"one of these is needed": "нужно что-то одно из этого",
    r"there is a control character in it, such as a line's end": "в нём управляющий символ,"
    " например конец строки",
    r"'none' would show the password on the network": "при 'none' пароль пойдёт по сети открытым",
    r" to (\S+): use tls or starttls": r" к \1: задайте tls или starttls",
    r"is no command line: close each quotation mark, write nothing after \\": "— не командная"
    r" строка: закройте кавычки, ничего не пишите после \\",
    r"what begins with": "то, что начинается с",
    r"the login (\S+) at (\S+) is there twice: name it once, with all its folders": r"вход \1 на \2"
    r" назван дважды: назовите один раз, со всеми папками",
    r"is no address of a page: (\S+), nothing behind it": r"— не адрес страницы; пример: \1, и"
    r" ничего после него",
    r"without TLS the page is shown on this machine only: use https://": "без TLS страница видна"
    " только на этой машине: нужен https://",
    r"a webhook secret starts with (\S+); to make one:": r"секрет начинается с \1; создать его:",
    r"the file must hold the value of (\S+)": r"в файле должно быть значение \1",
    r"line (\d+) cannot be read: a line is NAME=value, or a comment after #": r"строка \1"
    r" непонятна: нужна ИМЯ=значение или комментарий после #",
    # Files and directories.
    r"there is no such file yet: start the receiver, which makes it": "такого файла ещё нет:"
    " запустите приёмник, он его создаст",
    r"there is no such file": "такого файла нет",
    r"there is no such command": "такой команды нет",
    r"it cannot be read \((.+?)\): name a file of secrets": r"не читается (\1): назовите файл с"
    r" секретами",
    r"it cannot be read \((.+?)\)": r"не читается (\1)",
    r"cannot be read": "не читается",
    r": name another file": ": назовите другой файл",
    r": name a file of certificates": ": назовите файл сертификатов",
    r": the login of (\S+) needs it": r": он нужен для входа \1",
    r"is no text in UTF-8": "— не текст в UTF-8",
    r"it is no text": "это не текст",
    r"is empty": "пуст",
    r"holds no certificates: PEM is needed": "не содержит сертификатов в PEM",
    # The certificate: bridge/ingress/smtp/certificate.
    r"(\S+) holds no certificate \(PEM\)": r"в \1 нет сертификата (PEM)",
    r"(\S+) holds no private key \(PEM\)": r"в \1 нет закрытого ключа (PEM)",
    r"is encrypted, and must not be:": "зашифрован, а не должен быть:",
    r"(\S+) is not the key of (\S+): give the key of the first certificate there": r"\1 — не ключ к"
    r" \2: нужен ключ первого сертификата оттуда",
    r"(\S+) with the key (\S+) (?:cannot be read|не читается) by OpenSSL(.*): one of them is cut or"
    r" damaged, so copy both anew": r"\1 с ключом \2 OpenSSL не читает\3: что-то обрезано или"
    r" повреждено, скопируйте оба заново",
    r"has expired: have it renewed": "истёк: обновите",
    # The receiver as the bridge sees it: bridge/courier/unreachable, bridge/reach.
    r"the secrets do not fit: (\S+) \(or the file\) must be the receiver's": r"секреты разные: \1"
    r" (или файл) должно быть как у приёмника",
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
    r"no URL that can be called": "это не адрес, который можно вызвать",
    r"what answers there does not speak HTTP as a receiver does": "там отвечает не приёмник",
    r"no reason is given": "причина не названа",
    # Servers: receiver/store/trouble, bridge/ingress/imap.
    r"no such host: look at the name, or at DNS": "нет такого сервера: проверьте имя или DNS",
    r"no such host: look at the name in MONGO_URI, or at DNS": "нет такого сервера: проверьте имя в"
    " MONGO_URI или DNS",
    r"no such host: look at IMAP_HOST, or at DNS": "нет такого сервера: проверьте IMAP_HOST или"
    " DNS",
    r"nobody listens there: is MongoDB running, and is the port right\?": "там никто не слушает:"
    " запущена ли MongoDB и верен ли порт?",
    r"nobody listens there: look at IMAP_HOST and IMAP_PORT": "там никто не слушает: проверьте"
    " IMAP_HOST и IMAP_PORT",
    r"no answer in time: is the port right, does a firewall stand between\?": "нет ответа: верен ли"
    " порт, не мешает ли сетевой экран?",
    r"no answer in time": "нет ответа вовремя",
    r"no answer: look at IMAP_PORT, and whether IMAP_SECURITY is what it speaks": "нет ответа:"
    " проверьте IMAP_PORT и подходит ли IMAP_SECURITY",
    r"perhaps IMAP_SECURITY=(\S+) \(or (\S+)\)": r"может быть, IMAP_SECURITY=\1 (или \2)",
    r"perhaps IMAP_SECURITY=": "может быть, IMAP_SECURITY=",
    r"its certificate is not trusted": "сертификату нет доверия",
    r"look at the host's name": "проверьте имя сервера",
    r"TLS does not come about: look at (\S+) and (\S+) in MONGO_URI": r"TLS не получается:"
    r" проверьте \1 и \2 в MONGO_URI",
    r"no primary: look at the replica set, and at (\S+) in MONGO_URI": r"нет первичного узла:"
    r" проверьте набор реплик и \1 в MONGO_URI",
    r"the connection does not come about": "соединения нет",
    r"the server refuses": "сервер отказывает",
    r"too few members of the replica set have the write; it is tried again": "запись есть на"
    " слишком немногих репликах; попытка повторится",
    r"the login has no right to do that: give it the roles (\S+) and (\S+) on MONGO_DATABASE": r"у"
    r" пользователя нет на это прав: дайте роли \1 и \2 на MONGO_DATABASE",
    r"the login is refused: look at the name and password in MONGO_URI(, and at authSource)?": (
        "вход отклонён: проверьте имя и пароль в MONGO_URI и authSource"
    ),
    r"MONGO_DATABASE is no name that the server takes: at most 63 bytes, without": "такого имени,"
    " как в MONGO_DATABASE, сервер не примет: до 63 байтов, без",
    r"the server is going down": "сервер останавливается",
    r"the server is not the primary of its replica set, which is looked for": "это не первичный"
    " узел набора реплик, идёт поиск первичного",
    r"the server's disk is full": "диск сервера полон",
    r"look at (MONGO_URI|IMAP_\w+)": r"проверьте \1",
    # Watchers of mailboxes: bridge/ingress/imap/states.
    r"IMAP is not watched: no bridge has begun to, by DATA_DIR": "почта по IMAP не читается: мост с"
    " таким DATA_DIR не запускался",
    r"IMAP is not watched: (.+) (?:cannot be read|не читается): is DATA_DIR another user's\?": r"не"
    r" видно, читается ли почта по IMAP: не открыть \1; не чужой ли DATA_DIR?",
    r": never read yet": ": ещё ни разу не прочитано",
    r": not logged in for (\S+) s": r": нет входа уже \1 с",
    r": waiting for (\S+) s": r": ждёт уже \1 с",
    r": not looked at for (\S+) s": r": не проверялось уже \1 с",
    r"(\S+) letters that the server does not give": r"писем, которые сервер не отдаёт: \1",
    r": refused: ": ": не пускают: ",
    r": no folder: ": ": нет папки: ",
    r"no credentials in the output of the token command": "команда не дала токена",
    r"no credentials in": "пароля или токена нет в",
    r"no credentials": "нет пароля или токена",
    # The receiver as it sees itself: receiver/store/standing, receiver/commands/ping, receiver/web.
    r"a backup is being restored: wait, or run:": "идёт восстановление копии: подождите или"
    " выполните:",
    r"its migration is not finished": "перенос базы не закончен",
    r"its dialogs are of an earlier version": "диалоги в ней от прежней версии",
    r"stop every receiver of before, then run:": "остановите все прежние приёмники и выполните:",
    r"its dialogs are being made anew: wait, or run:": "диалоги создаются заново: подождите или"
    " выполните:",
    r"its dialogs were made by rule (\S+) with (\S+), and this is rule (\S+) with (\S+): set what"
    r" it was, or run:": r"диалоги в ней созданы по правилу \1 с \2, а здесь правило \3 с \4: "
    r"верните как было или выполните:",
    r"the receiver is not ready": "приёмник не готов",
    r"the receiver does not answer": "приёмник не отвечает",
    r"this process may open (\S+) files, and needs (\S+): raise `ulimit -n`, or lower MONGO_POOL": (
        r"процессу можно открыть файлов: \1, а нужно \2: увеличьте `ulimit -n` или уменьшите"
        r" MONGO_POOL"
    ),
    r"not writable, or on a read-only disk": "туда нельзя писать, или диск только для чтения",
    r"there is no webhook secret in it": "в нём нет секрета вебхука",
    r"the output of the token command": "вывод команды с токеном",
    # Between sentences.
    r"\bsuch as ": "например ",
    r", not (?=['\"])": ", а не ",
    r", not with (?=['\"])": ", а не с ",
}
# The longer first: a shorter one may be a part of it.
_PATTERNS = [(re.compile(each), _SENTENCES[each]) for each in sorted(_SENTENCES, key=len)[::-1]]


def in_russian(text: str) -> str:
    """Return a text with each sentence that is known in Russian."""
    for english, russian in _PATTERNS:
        text = english.sub(russian, text)
    return text
