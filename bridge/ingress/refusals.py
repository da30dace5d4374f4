"""Why a setting of mail in is refused: English to Russian, beside what both sides say."""

from contract.language import refusals
from contract.language.speaking import Texts

told = Texts(
    {
        **refusals.told.russian,
        # kinds of values
        "there is nothing but blanks in it": "в нём одни пробелы",
        # who gets mail
        "names nobody: name the mailboxes whose letters are taken, such as {example}": (
            "не назван ни один ящик: укажите, чьи письма принимать, например {example}"
        ),
        "none is set: name the login of the mailbox to read, such as {example}": (
            "ничего не задано: укажите логин ящика, который нужно читать, например {example}"
        ),
        "{entry} is no mailbox, such as {example}": "{entry} — не ящик, нужно как {example}",
        "{entry} is no address and no domain: {right}": (
            "{entry} — не адрес и не домен, нужно как {right}"
        ),
        "in-4f2a9c@bridge.example.ru, or bridge.example.ru for whatever comes to that domain": (
            "in-4f2a9c@bridge.example.ru или bridge.example.ru (всё, что приходит на этот домен)"
        ),
        "{entry} would stand for both {one} and {other}: give it to one of them": (
            "{entry} относится сразу к {one} и {other}: оставьте что-то одно"
        ),
        "{name} is no name to log in with: at most {most} signs, all of which are seen": (
            "{name} — не имя для входа: нужно не больше {most} знаков, и все — видимые"
        ),
        "the password of {names} has a control character in it, or is not in UTF-8": (
            "в пароле {names} есть управляющий символ, или он не в UTF-8"
        ),
        "{entry} has Latin beside Cyrillic letters, which look alike: type it anew": (
            "{entry}: рядом латинские и русские буквы, а они похожи; наберите заново"
        ),
        "{entry} has Cyrillic letters alone in {label}, like Latin: type it anew, or {ascii}": (
            "{entry}: в {label} русские буквы похожи на латинские; наберите заново или {ascii}"
        ),
        "{one} and {other} are one mailbox: name it once": (
            "{one} и {other} — один ящик: назовите его один раз"
        ),
        "{entry} is named twice: put its recipients into one list": (
            "{entry} назван дважды: соберите получателей в один список"
        ),
        "the recipients of {entry} must be a list of texts, {right}, not {given}": (
            "получатели {entry} — это список строк, {right}, а не {given}"
        ),
        "there is no recipient for {entry}: name one, [{entry}] perhaps": (
            "у {entry} нет получателя: назовите его, например [{entry}]"
        ),
        "{name} is no host name, such as mail.example.ru": (
            "{name} — не имя узла, нужно как mail.example.ru"
        ),
        "; an address is written [{address}]": "; адрес пишется так: [{address}]",
        "there is a password without a name: give the name to log in with": (
            "у пароля нет имени: укажите, с каким именем входить"
        ),
        "the password of {names} is empty: give a long one": (
            "пустой пароль у {names}: задайте длинный"
        ),
        "names and passwords would go without TLS: give SMTP_TLS_CERT and SMTP_TLS_KEY, or"
        " SMTP_AUTH_WITHOUT_TLS=true where the network is trusted": (
            "имена и пароли пошли бы без TLS: задайте SMTP_TLS_CERT и SMTP_TLS_KEY или, если сети"
            " можно доверять, SMTP_AUTH_WITHOUT_TLS=true"
        ),
        "{has} is {path} and {lacks} is not set: give both or none": (
            "{has} — {path}, а {lacks} не задана: нужны обе или ни одной"
        ),
        "{name} is none of MAILBOXES that SMTP serves ({known})": (
            "{name} нет среди MAILBOXES, которые принимает SMTP ({known})"
        ),
        "IMAP reads {names}, which is none of MAILBOXES ({known}): add it": (
            "по IMAP читается {names}, а в MAILBOXES этого ящика нет ({known}): добавьте его"
        ),
        "a letter of {size} bytes would be taken and never delivered, as the receiver takes"
        " {most}: let MAX_BLOB_BYTES be the larger": (
            "письмо в {size} байт было бы принято, но не доставлено: приёмник берёт {most}."
            " MAX_BLOB_BYTES должно быть не меньше"
        ),
        "{bytes} bytes can never be free on the disk of {path}, which has {disk} in all: less must"
        " do": "на диске {path} всего {disk} байт, {bytes} свободными не будут: нужно меньше",
        # IMAP
        "{text} must be one line without control characters": (
            "{text}: нужна одна строка без управляющих символов"
        ),
        "a folder's name is empty: leave it out": "пустое имя папки: уберите его",
        "one of these is needed": "нужно что-то одно из этого",
        "only one of these may be given": "можно задать только что-то одно",
        "there is a control character in it, such as a line's end": (
            "внутри управляющий символ, например конец строки"
        ),
        "{text} is no whole address, such as support@example.ru": (
            "{text} — не полный адрес, нужно как support@example.ru"
        ),
        "{text} is no whole address, such as support@example.ru: say whose letters it reads": (
            "{text} — не полный адрес, нужно как support@example.ru: укажите, чьи письма читаются"
        ),
        "'none' would show the password on the network to {host}: use tls or starttls": (
            "с 'none' пароль уйдёт к {host} по сети открыто: выберите tls или starttls"
        ),
        "what begins with {first} is no command line: close each quotation mark, write nothing"
        " after \\": ("начало {first} — не команда: закройте кавычки, не пишите ничего после \\"),
        "the login {user} at {host} is there twice: name it once, with all its folders": (
            "логин {user} на {host} указан дважды: назовите его один раз со всеми папками"
        ),
        "{path}: {why}: name a file of certificates": "{path}: {why}: укажите файл сертификатов",
        "{path} holds no certificates: PEM is needed": "в {path} нет сертификатов: нужен PEM",
        "{path}: {why}: the login of {user} needs it": "{path}: {why}: нужен для входа {user}",
        "{command}: there is no such command: the login of {user} needs it": (
            "{command}: такой команды нет: нужна для входа {user}"
        ),
        "is blank: name a command that prints an access token, or leave it out": (
            "пустое: назовите команду, которая печатает токен доступа, или уберите настройку"
        ),
        # certificate and key
        "{path} holds no certificate (PEM){right}": "в {path} нет сертификата (PEM){right}",
        "{path} holds no private key (PEM){right}": "в {path} нет закрытого ключа (PEM){right}",
        "; are SMTP_TLS_CERT and SMTP_TLS_KEY swapped?": (
            "; не перепутаны ли SMTP_TLS_CERT и SMTP_TLS_KEY?"
        ),
        ": a text with -----BEGIN …----- in it is needed": ": нужен текст с -----BEGIN …-----",
        "{path} is encrypted, and must not be: {command}": (
            "{path} зашифрован, а не должен быть: {command}"
        ),
        "{key} is not the key of {chain}: give the key of the first certificate there": (
            "{key} — не ключ от {chain}: нужен ключ первого сертификата в этом файле"
        ),
        "{chain} is for a key that is too short for OpenSSL ({cause}): have a certificate issued"
        " for a key of RSA with 2048 bits or more, or of ECDSA": (
            "{chain} выдан на ключ, слишком короткий для OpenSSL ({cause}): закажите сертификат на"
            " ключ RSA от 2048 бит или ECDSA"
        ),
        "{chain} is signed in a way that is too weak for OpenSSL ({cause}): have it issued anew,"
        " with SHA-256": (
            "{chain} подписан слишком слабым для OpenSSL способом ({cause}): закажите его заново,"
            " с SHA-256"
        ),
        "{path} is a key of OpenSSH, which TLS cannot use: give the key that the certificate was"
        " issued for (PEM)": (
            "{path} — ключ OpenSSH, для TLS он не годится: нужен ключ, на который выдан сертификат"
            " (PEM)"
        ),
        "{chain} with the key {key} cannot be read by OpenSSL{cause}: one of them is cut or"
        " damaged, so copy both anew": (
            "OpenSSL не читает {chain} с ключом {key}{cause}: один из файлов обрезан или"
            " повреждён, скопируйте оба заново"
        ),
    }
)
