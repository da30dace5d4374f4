"""The operating system's error texts (strerror(3)) in Russian: the only table."""

import errno
import os

from contract.language.speaking import is_russian

RUSSIAN = {
    # files and disks
    errno.ENOENT: "нет такого файла или каталога",
    errno.EEXIST: "такой файл уже есть",
    errno.EACCES: "нет прав доступа",
    errno.EPERM: "операция не разрешена",
    errno.EROFS: "файловая система только для чтения",
    errno.ENOSPC: "на диске нет места",
    errno.EDQUOT: "исчерпана квота диска",
    errno.EFBIG: "файл слишком велик",
    errno.EIO: "ошибка ввода-вывода",
    errno.EISDIR: "это каталог",
    errno.ENOTDIR: "это не каталог",
    errno.ENOTEMPTY: "каталог не пуст",
    errno.ENAMETOOLONG: "слишком длинное имя файла",
    errno.ELOOP: "символические ссылки ведут по кругу",
    errno.EXDEV: "файлы на разных дисках",
    errno.EBUSY: "занято другой программой",
    errno.ESTALE: "файла на сетевом диске больше нет",
    errno.EINVAL: "недопустимое значение",
    # limits of a process
    errno.EMFILE: "открыто слишком много файлов (ulimit -n)",
    errno.ENFILE: "в системе открыто слишком много файлов",
    errno.ENOMEM: "не хватает памяти",
    # networks
    errno.EADDRINUSE: "адрес уже занят",
    errno.EADDRNOTAVAIL: "на этой машине нет такого адреса",
    errno.ECONNREFUSED: "в соединении отказано: там никто не слушает",
    errno.ECONNRESET: "другая сторона оборвала соединение",
    errno.ECONNABORTED: "соединение прервано",
    errno.EPIPE: "другая сторона закрыла соединение",
    errno.ETIMEDOUT: "время ожидания истекло",
    errno.EHOSTUNREACH: "до этого узла нет маршрута",
    errno.ENETUNREACH: "сеть недоступна",
}
BY_TEXT = {os.strerror(number): russian for number, russian in RUSSIAN.items()}


def said(error: OSError) -> str:
    """Return the system's words about an error in the spoken language."""
    text = error.strerror or str(error)
    return BY_TEXT.get(text, text) if is_russian() else text
