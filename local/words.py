"""What ``make run``, ``make demo`` and ``make letter`` say. English to Russian."""

from contract.language.speaking import Texts

texts = Texts(
    {
        "from {file}: {names}": "из {file} взяты: {names}",
        "the page, signed in once within 15 minutes (another link: {command})": (
            "страница: ссылка для одного входа, действует 15 минут (новая ссылка: {command})"
        ),
        "letters by SMTP    {address}": "письма по SMTP     {address}",
        "letters by IMAP    {user} at {host}: {folders}": (
            "письма по IMAP     {user} на {host}: {folders}"
        ),
        "letters by HTTP    {url}": "письма по HTTP     {url}",
        "dialogs in MongoDB {uri}  database {name}": "диалоги в MongoDB  {uri}  база {name}",
        "a first letter, from a second terminal:": "первое письмо (из второго терминала):",
        "a whole conversation:": "целая переписка:",
        "SMTP takes no letters, as MAILBOXES names nobody: send one to the mailbox, and look:": (
            "по SMTP письма не принимаются: MAILBOXES не задана. Напишите в сам ящик и посмотрите:"
        ),
        "DATA_DIR: {path} was removed or moved while make run works on it: everything stops, and"
        " letters that lay only there are lost": (
            "DATA_DIR: {path} удалён или перемещён во время работы make run: всё останавливается,"
            " письма, которые были только там, потеряны"
        ),
        "127.0.0.1:{port} was taken just now: start make run again, it finds a free one": (
            "127.0.0.1:{port} только что занят: запустите make run ещё раз, он найдёт свободный"
            " порт"
        ),
        "the embedded database cannot use {path} any more: {why}: everything stops": (
            "встроенная база больше не может работать с {path}: {why}; всё останавливается"
        ),
        "{part} ended with status {status}": "{part}: завершение с кодом {status}",
        "is all well?": "проверить, всё ли в порядке:",
        "SMTP takes no letters here: MAILBOXES names nobody. Is `make run` running, and is"
        " DATA_DIR the one that it has? With IMAP alone, write to the mailbox itself.": (
            "По SMTP здесь письма не принимаются: MAILBOXES не задана. Запущен ли `make run` и тот"
            " ли это DATA_DIR? Если почта читается только по IMAP, напишите в сам ящик."
        ),
        "It is on the page in a moment, and here: docker-compose exec receiver python -m receiver"
        " list": (
            "Через мгновение оно будет на странице и здесь: docker-compose exec receiver"
            " python -m receiver list"
        ),
        "Nobody listens on {address}: is `make run` running? (DATA_DIR, SMTP_PORT)": (
            "На {address} никто не отвечает: запущен ли `make run`? (DATA_DIR, SMTP_PORT)"
        ),
        "The bridge refuses the letter: {code} {answer}": "Мост не принял письмо: {code} {answer}",
        "Not in its dialog after {seconds} s:": "За {seconds} с письмо не попало в диалог:",
        "What is no longer in the spool was delivered; look: python -m receiver list": (
            "Чего в очереди уже нет, то доставлено; посмотреть: python -m receiver list"
        ),
    }
)
