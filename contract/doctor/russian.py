"""The sentences that a doctor repeats from where there is no table of texts, in Russian. Pure.

They are made where things go wrong, in English, as logs and ``/healthz`` tell them too. Here stands
what each is in Russian; what lies between (names, paths, what a server says) stays as it is.
"""

import re

_SENTENCES = {
    # Secrets: contract/keyring, contract/signature.
    r"a webhook secret starts with (\S+); to make one:": r"секрет начинается с \1; создать его:",
    r"there is no webhook secret in it": "в нём нет секрета вебхука",
    r"there is no such file yet: start the receiver, which makes it": "такого файла ещё нет:"
    " запустите приёмник, он его создаст",
    r"it cannot be read \((.+?)\): name a file of secrets": r"не читается (\1): назовите файл с"
    r" секретами",
    r"it is no text": "это не текст",
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
    r"no answer in time": "нет ответа вовремя",
    r"no such host: look at the name, or at DNS": "нет такого сервера: проверьте имя или DNS",
    r"its certificate is not trusted": "сертификату нет доверия",
    r"look at the host's name": "проверьте имя сервера",
    # Mailboxes: bridge/ingress/imap, its trouble, login and states.
    r"no such host: look at IMAP_HOST, or at DNS": "нет такого сервера: проверьте IMAP_HOST или"
    " DNS",
    r"nobody listens there: look at IMAP_HOST and IMAP_PORT": "там никто не слушает: проверьте"
    " IMAP_HOST и IMAP_PORT",
    r"no answer: look at IMAP_PORT, and whether IMAP_SECURITY is what it speaks": "нет ответа:"
    " проверьте IMAP_PORT и подходит ли IMAP_SECURITY",
    r"no TLS comes about": "TLS не получается",
    r"perhaps IMAP_SECURITY=(\S+) \(or (\S+)\)": r"может быть, IMAP_SECURITY=\1 (или \2)",
    r"perhaps IMAP_SECURITY=": "может быть, IMAP_SECURITY=",
    r"look at (IMAP_\w+)": r"проверьте \1",
    r"no credentials in the output of the token command": "команда не дала токена",
    r": the token command": ": команда с токеном",
    r"the output of the token command": "вывод команды с токеном",
    r"no credentials in": "пароля или токена нет в",
    r"no credentials": "нет пароля или токена",
    r"IMAP is not watched: no bridge has begun to, by DATA_DIR": "почта по IMAP не читается: мост с"
    " таким DATA_DIR не запускался",
    r"IMAP is not watched: (.+) cannot be read: is DATA_DIR another user's\?": r"не видно, читается"
    r" ли почта по IMAP: не открыть \1; не чужой ли DATA_DIR?",
    r": never read yet": ": ещё ни разу не прочитано",
    r": not logged in for (\S+) s": r": нет входа уже \1 с",
    r": waiting for (\S+) s": r": ждёт уже \1 с",
    r": not looked at for (\S+) s": r": не проверялось уже \1 с",
    r"(\S+) letters that the server does not give": r"писем, которые сервер не отдаёт: \1",
    r": refused: ": ": не пускают: ",
    r": no folder: ": ": нет папки: ",
    # The receiver as it sees itself: receiver/store/standing, receiver/web/server.
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
    r"this process may open (\S+) files, and needs (\S+): raise `ulimit -n`, or lower MONGO_POOL": (
        r"процессу можно открыть файлов: \1, а нужно \2: увеличьте `ulimit -n` или уменьшите"
        r" MONGO_POOL"
    ),
}
# The longer first: a shorter one may be a part of it.
_PATTERNS = [(re.compile(each), _SENTENCES[each]) for each in sorted(_SENTENCES, key=len)[::-1]]


def in_russian(text: str) -> str:
    """Return a text with each sentence that is known in Russian."""
    for english, russian in _PATTERNS:
        text = english.sub(russian, text)
    return text
