"""A receiver's answers to letters that it does not take, and other ends of an attempt, in Russian.

Each pattern is an English sentence of ours, next to its Russian. Mistakes of fields follow the
field's name, as ``contract.sending.answer_text`` writes them.
"""

_END = r"(?=;|$| \(\+\d)"
_MISTAKES = {
    r"is missing": "отсутствует",
    r"is not known here": "здесь не известно",
    r"must be a text": "нужен текст",
    r"must be a text in UTF-8": "нужен текст в UTF-8",
    r"must be a text in base64": "нужен текст в base64",
    r"must not be empty": "не может быть пусто",
    r"must have at least (\S+) characters": r"нужно не меньше \1 знаков",
    r"must have at most (\S+) characters?": r"нужно не больше \1 знаков",
    r"must have at most (\S+) bytes": r"нужно не больше \1 байт",
    r"must have at least (\S+) entries": r"нужно не меньше \1 элементов",
    r"must have at most (\S+) (?:entries|entry)": r"нужно не больше \1 элементов",
    r"must be true or false": "нужно true или false",
    r"must be a whole number": "нужно целое число",
    r"must be a whole number of fewer digits": "нужно целое число покороче",
    r"must be a number": "нужно число",
    r"must be a number that is finite": "нужно конечное число",
    r"must be more than (\S+)": r"нужно больше \1",
    r"must be at least (\S+)": r"нужно не меньше \1",
    r"must be less than (\S+)": r"нужно меньше \1",
    r"must be at most (\S+)": r"нужно не больше \1",
    r"must be ('[^;]+')": r"нужно одно из: \1",
    r"must be a list, as in \[…\]": "нужен список вида […]",
    r"must be an object, as in \{+…\}+": "нужен объект вида {…}",
    r"must be a time with its offset from UTC, such as (\S+)": r"нужно время со сдвигом от UTC,"
    r" например \1",
    r"must be a date, such as (\S+)": r"нужна дата, например \1",
    r"must be null": "нужно null",
    r"is nested in itself": "вложено само в себя",
    r"must be an address, such as (\S+)": r"нужен адрес, например \1",
    r"must have 64 digits 0-9 and a-f": "нужны 64 знака 0-9 и a-f",
    r"must have 24 digits 0-9 and a-f": "нужны 24 знака 0-9 и a-f",
    r"must have 1 to 200 visible ASCII characters and no dot": "нужно от 1 до 200 видимых знаков"
    " ASCII, без точки",
    r"must have 8 to 64 characters, each a digit, a-z or a hyphen": "нужно от 8 до 64 знаков:"
    " цифры, a-z и дефис",
    r"must be on one line, without control characters or marks that turn the direction": (
        "нужна одна строка без управляющих знаков и знаков смены направления"
    ),
    r"must be a URL that begins with (\S+) or (\S+)": r"нужен адрес, который начинается с \1 или"
    r" \2",
    r"is not as it must be: (\S+) and (\S+) say how": r"не такое, как нужно: см. \1 и \2",
    r"more than (\S+) KB in a header or the address: delete the cookies of this site": (
        r"больше \1 КБ в заголовке или адресе: удалите cookie этого сайта"
    ),
    # contract/bounds, contract/event
    r"a Message-ID must not be empty": "Message-ID не может быть пустым",
    r"a Message-ID must be on one line": "Message-ID должен быть в одну строку",
    r"a text must not be longer than (\S+) bytes of UTF-8": r"текст длиннее \1 байт UTF-8",
    r"a name or address must be on one line": "имя и адрес должны быть в одну строку",
    r"must not be blank": "пустым быть не может",
    r"the content must not be longer than (\S+) bytes": r"содержимое длиннее \1 байт",
    r"the content is not base64": "содержимое не в base64",
    r"the content does not have this size and digest": "размер и хеш содержимого другие",
    r"it is no address": "это не адрес",
    r"one of subject, text and html is required": "нужна тема, text или html",
    r"files are posted by signature only": "файлы принимаются только по подписи",
}
SENTENCES = {rf": {english}{_END}": f": {russian}" for english, russian in _MISTAKES.items()} | {
    # receiver/web: events, blobs, requests, problems; contract/signature
    r"the event has wrong fields": "в событии неверные поля",
    r"the event is not JSON": "событие не в JSON",
    r"webhook-id is no id": "webhook-id не годится",
    r"(webhook-\w+) is missing or malformed": r"нет правильного \1",
    r"webhook-timestamp is more than (\S+) s away from now": r"webhook-timestamp отличается от"
    r" нынешнего времени больше чем на \1 с: проверьте часы",
    r"webhook-signature does not match": "подпись не подходит: секреты разные",
    r"the body is larger than (\S+) bytes": r"данных больше \1 байт",
    r"there are more than (\S+) events in the body": r"событий больше \1",
    r"there is no event in the body": "события нет",
    r"the body came too slowly": "данные шли слишком медленно",
    r"the blob came too slowly": "файл шёл слишком медленно",
    r"the body was cut off": "данные пришли не целиком",
    r"the body is malformed": "данные не читаются",
    r"this is no HTTP request": "это не запрос HTTP",
    r"Content-Type must be (\S+)": r"нужен Content-Type \1",
    r"Content-Type must be (\S+) or (\S+)": r"нужен Content-Type \1 или \2",
    r"Content-Encoding is not taken": "Content-Encoding не принимается",
    r"Transfer-Encoding is not taken, but for chunked": "Transfer-Encoding: только chunked",
    r"the blob's name is not a SHA-256 in lower-case hex": "имя файла не SHA-256 строчными знаками",
    r"the bytes do not have the digest that their name says": "хеш файла не тот, что в его имени",
    r"^blob ([0-9a-f]{64}): ": r"файл \1: ",
    r"too many bodies at once": "слишком много запросов сразу",
    r"too many streams at once": "открыто слишком много страниц сразу",
    r"too many requests": "слишком много запросов",
    r"the store does not answer": "база данных не отвечает",
    r"the store is too slow": "база данных отвечает слишком медленно",
    r"no room for the upload": "на диске нет места",
    r"an error of ours": "ошибка на нашей стороне",
    r"^(\d{3} )?Not Found$": r"\1такого адреса нет",
    r"^(\d{3} )?Method Not Allowed$": r"\1такой запрос здесь не принимают",
    r"^(\d{3} )?Bad Request$": r"\1запрос не читается",
    r"^(\d{3} )?Request Entity Too Large$": r"\1запрос слишком велик",
    r"more than 8 KB in a header field: delete the cookies of this site": "в поле заголовка больше"
    " 8 КБ: удалите cookie этого сайта",
    r"more than 8 KB in the address": "в адресе больше 8 КБ",
    r"' or '": "' или '",
    r"no such canary has arrived": "такое пробное письмо не приходило",
    r"by token one event is taken, as application/json": "по токену принимается одно событие, как"
    " application/json",
    r"there is no such mailbox for this token": "такого ящика для этого токена нет",
    # receiver/running/readiness
    r"MongoDB is not reached at MONGO_URI: the receiver's log says why": "MongoDB по MONGO_URI не"
    " отвечает: почему, сказано в журнале приёмника",
    r"MongoDB has not answered yet": "MongoDB ещё не ответила",
    r"the database's indexes are being made": "создаются индексы базы данных: подождите",
    r"the database's indexes are not in place": "индексов базы данных ещё нет: подождите",
    r"there is no usable secret: WEBHOOK_SECRETS, or WEBHOOK_SECRETS_FILE": "нет годного секрета:"
    " WEBHOOK_SECRETS или WEBHOOK_SECRETS_FILE",
    # bridge/courier, bridge/spool
    r"(\S+) while parsing \((\S+)\)": r"не удалось разобрать: \1 (\2)",
    r"(\S+) while parsing": r"не удалось разобрать: \1",
    r"the trace block of the spool file does not say whose letter it is": "в файле очереди не"
    " сказано, чьё это письмо",
    # The system's words about files.
    r"No space left on device": "на диске нет места",
    r"Disk quota exceeded": "исчерпана квота диска",
    r"Input/output error": "диск не читается или не пишется",
    r"Read-only file system": "диск открыт только для чтения",
    r"Too many open files": "открыто слишком много файлов",
    r"Permission denied": "нет прав",
    r"No such file or directory": "нет такого файла или каталога",
}
