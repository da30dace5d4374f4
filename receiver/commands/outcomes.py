"""What the receiver's commands say they found and did. English to Russian."""

RUSSIAN = {
    "cannot start: {why}": "запустить нельзя: {why}",
    "cannot {command}: {why}": "{command} не выполнить: {why}",
    # list, show, find, search
    "there is no such dialog": "такого диалога нет",
    "nothing was found": "ничего не найдено",
    "letters: {count}": "писем: {count}",
    "  to: {whom}": "  кому: {whom}",
    "  files: {names}": "  файлы: {names}",
    "related: {dialogs}": "связанные диалоги: {dialogs}",
    "  there are more of them": "  есть и другие",
    "(no subject)": "(без темы)",
    "{mailbox}: {count} letters are in the index": "{mailbox}: писем в индексе: {count}",
    # backup, restore, fsck, project
    "no backup: {why}": "копия не сделана: {why}",
    "{path}: {letters} letters, {blobs} blobs of {bytes} bytes": (
        "{path}: писем: {letters}, файлов: {blobs} (байт: {bytes})"
    ),
    "{path}: {dialogs} dialogs of an earlier version, {blobs} blobs of {bytes} bytes": (
        "{path}: диалогов прежней версии: {dialogs}, файлов: {blobs} (байт: {bytes})"
    ),
    "{path} cannot be deleted: {why}": "{path} не удаляется: {why}",
    ", {count} older ones dropped": ", удалено прежних копий: {count}",
    "{path}: its name is ahead of the clock; it is neither counted nor dropped": (
        "{path}: имя обгоняет часы; в счёт не идёт и не удаляется"
    ),
    "{path}: it cannot be read by this BACKUP_KEY; it is neither counted nor dropped": (
        "{path}: с этим BACKUP_KEY не читается; в счёт не идёт и не удаляется"
    ),
    "the database {database} is empty: no older backup that has letters is dropped": (
        "база {database} пуста: прежние копии, в которых есть письма, не удаляются"
    ),
    "a backup before had {before} letters: is {database} the right database?": (
        "в прежней копии писем было {before}: та ли это база, {database}?"
    ),
    "{count} older ones stay, up to {path}: they are of another {database}, on another volume, or"
    " have more than twice the letters; if all is right, delete them yourself": (
        "оставлено прежних копий: {count}, последняя — {path}: они сделаны с другой базы"
        " {database}, на другом томе, или писем в них больше чем вдвое; если всё верно, удалите их"
        " сами"
    ),
    "{directory}: of mongodump, which notes no digests: every document can be read": (
        "{directory}: от mongodump, который сумм не пишет: все документы читаются"
    ),
    "{directory}: of the database {database}, {letters} letters": (
        "{directory}: база {database}, писем: {letters}"
    ),
    "{path}: its name is ahead of the clock; it is read, as there is no other": (
        "{path}: имя обгоняет часы; читается, так как других нет"
    ),
    "{path}: its name is ahead of the clock; it is passed over: name it to read it": (
        "{path}: имя обгоняет часы; не читается: чтобы прочесть, назовите"
    ),
    "blob {digest} is not whole in the database itself; see: fsck": (
        "файл {digest} повреждён в самой базе; подробнее: fsck"
    ),
    "{wrong} wrong of the bytes of {letters} letters, {blobs} in GridFS": (
        "проверено писем: {letters}, файлов в GridFS: {blobs}; повреждено или отсутствует: {wrong}"
    ),
    "differs": "отличается",
    "made anew": "собран заново",
    "{dialog} {mailbox} holds a letter that is not kept": (
        "{dialog} {mailbox}: в диалоге есть письмо, которого в базе нет"
    ),
    "{mailbox}: its dialogs stay as they are until its letters can be read": (
        "{mailbox}: диалоги остаются как есть, пока письма не прочитать"
    ),
    "{count} dialogs differ": "отличается диалогов: {count}",
    "{count} dialogs made anew": "собрано заново диалогов: {count}",
    "{directory}: every byte is as it was written": "{directory}: всё читается так, как записано",
    "does a receiver file into this database? stop it, and restore again": (
        "в эту базу пишет работающий приёмник? Остановите его и восстановите копию ещё раз"
    ),
    "{count} letters that were erased since then are erased again": (
        "стёрто повторно писем, которые стёрли после создания копии: {count}"
    ),
    "{count} hooks are off, with the secrets of then (hook list, hook rotate)": (
        "выключено хуков: {count}, секреты у них прежние (hook list, hook rotate)"
    ),
    "{count} tokens are suspended, since any may have been revoked after the backup: token list,"
    " then token renew NAME or token revoke NAME": (
        "приостановлено токенов: {count}, ведь любой могли отозвать уже после создания копии:"
        " token list, затем token renew ИМЯ или token revoke ИМЯ"
    ),
    "{path} cannot be looked into: {why}; it is neither counted nor dropped": (
        "в {path} не заглянуть: {why}; не считается и не удаляется"
    ),
    "{path} cannot be looked into: {why}; it is passed over": (
        "в {path} не заглянуть: {why}; пропускается"
    ),
    "{path} had no backup, but one was made on {when}: is its disk mounted?": (
        "в {path} копий не было, а последняя сделана {when}: подключён ли тот диск?"
    ),
    "{path} is later, and cannot be read: {why}": "{path}, более поздняя, не читается: {why}",
    "{count} tokens are as they were, also those that were revoked after the backup": (
        "токенов в прежнем виде: {count}, в том числе отозванные уже после создания копии"
    ),
    "{count} links and sign-ins have ended": "завершено входов и ссылок для входа: {count}",
    "{count} dialogs are on hold as they were: python -m receiver hold": (
        "диалогов с запретом на удаление, как было в копии: {count}; список: python -m receiver"
        " hold"
    ),
    "all is loaded; {but}": "всё загружено; {but}",
    ", read by {reader}": ", прочитано программой {reader}",
    "mongodump gave up ({why}); the backup goes on without it": (
        "mongodump не справился ({why}); копия снимается дальше без него"
    ),
    # migrate, reparse
    "{count} mailboxes would be migrated; nothing was written": (
        "будет перенесено ящиков: {count}; ничего не записано"
    ),
    "done; what was before is in {collections} until you drop it": (
        "готово; прежнее лежит в {collections}, пока вы его не удалите"
    ),
    "there is nothing to migrate": "переносить нечего",
    "{count} documents cannot be read: mend or remove them; nothing was written": (
        "не прочитать документов: {count}; исправьте или удалите их; ничего не записано"
    ),
    "{dialog} {mailbox} would {become}": "{dialog} {mailbox}: {become}",
    "be one with {others}": "объединится с {others}",
    "be {count} dialogs": "разделится, диалогов станет: {count}",
    " and ": " и ",
    "{mailbox}: {letters} letters, {dialogs} dialogs; {differ} of before would be grouped"
    " otherwise": (
        "{mailbox}: писем: {letters}, диалогов: {dialogs}; прежних диалогов, которые сложились бы"
        " иначе: {differ}"
    ),
    "{mailbox}: {count} letters: {words}": "{mailbox}: писем: {count}: {words}",
    "{count} change": "изменится: {count}",
    "{count} stay as they are": "останется как есть: {count}",
    "{count} have no original": "без оригинала: {count}",
    "{count} cannot be read whole": "не прочитать целиком: {count}",
    "{count} gave something up to erasing or retention": (
        "часть удалена по просьбе или по сроку: {count}"
    ),
    "{name}: {before} → {now} characters": "{name}: знаков {before} → {now}",
    "nothing": "ничего",
    "nothing was written": "ничего не записано",
    # token, link, hook
    "there is, or was, a token named {name}": "токен с именем {name} уже есть или был",
    "this is the only time that it is shown": "токен показан один раз, сохраните его",
    "there is no valid token named {name}": "действующего токена с именем {name} нет",
    "there is no suspended token named {name}": "приостановленного токена с именем {name} нет",
    "the token {name} is revoked": "токен {name} отозван",
    "the token {name} is valid again": "токен {name} снова действует",
    "{name} is signed out everywhere": "{name}: все входы завершены",
    "the hook {name} is on": "хук {name} включён",
    "the hook {name} is off": "хук {name} выключен",
    "the hook {name} is removed": "хук {name} удалён",
    "a name is 1 to {most} signs on one line": "имя — от 1 до {most} знаков в одну строку",
    "{text} is over already": "{text} — уже прошло",
    "services that sign are noted as {name}: take another name": (
        "{name} — так подписаны действия сервисов: выберите другое имя"
    ),
    "{word} is none of {known}": "{word} — нужно одно из: {known}",
    "name a right: one of {known}": "укажите хотя бы одно право: {known}",
    "one mailbox each time: --mailbox A --mailbox B": (
        "называйте ящики по одному: --mailbox А --mailbox Б"
    ),
    "{text} is no mailbox, such as support@example.ru": (
        "{text} — не ящик, нужно как support@example.ru"
    ),
    "it is 30d, or a date such as 2027-01-31": "нужно 30d или дата, например 2027-01-31",
    "good for one sign-in within {minutes} minutes": (
        "ссылка для одного входа, действует {minutes} мин"
    ),
    "whoever opens it signs in as {name}; a link for somebody else: --name": (
        "кто её откроет, войдёт под именем {name}; ссылка для другого человека: --name"
    ),
    "nobody named {name} is signed in": "никто с именем {name} не вошёл",
    "several hooks are named {name}, say which by its id: {ids}": (
        "хуков с именем {name} несколько, укажите номер нужного: {ids}"
    ),
    "the hook {name} signs with both secrets for a day; the new one is shown this once": (
        "хук {name} сутки подписывает обоими секретами; новый показан единственный раз"
    ),
    "there is no hook named {name}": "хука с именем {name} нет",
    "the hook {name} is on; its secret is shown this once": (
        "хук {name} включён; секрет показан один раз, сохраните его"
    ),
    # erase, retain, hold
    "nothing was erased: say --yes": "ничего не стёрто: добавьте --yes",
    "and first end what holds them: {on_hold}": "но сначала снимите запрет на удаление: {on_hold}",
    "what waits at the bridge: python -m bridge erase {address}": (
        "то, что ещё ждёт у моста: python -m bridge erase {address}"
    ),
    "dialogs are on hold: {dialogs}; see: python -m receiver hold": (
        "эти диалоги удалять запрещено: {dialogs}; подробнее: python -m receiver hold"
    ),
    "{mailbox} has no letters and never had; the nearest is {near}": (
        "в ящике {mailbox} писем нет и не было; похожий — {near}"
    ),
    "{mailbox} has no letters and never had": "в ящике {mailbox} писем нет и не было",
    "{address} is not one address": "{address} — не один адрес",
    "{address} is a mailbox of the company, not a person": (
        "{address} — ящик компании, а не человек"
    ),
    "RETENTION says nothing: everything is kept for ever": (
        "RETENTION не задана: всё хранится бессрочно"
    ),
    "{kind} of {count} letters": "{kind} (писем: {count})",
    "originals": "оригиналы",
    "html": "письма в HTML",
    "attachments": "вложения",
    "text": "тексты",
    "nothing of letters": "из писем ничего",
    "{kinds}; {dialogs} dialogs; {held} on hold": (
        "{kinds}; диалогов: {dialogs}; удалять запрещено: {held}"
    ),
    "; {count} in {place}": "; в {place}: {count}",
    " until {day}": " до {day}",
    "it is held from now on; but what began at {began} UTC, an erasure or retention, is taking"
    " something of it away or was cut short doing so: look what is left of it": (
        "с этой минуты удалять запрещено; но удаление, которое началось в {began} UTC, что-то из"
        " него уже убирает или было на этом прервано: посмотрите, что осталось"
    ),
    "it has just gone: there is no such dialog any more": "такого диалога больше нет: только что"
    " удалён",
    "it is not held": "запрета на удаление нет",
    "the dialog is held": "диалог удалять теперь запрещено",
    "the dialog is no longer held": "запрет на удаление снят",
    "nothing is held of {address}": "о {address} ничего нет",
    "--until is over, so nothing would be held": "срок --until уже прошёл, удаление не запрещено",
    "say --why it is held": "укажите причину: --why",
    "it is a date such as 2027-01-31": "нужна дата, например 2027-01-31",
}
