"""Last words of commands about backups, folders or hooks, in Russian.

Each pattern is an English sentence of ours, next to its Russian.
"""

SENTENCES = {
    # Backups: receiver/backup, receiver/commands, bridge/keeping, contract/sealing.
    r"is not what (\S+) says": r"не то, что указано в \1",
    r"is of format (\S+), this reads (\S+)": r"в формате \1, а здесь читается \2",
    r"it is no backup, or was cut short": "это не копия, или она оборвана",
    r"cannot be read: ": "не читается: ",
    r"is encrypted: BACKUP_KEY must be what it was then": "зашифровано: нужен прежний BACKUP_KEY",
    r"nothing came for (\S+) s": r"ничего не приходило \1 с",
    r"it wrote what is no document": "он выдал не документ",
    r"it ended within a document": "он остановился посреди документа",
    r"exit status (\S+)": r"код возврата \1",
    r"holds what is no document": "повреждено: внутри не документ",
    r"ends within a document": "обрывается посреди документа",
    r"has other bytes than were (?:written|stored)": "изменено: записаны были другие байты",
    r"has other documents than were written": "изменено: записаны были другие документы",
    r"is not there, and a letter names it": "отсутствует, а в письме он указан",
    r"is not encrypted as a backup is, or cut short": "оборвано или зашифровано не нами",
    r"was encrypted with another BACKUP_KEY": "зашифровано другим BACKUP_KEY",
    r"is cut short, or has other bytes than were written": "оборвано или изменено",
    r"the database (\S+) is not empty, it has (\S+): name another one in MONGO_DATABASE, or drop"
    r" this one if nobody needs it": r"база \1 не пуста, в ней есть \2: укажите другую в"
    r" MONGO_DATABASE или удалите эту, если она никому не нужна",
    r"the newest backup, (\S+), has (\S+) letters, and (\S+) has (\S+): name the one to be read": (
        r"в последней копии, \1, писем: \2, а в \3 их \4: назовите ту, которую нужно прочесть"
    ),
    r"has an oplog, which only mongorestore --oplogReplay carries out: dump without --oplog while"
    r" no receiver runs, or use python -m receiver backup": "— там есть журнал операций (oplog),"
    " его применяет только mongorestore --oplogReplay: снимите дамп без --oplog, пока приёмники"
    " остановлены, или командой python -m receiver backup",
    r"has several databases: name one of them, such as": "— там несколько баз: назовите одну,"
    " например",
    r"(\S+) documents differ": r"отличается документов: \1",
    r"the restore of (\S+) is not finished: finish it first": r"восстановление \1 не закончено:"
    r" сначала закончите его",
    r"the backup's dialogs were made with JOIN_POLICY=(\S+): set that": r"диалоги в копии созданы с"
    r" JOIN_POLICY=\1: задайте это же значение",
    r"who was erased here would come back: bring it back from an archive, or move it away and erase"
    r" them again": "стёртые здесь вернулись бы: верните файл из архива или уберите его и сотрите"
    " их ещё раз",
    r"it is torn or damaged": "файл оборван или повреждён",
    r"who was erased by it would come back, so nothing is loaded: make it readable, or bring it"
    r" back from a copy, and restore again": "стёртые этим стиранием вернулись бы, поэтому ничего"
    " не загружено: сделайте файл читаемым или верните его из копии и восстановите ещё раз",
    r"has no files of erasures: with --erasures, name the directory that has one for each, as"
    r" DATA_DIR/erasures does": "— там нет файлов о стёртом: в --erasures укажите каталог, где на"
    " каждое стирание свой, как в DATA_DIR/erasures",
    r"the erasure (\S+) of (.+?) is in a backup, but its files are not in (.+), and those of"
    r" later ones may be missing, too: bring them back from a copy, or name their directory with"
    r" --erasures; if they are nowhere, say --erasures-lost": r"стирание \1 от \2 в копии есть, а"
    r" его файлов в \3 нет, и более поздних тоже может не быть: верните их из копии или укажите"
    r" их каталог в --erasures; если их нигде нет, добавьте --erasures-lost",
    r"(\S+) is later and cannot be read, and there are no files of erasures in (.+): who was erased"
    r" since is not known: bring them back from a copy; if they are nowhere, or nobody was erased,"
    r" say --erasures-lost": r"более поздняя \1 не читается, а в \2 нет файлов о стёртом: кого с"
    r" тех пор стёрли, неизвестно: верните их из копии; если их нигде нет или никого не стирали,"
    r" добавьте --erasures-lost",
    r"the files of erasures in (.+) are of two databases: copy those of this one to a directory of"
    r" their own, and name it with --erasures": r"файлы о стёртом в \1 от двух баз: скопируйте"
    r" файлы этой в отдельный каталог и укажите его в --erasures",
    r"the erasures of (.+) are of another database: name its own with --erasures": r"записи о"
    r" стёртом в \1 от другой базы: укажите нужные в --erasures",
    r"(\S+) is not there: is DATA_DIR right\?": r"каталога \1 нет: верно ли задан DATA_DIR?",
    r"another backup is being written to (.+)": r"в \1 уже пишется другая копия",
    r"(\S+) is later and cannot be read: who was erased since is not known: bring erased\.json back"
    r" into DATA_DIR; if it is nowhere, or nobody was erased, say --erasures-lost": r"более"
    r" поздний \1 не читается, и кого с тех пор стёрли, неизвестно: верните erased.json в DATA_DIR;"
    r" если его нигде нет или никого не стирали, добавьте --erasures-lost",
    r"no mongodump is here that starts: install it, or leave out --with mongodump": "работающего"
    " mongodump здесь нет: установите его или уберите --with mongodump",
    r"a restore or a migration is not finished: finish it first": "восстановление или перенос не"
    " закончены: сначала закончите",
    r"has no archive of python -m bridge backup": "— там нет архивов python -m bridge backup",
    r"has letters: name another DATA_DIR": "— там уже есть письма: укажите другой DATA_DIR",
    r"has (.+?), which is none of ours": r"— не наш архив, в нём есть \1",
    r"nothing was erased: the act cannot be written:": "ничего не стёрто: акт не записать:",
    r"it was erased, but the act could not be written: (.+); mend that and erase once more: the act"
    r" then tells of both": r"стёрто, но акт не записан: \1; устраните это и сотрите снова: в акте"
    r" будет и то и другое",
    r"(\S+) is there already": r"\1 уже есть",
    # fsck, project, migrate, reparse, serve.
    r"cannot be unpacked": "не распаковывается",
    r"is not there$": "отсутствует",
    r"has (\S+) bytes of (\S+)": r"байт \1 вместо \2",
    r"has (\S+) bytes and says that it has (\S+)": r"байт \1, а записано, что их \2",
    r"its field (\S+) is missing or damaged": r"поле \1 отсутствует или испорчено",
    r"somebody still writes the dialogs of before:": "кто-то ещё пишет в прежние диалоги:",
    r"(\S+) holds documents that no migration wrote: rename it": r"в \1 документы не"
    r" от переноса: переименуйте её",
    r"the reading process has no pipes": "у читающего процесса нет каналов",
    r"(python -m bridge read) ended; see above": r"\1 завершился, причина выше",
    r"aiohttp runs without its C parser, whose Python twin has known faults": "aiohttp установлен"
    " без разборщика на C, а в разборщике на Python есть известные ошибки",
    r"the (?:letters|dialogs?) kept changing": "данные всё время менялись; повторите",
    # search: receiver/search/query.
    r"longer than (\S+) characters": r"длиннее \1 знаков",
    r"say what, right behind the colon": "укажите что, сразу за двоеточием",
    r"say what to look for: there is no word in it": "укажите, что искать: здесь нет ни слова",
    r"more than (\S+) conditions": r"больше \1 условий",
    r"it is not later than after": "это не позже, чем after",
    r"it cannot be both": "это взаимно исключает друг друга",
    r"it cannot be read$": "это непонятно",
    r"the quotation mark has no other one": "кавычка не закрыта",
    r"a date cannot be excluded: say before for after": "дату нельзя исключить: вместо after"
    " напишите before",
    r"there is no word in it": "здесь нет ни слова",
    r"there is a control character in it": "здесь управляющий знак",
    r"a date as (\S+) or (\S+), a month as (\S+), or a year": r"нужна дата, как \1 или \2, месяц,"
    r" как \3, или год",
    # hook: receiver/hooks.
    r"a name is on one line": "имя пишется в одну строку",
    r"there are too many hooks": "хуков слишком много",
    r"its secret was changed just now": "его секрет только что уже сменили",
    r"restored from a backup": "восстановлено из копии",
    r"these mailboxes have a hook of this name": "у этих ящиков уже есть хук с таким именем",
    r"it is no URL": "это не URL",
    r"it has a space or a control character": "в нём пробел или управляющий символ",
    r"it begins with https:// and has at most (\S+) signs": r"нужен https:// и не больше \1 знаков",
    r"it begins with https://: what a hook tells is of letters": "нужен https://: хук сообщает о"
    " письмах",
    r"a name and password do not belong into it: a hook signs what it sends": "имя и пароль здесь"
    " не нужны: хук подписывает то, что отправляет",
    r"it has a fragment, which is never sent": "в нём есть #, а это никогда не отправляется",
    r"its port is 443 or one from (\S+) on": r"порт — 443 или от \1",
    r"is no address as it should be written, such as": "— адрес записан не так, нужно как",
    r"is no name of a host": "— не имя узла",
    r"is not a public address": "— адрес не из Интернета",
    r"is an address of nobody": "— ничей адрес",
    # What a hook's target did: receiver/hooks/calling/target.
    r"no answer within (\S+) s": r"ответа нет за \1 с",
    r"no connection within (\S+) s": r"соединения нет за \1 с",
    r"no connection or TLS handshake within (\S+) s": r"нет соединения или TLS за \1 с",
    r"the target hung up before it answered": "адресат закрыл соединение, не ответив",
    r"the answer is no HTTP": "ответ не по HTTP",
    # Another process in the same directory: bridge/spool/spool, bridge/ingress/imap/supervisor.
    r"another bridge or import works on (.+): stop it, or choose another DATA_DIR": r"с \1 уже"
    r" работает другой мост или другая загрузка: остановите или укажите другой DATA_DIR",
    r"another bridge follows the mailboxes of (.+): stop it, or choose another DATA_DIR": r"ящики в"
    r" \1 уже читает другой мост: остановите его или укажите другой DATA_DIR",
    # reconcile, canary, import: bridge/proving, bridge/ingress.
    r"it waits in the spool:": "ждёт в очереди:",
    r"it failed, and is in the spool:": "не доставлено, лежит в очереди:",
    r"the folder has not been read yet": "папка ещё не прочитана",
    r"(\S+) bytes are more than ((?:SMTP|SPOOL)_MAX_\w+(?:, \w+)?)": r"байт \1, это больше \2",
    r"the server did not give it, (\S+) tries": r"сервер его не отдал, попыток: \1",
    r", given up": ", больше не пробуем",
    r"it came before (\S+), when reading began": r"пришло раньше \1, когда началось чтение",
    r"it has not been read yet": "ещё не прочитано",
    r"it was read and is not stored, or was stored and is no more": "прочитано, но в базе его нет"
    " или уже нет",
    r"it is stored, and not in the folder any more": "сохранено, а в папке его уже нет",
    r": no folder (.+?); there are: ": r": нет папки \1, есть: ",
    r": no folder ": ": нет папки ",
    r"the server has renumbered the folder: import again": "сервер перенумеровал папку: загрузите"
    " ещё раз",
    r"the receiver answers about other letters than it was asked": "приёмник отвечает не о тех"
    " письмах",
    r"(http\S+) answers (\S+)": r"\1 отвечает \2",
    r"the receiver has not been asked": "приёмник ещё не спрошен",
    r"(\S+) leads round in a circle": r"\1 ведёт по кругу",
    r"(?<=: )“([^”]*)” is none of ": r"значения «\1» нет, бывают: ",
    r"no login is tried again until the credentials change": "новых попыток не будет, пока пароль"
    " или токен не сменится",
    r"login refused:": "во входе отказано:",
    r"check that IMAP is allowed in the mailbox's settings, and make a new app password: changing"
    r" the account's password, its two-factor login or a log-out on all devices ends all of them": (
        "проверьте, что в настройках ящика разрешён IMAP, и создайте новый пароль приложения: все"
        " прежние перестают действовать после смены пароля, включения или отключения двухфакторного"
        " входа и выхода на всех устройствах"
    ),
    r"the server closed the connection": "сервер закрыл соединение",
    r"the server said BYE": "сервер попрощался (BYE)",
}
