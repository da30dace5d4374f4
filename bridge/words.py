"""What the bridge says at a terminal: the help of its commands, and ``spool``. English to Russian.

Refusals of settings have their own table, in ``contract/language``.
"""

from contract.language.speaking import Texts

texts = Texts(
    {
        "cannot start: {why}": "запустить нельзя: {why}",
        "cannot {command}: {why}": "{command} не выполнить: {why}",
        # import
        "{path} is passed over: it is {what}": "{path} пропущено, это не письмо: {what}",
        "and {count} more are passed over": "и ещё пропущено файлов: {count}",
        "going on after {count} letters": "загрузка продолжается, уже обработано писем: {count}",
        "{letter}: cannot be had, or too large": "{letter}: не получить или слишком большое",
        "{letter}: {why}; kept in {path}": "{letter}: {why}; лежит в {path}",
        "waiting {seconds} s: {why}; Ctrl-C ends it, and the same command goes on from there": (
            "пауза {seconds} с: {why}; Ctrl-C прервёт импорт, та же команда потом продолжит его"
        ),
        "; passed over: {count}": "; пропущено файлов: {count}",
        "{all} letters ({rate}/s): {new} new, {duplicate} duplicate, {failed} failed": (
            "писем: {all} ({rate}/с); новых: {new}, повторных: {duplicate}, не принято: {failed}"
        ),
        ", {count} erased": ", стёртых: {count}",
        "{percentage:3.0f}% |{bar}| {remaining} left{postfix}": (
            "{percentage:3.0f}% |{bar}| осталось {remaining}{postfix}"
        ),
        "stopped: {why}; the same command goes on from here": (
            "остановлено: {why}; та же команда продолжит с этого места"
        ),
        "interrupted; the same command goes on from here": (
            "прервано; та же команда продолжит с этого места"
        ),
        "a program": "программа",
        "a program of Windows": "программа для Windows",
        "a zip file: import it by itself, or unpack it first": (
            "архив zip: загрузите его отдельно или сначала распакуйте"
        ),
        "a tar file: import it by itself, or unpack it first": (
            "архив tar: загрузите его отдельно или сначала распакуйте"
        ),
        "a PDF": "документ PDF",
        "a certificate or key (PEM), or text of PGP": "сертификат или ключ (PEM) либо текст PGP",
        "a link to a folder: import it by itself": "ссылка на папку: загрузите её отдельно",
        "a link that leads nowhere": "ссылка, которая никуда не ведёт",
        "a letter that was not written whole": "письмо, записанное не до конца",
        "a file that cannot be read": "файл, который не удаётся прочитать",
        "a link, a pipe or a device": "ссылка, канал или устройство",
        "a gzip file: unpack it first": "файл gzip: сначала распакуйте",
        "a bzip2 file: unpack it first": "файл bzip2: сначала распакуйте",
        "an xz file: unpack it first": "файл xz: сначала распакуйте",
        "a zstd file: unpack it first": "файл zstd: сначала распакуйте",
        "an lz4 file: unpack it first": "файл lz4: сначала распакуйте",
        "a compressed file (.Z): unpack it first": "сжатый файл (.Z): сначала распакуйте",
        "a 7z file: unpack it first": "архив 7z: сначала распакуйте",
        "a rar file: unpack it first": "архив rar: сначала распакуйте",
        "an image": "картинка",
        "an Outlook file (.pst): export it as .eml or mbox": (
            "файл Outlook (.pst): выгрузите письма в .eml или mbox"
        ),
        "an Outlook or Office file (.msg): save it as .eml": (
            "файл Outlook или Office (.msg): сохраните письмо как .eml"
        ),
        "a folder of Outlook Express (.dbx): export it as .eml or mbox": (
            "папка Outlook Express (.dbx): выгрузите письма в .eml или mbox"
        ),
        "a mailbox of UW IMAP (.mbx): export it as mbox": (
            "ящик UW IMAP (.mbx): выгрузите его в mbox"
        ),
        "an index of Thunderbird (.msf): the letters are in the file beside it": (
            "индекс Thunderbird (.msf): письма лежат в файле рядом с ним"
        ),
        "an archive of Outlook for Mac (.olm): export it as .eml or mbox": (
            "архив Outlook для Mac (.olm): выгрузите письма в .eml или mbox"
        ),
        "a database of Notes (.nsf): export it as .eml or mbox": (
            "база Notes (.nsf): выгрузите письма в .eml или mbox"
        ),
        "a folder of The Bat! (.tbb): export it as .eml or mbox": (
            "папка The Bat! (.tbb): выгрузите письма в .eml или mbox"
        ),
        "a database": "база данных",
        "a text with formatting (.rtf)": "текст с оформлением (.rtf)",
        "text in UTF-16: save it as UTF-8": "текст в UTF-16: сохраните его в UTF-8",
        "an empty file": "пустой файл",
        "a letter of Apple Mail (.emlx): export it as mbox": (
            "письмо Apple Mail (.emlx): выгрузите ящик в mbox"
        ),
        "a calendar (.ics)": "календарь (.ics)",
        "contacts (.vcf)": "контакты (.vcf)",
        "a web page that was saved (.mhtml)": "сохранённая веб-страница (.mhtml)",
        "a web page": "веб-страница",
        "XML": "файл XML",
        "a table (.csv): export the letters as .eml or mbox": (
            "таблица (.csv): выгрузите письма в .eml или mbox"
        ),
        "a package's description": "описание пакета",
        "YAML": "файл YAML",
        "binary data": "двоичные данные",
        "text without the header of a letter": "текст без заголовка письма",
        "a pipe or a device": "канал или устройство",
        # erase, backup, restore
        "{count} letters erased": "стёрто писем: {count}",
        "{id} stays: a letter of somebody else that tells of him; it is kept without him": (
            "{id} остаётся: чужое письмо, где он упомянут; сохранится без него"
        ),
        "{id} stays: a letter of somebody else that tells of him failed: spool retry {id}, or"
        " drop": "{id} остаётся: чужое письмо, где он упомянут, отвергнуто: spool retry {id}"
        " или drop",
        "{count} letters found; nothing was erased: say --yes": (
            "найдено писем: {count}; ничего не стёрто: добавьте --yes"
        ),
        "{path}: {count} letters": "{path}: писем: {count}",
        ", {count} older ones dropped": ", удалено прежних архивов: {count}",
        "{address} is no address": "{address} — не адрес",
        "{address} is more than one address: name one": (
            "{address} — адресов несколько: назовите один"
        ),
        "{path} is not looked into: {why}": "{path}: не прочитано: {why}",
        "{path} is not erased: {why}": "{path}: не стёрто: {why}",
        "{path}: the webhook secret is that of the archive now, and the one before is in {before}:"
        " if it is newer (the archive's may have leaked since), move it back": (
            "{path}: теперь здесь секрет вебхука из архива, прежний — в {before}: если он новее"
            " (тот, что в архиве, с тех пор мог утечь), верните его на место"
        ),
        "{path} had no archive, but one was made on {when}: is its disk mounted?": (
            "в {path} архивов не было, а последний сделан {when}: подключён ли тот диск?"
        ),
        "{path} is not in it: {why}": "{path} в архив не вошло: {why}",
        "{path}: its name is ahead of the clock; it is neither counted nor dropped": (
            "{path}: имя обгоняет часы; в счёт не идёт и не удаляется"
        ),
        "{path}: its name is ahead of the clock; it is read, as there is no other": (
            "{path}: имя обгоняет часы; читается, так как других нет"
        ),
        "{path}: its name is ahead of the clock; it is passed over: name it to read it": (
            "{path}: имя обгоняет часы; не читается: чтобы прочесть, назовите"
        ),
        "{path} is empty: no older archive that has something is dropped": (
            "каталог {path} пуст: прежние архивы, в которых что-то есть, не удаляются"
        ),
        "the newest archive, {path}, is empty, and {full} is not: name the one to be read": (
            "последний архив, {path}, пуст, а {full} — нет: назовите тот, который нужно прочесть"
        ),
        "{count} letters are back in {path}": "возвращено писем в {path}: {count}",
        # canary, reconcile
        "MAILBOXES has no such mailbox": "в MAILBOXES такого ящика нет",
        "{mailbox}: no canary can be made: {why}": "{mailbox}: пробное письмо не создать: {why}",
        "{mailbox}: SMTP did not take it: {why}": "{mailbox}: SMTP не принял письмо: {why}",
        "{mailbox}: not there after {seconds} s: {why}": (
            "{mailbox}: за {seconds} с не дошло: {why}"
        ),
        "{mailbox}: arrived: {words}": "{mailbox}: дошло: {words}",
        "{step} {seconds} s": "{step} {seconds} с",
        "smtp": "приём",
        "bridge": "мост",
        "receiver": "приёмник",
        "all": "всего",
        "no mailbox is read by IMAP: IMAP_USER, IMAP_ACCOUNTS": (
            "по IMAP не читается ни один ящик: IMAP_USER, IMAP_ACCOUNTS"
        ),
        "no letters": "писем нет",
        "(no id)": "(без Message-ID)",
        "stored": "сохранено",
        "erased": "стёрто",
        "waits": "ждёт",
        "passed over": "пропущено",
        "missing": "не хватает",
        "left": "в папке уже нет",
        "python -m bridge": (
            "Принимает почту по SMTP и IMAP и передаёт её дальше. Остальные команды —"
            " для человека: разобрать очередь, узнать судьбу письма, загрузить"
            " старые письма, проверить, всё ли в порядке."
        ),
        "take mail in by SMTP": "принимать почту по SMTP",
        "take mail in by IMAP": "забирать почту по IMAP",
        "take letters of the past; see docs/yandex.md": (
            "загрузить старые письма; см. docs/yandex.md"
        ),
        "ask whether mail comes in": "узнать, поступает ли почта",
        "look at everything, say what to do": "проверить всё и подсказать, что сделать",
        "compare mailboxes with what is stored": "сверить ящики с тем, что сохранено",
        "send a marked letter the whole way": "отправить пробное письмо по всему пути",
        "write spool, cursors and secret to an archive": (
            "записать в архив очередь, места чтения и секрет"
        ),
        "read such an archive into an empty DATA_DIR": "восстановить архив в пустой DATA_DIR",
        "delete a person's letters from the spool": "удалить письма человека из очереди",
        "print what letters say by today's reading": "показать, как письма читаются сегодня",
        "see and act on letters that wait or failed": (
            "письма, которые ждут или не доставлены: посмотреть и решить"
        ),
        "what became of a letter, and in which dialog it is": (
            "что стало с письмом и в каком оно диалоге"
        ),
        "today and so many before, by UTC (7)": "сегодня и столько дней до того, по UTC (7)",
        "for a program to read": "для программы",
        "the id in SMTP's 250, its beginning, or a Message-ID": (
            "номер из ответа 250, его начало или Message-ID"
        ),
        "mbox, Maildir, .eml, a folder of it, or zip or tar": (
            "mbox, Maildir, .eml, папка с ними или архив zip, tar"
        ),
        "the letters are the specialist's own": "письма написал сам специалист",
        "whose letters they are, if not clear": "чей это ящик, если неясно",
        "a folder of the server: INBOX, \\Sent, …": "папка на сервере: INBOX, \\Sent, …",
        "with --imap: from then on": "вместе с --imap: начиная с этого дня",
        "an archive is written there": "куда записать архив",
        "only the N newest stay": "оставить только N последних",
        "{path} cannot be deleted: {why}": "{path} не удаляется: {why}",
        "{count} archives, up to {path}, are of another DATA_DIR than {directory}: they are neither"
        " counted nor dropped; is its volume the right one?": (
            "архивов с другого DATA_DIR, не {directory}: {count}, последний — {path}; в счёт они не"
            " идут и не удаляются; тот ли у него том?"
        ),
        "{path} and {other} are of two DATA_DIRs: name the one to be read": (
            "{path} и {other} — с двух разных DATA_DIR: назовите тот, который нужно прочесть"
        ),
        "an archive, or where backup put several: the newest is read": "архив или каталог, куда их"
        " кладёт backup: читается новейший",
        "his, in any spelling; or several": "его адрес в любом написании или несколько",
        "without this it only says which": "без этого только перечисляются",
        "one mailbox only, not each of MAILBOXES": "один ящик, а не все из MAILBOXES",
        "patience (60)": "сколько секунд ждать (60)",
        "go on, one each so many hours": "повторять раз в столько часов",
        "go on although only a later archive, which is damaged, may tell who was erased": (
            "продолжить, хотя о стёртых знает разве что повреждённый более поздний архив"
        ),
        "a later archive tells nothing of who was erased: {why}": (
            "о стёртых более поздний архив ничего не говорит: {why}"
        ),
        "every letter, with counts and ages": "все письма: сколько их и как давно",
        "one letter: envelope, header, why it failed": (
            "одно письмо: конверт, заголовок, почему не доставлено"
        ),
        "have letters tried now": "попробовать доставить сейчас",
        "delete letters from failed/ for good": "удалить письма из failed/ насовсем",
        "copy letters out as they were received": "скопировать письма в том виде, как пришли",
        "all, failed and waiting": "все: и ждущие, и недоставленные",
        "letters as they were received; without any, their paths are lines of the input": (
            "письма в том виде, как пришли; если не названы, пути читаются построчно со входа"
        ),
        "leave the attachments' bytes in DIR; whoever asks takes them away": (
            "оставить вложения в DIR; забирает их тот, кто просил"
        ),
        "one of the two only": "только одно из двух",
        # spool
        "there is no spool at {path}: look at DATA_DIR": (
            "в {path} очереди нет: проверьте DATA_DIR"
        ),
        "no letter is taken: {why}": "письма не принимаются: {why}",
        "waiting": "ждёт",
        "failed": "не доставлено",
        "next attempt in {span}": "следующая попытка через {span}",
        "{waiting} waiting, {bytes} bytes, the oldest {span}; {failed} failed,"
        " {failed_bytes} bytes": (
            "ждут: {waiting}, байт: {bytes}, самое старое: {span}; не доставлены: {failed},"
            " байт: {failed_bytes}"
        ),
        "it has not been tried yet": "доставить ещё не пробовали",
        "name letters, or say --all": "назовите письма или укажите --all",
        "{count} to be tried now": "будет сразу повторено: {count}",
        "{id} still waits for its delivery; only failed/ is dropped": (
            "{id} ещё ждёт доставки; удаляется только то, что в failed/"
        ),
        "{id} dropped": "{id} удалено",
        "{count} copied to {directory}": "скопировано в {directory}: {count}",
        "{given}: no letters in the spool": "{given}: таких писем в очереди нет",
        "{given}: {count} letters in the spool": "{given}: в очереди таких писем {count}",
        "{number} d": "{number} дн.",
        "{number} h": "{number} ч",
        "{number} m": "{number} мин",
        "{number} s": "{number} с",
        "id": "номер",
        "state": "состояние",
        "size": "байт",
        "age": "возраст, с",
        "next_attempt": "следующая попытка",
        "mailbox": "ящик",
        "mail_from": "отправитель",
        "rcpt_to": "получатели",
        "peer": "от кого принято",
        "reason": "причина",
        "attempts": "попыток",
        "first_attempt": "первая попытка",
        "last_attempt": "последняя попытка",
    }
)
