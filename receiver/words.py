"""What the receiver says at a terminal: the help of its commands, ``ping``, MongoDB's troubles.

English to Russian. What commands say they did is in ``commands/outcomes.py``.
"""

from contract.language.speaking import Texts
from receiver.commands.outcomes import RUSSIAN

texts = Texts(
    {
        **RUSSIAN,
        "python -m receiver": (
            "Без команды принимает события по HTTP. Остальные команды смотрят в базу и действуют"
            " на неё."
        ),
        "take events by HTTP until told to stop (the default)": (
            "принимать события по HTTP (это делается и без команды)"
        ),
        "exit 0 if the receiver is ready, 1 otherwise": (
            "код возврата 0, если приёмник готов, иначе 1"
        ),
        "look at everything, say what is wrong and what to do": (
            "проверить всё, сказать, что не так и что сделать"
        ),
        "the dialogs with the newest letters": "диалоги с самыми новыми письмами",
        "a dialog, letter by letter": "диалог письмо за письмом",
        "dialogs by address, Message-ID or words of the subject": (
            "найти диалоги по адресу, Message-ID или словам темы"
        ),
        "letters with certain words, in any form": "найти письма по словам в любой форме",
        "why each letter of a dialog is there": "почему каждое письмо попало в этот диалог",
        "make the dialogs anew from letters and facts, or --check them": (
            "собрать диалоги заново или только сверить (--check)"
        ),
        "say whether every byte that a letter names is there, exit 1 if not": (
            "проверить, все ли вложения и оригиналы на месте; если нет, код возврата 1"
        ),
        "write all letters, corrections and blobs to a directory": (
            "записать все письма, исправления и вложения в каталог"
        ),
        "read a backup into an empty database and compare the two": (
            "восстановить копию в пустую базу и сверить"
        ),
        "take over a database that versions before 0.2 wrote": "перенести базу версий до 0.2",
        "make letters anew from their originals by today's reading": (
            "прочитать письма заново из оригиналов"
        ),
        "add, list, revoke and renew the tokens of the API": (
            "токены API: добавить, показать, отозвать, возобновить"
        ),
        "say what is held of somebody": "показать, что хранится о человеке",
        "write all that is held of somebody to an archive": (
            "записать в архив всё, что хранится о человеке"
        ),
        "erase a person, with an act; without --yes only say": (
            "стереть данные человека, с актом; без --yes только показать"
        ),
        "have go what is due by RETENTION": "удалить то, чему вышел срок (RETENTION)",
        "hold a dialog back from retention and erasing": (
            "не удалять диалог ни по сроку, ни по просьбе"
        ),
        "whom outgoing hooks tell what: add, list, test, …": (
            "исходящие хуки, кому о чём сообщать: add, list, test, …"
        ),
        "print a link that signs in to the page once": "ссылка для одного входа на страницу",
        "an address, a Message-ID, or words of a subject": "адрес, Message-ID или слова темы",
        "at most (20)": "не больше (20)",
        "only compare: exit 1 if any differs": "только сверить: код 1, если есть различия",
        "make the dialogs by this receiver's JOIN_POLICY and rule, where the database has"
        " another one": "собрать диалоги по JOIN_POLICY этого приёмника, а не базы",
        "the id of a dialog or letter, also a former one": (
            "номер диалога или письма, можно и прежний"
        ),
        "words, phrases, operators: docs/search.md": "слова, фразы, операторы: docs/search.ru.md",
        "only of this mailbox": "только из этого ящика",
        "make the index of words anew": "построить индекс слов заново",
        "a backup, or the directory of many: the newest of them": (
            "копия или каталог копий (тогда самая новая)"
        ),
        "the files of erasures since, instead of DATA_DIR/erasures": (
            "файлы о стёртом с тех пор, вместо DATA_DIR/erasures"
        ),
        "go on although files of erasures are missing: they are nowhere, or nobody was erased": (
            "продолжать, хотя файлов о стёртом не хватает: их нигде нет или никого не стирали"
        ),
        "only read the backup through; no database is needed": (
            "только прочитать копию целиком; база не нужна"
        ),
        "do not suspend tokens: none was revoked since": (
            "не приостанавливать токены: с тех пор ни одного не отозвали"
        ),
        "make a token, and print it this once": "создать токен и показать его один раз",
        "print every token: name, rights, mailboxes, times": (
            "все токены: имя, права, ящики, даты"
        ),
        "end a token now": "отозвать токен сейчас",
        "have a token be valid again that a restore suspended": (
            "возобновить токен, приостановленный после восстановления из копии"
        ),
        "whose it is; no name is given twice": "чей он; имена не повторяются",
        "for a program to read": "для программы",
        "go on, one each so many hours": "повторять раз в столько часов",
        "what reads the collections: mongodump if there is one, else ourselves (own)": (
            "чем читать коллекции: если не сказано, то mongodump, если он есть, иначе сами (own)"
        ),
        "repeat it; * is all": "можно повторять; * — все",
        "30d, or a day such as 2027-01-31, its end in UTC": (
            "30d или день, например 2027-01-31, до его конца по UTC"
        ),
        "who signs in; corrections bear that name": "кто входит; этим именем подписаны исправления",
        "repeat it; all if none": "можно повторять; если не указан — все",
        "print who is signed in": "показать, кто вошёл",
        "sign somebody out everywhere": "завершить все входы человека",
        "his address, in any spelling": "его адрес в любом написании",
        "of one mailbox only": "только в одном ящике",
        "the archive, a zip": "архив zip",
        "such as: consent withdrawn on 2026-11-26": "например: согласие отозвано 26.11.2026",
        "who does it, as the act says it": "кто стирает, как это записать в акте",
        "the company and its address, for the act": "организация и её адрес, для акта",
        "instead of DATA_DIR/erasures": "вместо DATA_DIR/erasures",
        "without this it only says what would go": "без этого только показывает, что исчезнет",
        "write nothing; list each dialog that the rule of today would group otherwise": (
            "ничего не писать; перечислить диалоги, которые сегодня сложились бы иначе"
        ),
        "group these dialogs as the rule does; else they stay as they are": (
            "сложить их по правилу; иначе остаются как есть"
        ),
        "print a new secret; for a day it signs with the old one, too": (
            "показать новый секрет; сутки подписывает и старым"
        ),
        "make a hook, and print its secret this once": "создать хук и показать секрет один раз",
        "or its id, as list prints it": "или номер, как его показывает list",
        "print every hook: name, state, URL, events, mailboxes, id": (
            "все хуки: имя, состояние, адрес, события, ящики, номер"
        ),
        "send an event that means nothing, and say what came of it": (
            "отправить пробное событие и сказать, что вышло"
        ),
        "print the last twenty attempts": "последние двадцать попыток",
        "switch it on: it goes on where it was": "включить: продолжит с того же места",
        "switch it off; what happens meanwhile is told later": (
            "выключить; о том, что случится, сообщит потом"
        ),
        "forget it, with what it has not told yet": "удалить вместе с тем, о чём ещё не сообщил",
        "where it POSTs; https": "куда отправлять; https",
        "else one is made up": "иначе будет придуман",
        "repeat it; else all": "можно повторять; иначе все",
        "tell letters and dialogs, not ids alone": "сообщать письма и диалоги, не только номера",
        "only count what would go": "только посчитать, что исчезнет",
        "write nothing; list what would change": "ничего не писать; показать, что изменится",
        "group dialogs by the ids that are read now; else they stay as they are": (
            "сложить диалоги по прочитанным сейчас номерам; иначе остаются как есть"
        ),
        "it gets one of its own there": "там для него создаётся отдельный",
        "drop all but the N newest": "оставить только N последних",
        "its id; without it all holds are listed": "номер; без него — список всех",
        "needed to hold a dialog": "без причины диалог не удержать",
        "who asks for it": "кто просит",
        "a day such as 2027-01-31, its end in UTC": (
            "день, например 2027-01-31, до его конца по UTC"
        ),
        "hold it no more": "больше не удерживать",
        # what may follow a command
        "at most {count} characters can be looked for, not {given}": (
            "искать можно не больше {count} знаков, а здесь {given}"
        ),
        "must be a whole number of 1 or more, not {text}": "нужно целое число от 1, а не {text}",
        "must say something, on one line": "здесь нужны слова, в одну строку",
        "the receiver at {address} is not ready: {status}: {said}": (
            "приёмник на {address} не готов: {status}: {said}"
        ),
        "the receiver does not answer at {address}: {why}: is it running, and are RECEIVER_HOST"
        " and RECEIVER_PORT right?": (
            "приёмник на {address} не отвечает: {why}; запущен ли он, верны ли RECEIVER_HOST и"
            " RECEIVER_PORT?"
        ),
        # MongoDB
        "the login has no right to do that: give it the roles readWrite and dbAdmin on"
        " MONGO_DATABASE": (
            "у этой учётной записи нет таких прав: дайте ей роли readWrite и dbAdmin на"
            " MONGO_DATABASE"
        ),
        "the login is refused: look at the name and password in MONGO_URI, and at authSource": (
            "во входе отказано: проверьте имя и пароль в MONGO_URI, а также authSource"
        ),
        'MONGO_DATABASE is no name that the server takes: at most 63 bytes, without / \\ . " $': (
            'такое имя MONGO_DATABASE сервер не принимает: не больше 63 байт, без / \\ . " $'
        ),
        "the login is refused: look at the name and password in MONGO_URI": (
            "во входе отказано: проверьте имя и пароль в MONGO_URI"
        ),
        "the server is going down": "сервер останавливается",
        "the server is not the primary of its replica set, which is looked for": (
            "это не основной узел набора реплик, ищется основной"
        ),
        "the server's disk is full: make room there; nothing that it acknowledged is lost": (
            "на диске сервера нет места: освободите его; из подтверждённого ничего не потеряно"
        ),
        "the server ended the connection: does it still run? its log says why, such as a full disk"
        " or that it wants TLS (tls=true in MONGO_URI)": (
            "сервер закрыл соединение: работает ли он? причина в его журнале: например, диск полон"
            " или нужен TLS (tls=true в MONGO_URI)"
        ),
        "what answers there is no MongoDB: look at host and port in MONGO_URI": (
            "там отвечает не MongoDB: проверьте адрес и порт в MONGO_URI"
        ),
        "no TLS is spoken there: leave tls=true out of MONGO_URI, or look at the port": (
            "там без TLS: уберите tls=true из MONGO_URI или проверьте порт"
        ),
        "what is loaded stays: once that is mended, the same command goes on from there": (
            "загруженное остаётся: устраните причину и повторите ту же команду, она продолжит"
        ),
        "too few members of the replica set have the write; it is tried again": (
            "запись есть не на всех нужных узлах набора реплик; попытка повторится"
        ),
        "the server refuses: {text}": "сервер отказывает: {text}",
        "{text}: look at MONGO_URI, {right}": "{text}: проверьте MONGO_URI, {right}",
        "such as {example}": "например {example}",
        "no answer in time: is the port right, does a firewall stand between? (MONGO_TIMEOUT)": (
            "нет ответа за отведённое время: верен ли порт, не мешает ли межсетевой экран?"
            " (MONGO_TIMEOUT)"
        ),
        "the connection does not come about: {text}": "соединиться не удаётся: {text}",
        "DNS knows no MongoDB of that name: with mongodb+srv:// the name is the one that Atlas or"
        " your administrator gave; a host of your own is called with mongodb://": (
            "в DNS такой MongoDB нет: для mongodb+srv:// нужно имя, которое дал Atlas или"
            " администратор; для своего сервера пишите mongodb://"
        ),
        "DNS does not answer, which mongodb+srv:// needs: look at the network": (
            "DNS не отвечает, а для mongodb+srv:// он нужен: проверьте сеть"
        ),
        "no such host: look at the name in MONGO_URI, or at DNS": (
            "такого узла нет: проверьте имя в MONGO_URI или DNS"
        ),
        "nobody listens there: is MongoDB running, and is the port right?": (
            "там никто не отвечает: запущена ли MongoDB, верен ли порт?"
        ),
        "TLS does not come about: look at tls=… and tlsCAFile=… in MONGO_URI ({text})": (
            "TLS не устанавливается: проверьте tls=… и tlsCAFile=… в MONGO_URI ({text})"
        ),
        "no primary: look at the replica set, and at replicaSet=… in MONGO_URI ({text})": (
            "нет основного узла: проверьте набор реплик и replicaSet=… в MONGO_URI ({text})"
        ),
        "must begin with mongodb:// or mongodb+srv:// and name a host, {right}": (
            "должно начинаться с mongodb:// или mongodb+srv:// и называть узел, {right}"
        ),
        ", not with {given}": ", а не с {given}",
        "the password holds one of : / ? # [ ] @ %, which must be written as %3A %2F %3F %23"
        " %5B %5D %40 %25 there, {right}": (
            "в пароле есть знак из : / ? # [ ] @ %, его здесь пишут как %3A %2F %3F %23 %5B %5D"
            " %40 %25, {right}"
        ),
        "{text}: must be {example}": "{text}: нужно {example}",
        "a file that it names holds no certificate": "в названном там файле нет сертификата",
        "{host} names no host, {right}": "{host} — не имя узла, {right}",
        "the port in {hosts} must be a number from 1 to 65535, {right}": (
            "порт в {hosts} — число от 1 до 65535, {right}"
        ),
        "{text}: must be as in the driver's manual, {right}": (
            "{text}: пишите как в руководстве по драйверу, {right}"
        ),
        "the option {name}: {text}: must be as in the driver's manual, {right}": (
            "параметр {name}: {text}: пишите как в руководстве по драйверу, {right}"
        ),
        "the driver knows no such value": "драйвер не знает такого значения",
    }
)
