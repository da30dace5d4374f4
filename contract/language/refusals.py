"""Why a setting is refused or nobody was reached: English to Russian."""

from contract.language.speaking import Texts

told = Texts(
    {
        "The settings are not usable:": "Настройки не годятся:",
        # kinds of values
        "must be one of {choices}": "нужно одно из: {choices}",
        "must be {what}{example}": "нужно: {what}{example}",
        "addresses with commas or spaces between them, or a JSON object of mailboxes and their"
        " recipients": ("адреса через запятую или пробел либо объект JSON: ящики и их получатели"),
        "must be a JSON list{length}{example}": "нужен список JSON{length}{example}",
        "must be a JSON object{length}{example}": "нужен объект JSON{length}{example}",
        "must be true or false": "нужно true или false",
        "must be a whole number{span}": "нужно целое число{span}",
        "must be a number{span}": "нужно число{span}",
        "must be a whole number from {least} to {most}, not {text}": (
            "нужно целое число от {least} до {most}, а не {text}"
        ),
        "must be a number from {least} to {most}, not {text}": (
            "нужно число от {least} до {most}, а не {text}"
        ),
        "must be the path of a file": "нужен путь к файлу",
        "must be text{length} in one line, without control characters{example}": (
            "нужна одна строка{length} без управляющих символов{example}"
        ),
        ", such as {example}": ", например {example}",
        ", not {given}": ", а не {given}",
        " of {least} to {most} entries": " (от {least} до {most} элементов)",
        " of {least} to {most} signs": " (от {least} до {most} знаков)",
        " from {least}": " от {least}",
        " above {least}": " больше {least}",
        " to {most}": " до {most}",
        " and at most {most}": " и не больше {most}",
        " below {most}": " меньше {most}",
        " on": "",
        "is missing: {description}": "не задано: {description}",
        "the login, usually the mailbox's address": "логин, обычно это адрес ящика",
        "must be an object, as in{example}": "нужен объект, например{example}",
        "must be a text in quotation marks, as in{example}": (
            "нужна строка в кавычках, например{example}"
        ),
        "is no such field: is {near} meant?": "такого поля нет: может быть, {near}?",
        "is no such field: one of {known}": "такого поля нет, есть: {known}",
        "this is not JSON, at character {number}": "это не JSON, знак {number}",
        "this is not JSON, at its end": "это не JSON, обрывается",
        "{left} stands there as it is, for nothing fills it in here: write the value itself": (
            "{left} так и осталось, здесь это никто не подставит: напишите само значение"
        ),
        "{name}= stands in front of it: write the value alone": (
            "перед значением стоит {name}=, нужно только само значение"
        ),
        "{path}: line {number}: {name} stands above with another value: leave one of the two": (
            "{path}: строка {number}: выше у {name} другое значение, оставьте что-то одно"
        ),
        "{host} has Latin beside Cyrillic letters, which look alike: type it anew": (
            "{host}: русские буквы рядом с латинскими, на вид те же; наберите заново"
        ),
        "the quotation marks around {text} would belong to it: leave them out": (
            "кавычки вокруг {text} стали бы частью значения: уберите их"
        ),
        "this is nested too deeply": "слишком глубокая вложенность",
        "there is a number of more than {most} digits": "есть число длиннее {most} цифр",
        # files and directories
        "there is no such file": "такого файла нет",
        "it cannot be read ({why})": "не читается ({why})",
        "it is no path": "это не путь",
        "it is no text in UTF-8": "это не текст в UTF-8",
        "it is a pipe, and must be a file": "это канал, а нужен файл",
        "it is a directory, and must be a file": "это каталог, а нужен файл",
        "it is a socket, and must be a file": "это сокет, а нужен файл",
        "it is a device, and must be a file": "это устройство, а нужен файл",
        "it has not come to its end within {seconds} s": "за {seconds} с не прочитано до конца",
        "it has more than {most} bytes: is another file meant?": (
            "в нём больше {most} байт: тот ли это файл?"
        ),
        "must be a file that is there, not {path}": "такого файла нет: {path}",
        "{path} cannot be read ({why}): name another file": (
            "{path} не читается ({why}): укажите другой файл"
        ),
        "must be a file, and {path} is none": "{path} — не файл, а нужен файл",
        "{path}: ~ is not read here: write the whole path": (
            "{path}: знак ~ здесь не раскрывается, напишите путь целиком"
        ),
        "{path} begins with a scheme or a host: write the path alone": (
            "{path} начинается со схемы или узла: напишите только путь"
        ),
        "{path} is the root of all directories: name one of its own": (
            "{path} — корень файловой системы, укажите отдельный каталог"
        ),
        "{path}: this path is not in UTF-8": "{path}: путь записан не в UTF-8",
        "{path} holds what no path has: a quotation mark, a blank or a control character": (
            "{path}: в пути лишние кавычки, пробелы или управляющие символы"
        ),
        "must be a passphrase of {least} characters or more": (
            "нужна парольная фраза не короче {least} знаков"
        ),
        "{path}: {why}; the file must hold the value of {name}": (
            "{path}: {why}; в файле должно быть значение {name}"
        ),
        "{path} is empty; the file must hold the value of {name}": (
            "{path} пуст; в файле должно быть значение {name}"
        ),
        "{name} is set, too: leave one of the two": "задана и {name}: оставьте что-то одно",
        "{path}: line {number} cannot be read: a line is NAME=value, or a comment after #": (
            "{path}: строка {number} непонятна: нужно ИМЯ=значение или комментарий после #"
        ),
        "{name} is no setting and does nothing; is {near} meant?": (
            "{name} — нет такой настройки, она ничего не меняет; может быть, {near}?"
        ),
        "{name} is no setting and does nothing; the nearest is {near}": (
            "{name} — нет такой настройки, она ничего не меняет; ближайшая — {near}"
        ),
        "{path} is a file: {right}": "{path} — это файл: {right}",
        "{path} is a link that leads nowhere: {right}": (
            "{path} — ссылка, которая никуда не ведёт: {right}"
        ),
        "{path} lies under a file: {right}": "{path} лежит под файлом: {right}",
        "{path} cannot be written to ({why}): {right}": "в {path} нельзя писать ({why}): {right}",
        "{path} cannot be made ({why}): {right}": "{path} нельзя создать ({why}): {right}",
        "not writable, or on a read-only disk": "нет прав на запись, или диск только для чтения",
        "what it prints cannot be written": "вывод записать некуда",
        "there is nothing at {path}: look at DATA_DIR": "в {path} ничего нет: проверьте DATA_DIR",
        "there is nothing at {path}: the service makes it, if this is the right place": (
            "в {path} ничего нет: если место верное, служба сама создаст его при запуске"
        ),
        "it must be a directory that this user may write to, or make": (
            "нужен каталог, в который этот пользователь может писать или который может создать"
        ),
        # addresses and ports
        "{address} is in use: stop who listens there, or choose another {name}": (
            "{address} занят: остановите того, кто там слушает, или выберите другой {name}"
        ),
        "{port} needs privileges: choose a port from 1024 on": (
            "порт {port} требует особых прав: выберите порт от 1024"
        ),
        "{host} is no address of this machine: 127.0.0.1 or 0.0.0.0 is usual": (
            "{host} — не адрес этой машины: обычно 127.0.0.1 или 0.0.0.0"
        ),
        "{host} is all machines of its network, and no address of one: 127.0.0.1 is usual": (
            "{host} — адрес всех машин сети, а не одной: обычно 127.0.0.1"
        ),
        "{host} is no address or name that can be listened on: 127.0.0.1 is usual": (
            "{host} — не адрес и не имя, на котором можно слушать: обычно 127.0.0.1"
        ),
        "both are {port}: choose another": "обе равны {port}: выберите другой порт",
        "another make run works on {path}: stop it, or choose another directory": (
            "с {path} уже работает другой make run: остановите его или выберите другой каталог"
        ),
        "nobody listens there": "там никто не слушает",
        "no answer in time": "нет ответа за отведённое время",
        "the connection was ended before an answer": "соединение закрыто без ответа",
        "there is no such host": "такого узла нет",
        "what answers there is not ours": "там отвечает кто-то другой",
        # who gets mail
        "{url} has a blank in it: write one address": "{url}: внутри пробел; нужен один адрес",
        "{url} has a sign in it that nobody sees: type it anew": (
            "{url}: внутри есть невидимый знак; наберите заново"
        ),
        # IMAP
        "must be a host's name alone, without a scheme and ://": (
            "— нужно только имя узла, без схемы и ://"
        ),
        "must be an address without brackets and port": "— нужен адрес без скобок и порта",
        "must be a host's name alone; the port has its own setting": (
            "— нужно только имя узла; для порта есть своя настройка"
        ),
        "is no name or address of a host": "— не имя и не адрес узла",
        "{text} is there twice: name it once": "{text} указано дважды: достаточно одного раза",
        # URLs and the database
        "must begin with http:// or https://, not {url}": (
            "должно начинаться с http:// или https://, а не {url}"
        ),
        "must name a host behind {scheme}://, not {url}": (
            "после {scheme}:// нужно имя узла, а не {url}"
        ),
        "the port must be a number from 1 to 65535{shown}": "порт — число от 1 до 65535{shown}",
        "{url} names no host that can be called": "{url}: к такому узлу обратиться нельзя",
        "{url} is no address of a page: https://mail.example.ru, nothing behind it": (
            "{url} — не адрес страницы: нужно как https://mail.example.ru, и ничего после"
        ),
        "without TLS the page is shown on this machine only: use https://": (
            "без TLS страница открывается только на этой машине: нужен https://"
        ),
        "must be a name of 1 to 63 bytes without spaces and without {signs}, such as dialog, not"
        " {name}": (
            "нужно имя от 1 до 63 байт без пробелов и без {signs}, например dialog, а не {name}"
        ),
        "{name} is MongoDB's own: choose another, such as dialog": (
            "{name} занято самой MongoDB: выберите другое имя, например dialog"
        ),
    }
)
