"""What a writer pasted or marked himself stays, and so do answers that show by themselves."""

from dataclasses import replace
from datetime import date

import pytest

from bridge.parse.reply.new_words import new_words
from bridge.parse.reply.occasion import Occasion

ANSWER = Occasion(
    subject="Re: Заказ",
    writer="Иван Петров ivan@example.ru",
    people=frozenset({"ivan@example.ru", "иван петров", "support@yandex.ru", "служба поддержки"}),
)
LINE = '15.09.2025, 15:46, "Служба поддержки" <support@yandex.ru>:'
HISTORY = f"{LINE}\n> Пришёл?\n> Ждём."
FIELDS = (
    "От: Служба поддержки <support@yandex.ru>\nОтправлено: 15 сентября 2025 г. 15:46\n"
    "Кому: Иван Петров\nТема: RE: Заказ\n\n"
)
MARKERS = (
    "-----Original Message-----",
    "-----Исходное сообщение-----",
    "----- Original Message -----",
)


@pytest.mark.parametrize("marker", MARKERS)
@pytest.mark.parametrize(
    "text",
    [
        "В письме видно строку\n{}\nи больше ничего. Что это?",
        "Ваш робот режет письма по строке\n\n{}\n\nи теряет текст.",
        "Ищу в файле:\n\n{}\n\nНе нахожу.",
        "Your parser stops at the line {} when I paste it.\nPlease fix.",
        "The parser stops at\n{}\nwhen I paste it. Please fix.",
    ],
)
def test_a_marker_inside_a_sentence_opens_no_history(marker: str, text: str) -> None:
    body = text.format(marker)
    assert new_words(body, ANSWER) == body


LOGS = {
    "a shell": ["$ cd /srv", "$ ls -l", *(f"-rw-r--r-- 1 root {i} f{i}" for i in range(14))],
    "a patch": ["diff --git a/x b/x", "--- a/x", "+++ b/x", *(f"+new{i}" for i in range(14))],
    "a table": ["mysql> select * from t;", "+--+--+", *(f"| {i} | b |" for i in range(14))],
    "a trace": [
        "Traceback (most recent call last):",
        *(f'  File "a.py", line {i}' for i in range(14)),
    ],
    "a log": [f"2024-05-01 10:00:{i:02} ERROR step failed" for i in range(15)],
    "Java": [
        "java.lang.NullPointerException",
        *(f"\tat com.example.A{i}.run(A)" for i in range(14)),
    ],
    "npm": [f"npm ERR! line {i}" for i in range(15)],
    "a list": [f"{i}. товар номер {i}" for i in range(1, 16)],
    "a configuration": [f"key{i} = value{i}" for i in range(15)],
    "SMTP": ["220 mx.example.com ESMTP", *(f"250-OPT{i}" for i in range(12)), "550 no"],
}


@pytest.mark.parametrize("log", LOGS.values(), ids=LOGS.keys())
def test_what_a_program_printed_stays_though_it_is_marked(log: list[str]) -> None:
    marked = "\n".join(f"> {line}" for line in log)
    for body in (
        f"Вот что вижу\n\n{marked}\n\nЧто делать?",
        f"Вот что вижу.\n\n{marked}",
        f"{marked}\n\nЧто делать?",
    ):
        assert new_words(body, ANSWER) == body
        assert new_words(f"{body}\n\n{HISTORY}", ANSWER) == body


PATCH = (
    "From: Ivan <ivan@example.ru>\nDate: Wed, 15 Jan 2025 15:35:16 +0000\n"
    "Subject: [PATCH] Say when it ships\n\nNobody could tell.\n---\n+shipped\n--\n2.25"
)


@pytest.mark.parametrize(
    "line",
    [
        "From 6029102f406d4db5e7a465da5fd2e08a5b12c532 Mon Sep 17 00:00:00 2001",
        "From a@shop.ru Wed Jan 15 15:35:16 2025",
        "-- >8 --",
        "--->8",
        "------8<------",
    ],
)
def test_a_patch_or_a_letter_cut_out_of_a_mailbox_stays(line: str) -> None:
    body = f"Here it is as a patch.\n\n{line}\n{PATCH}"
    assert new_words(body, ANSWER) == body


CHATS = (
    "[12.05.2024, 10:00] Иван <ivan@example.ru>: привет\n[12.05.2024, 10:01] Анна <a@shop.ru>: да",
    "12.05.2024, 10:00, Иван <ivan@example.ru>:\nпривет\n12.05.2024, 10:01, Анна <a@shop.ru>:\nда\n"
    "13.05.2024, 09:05, Иван <ivan@example.ru>:\nгде заказ?",
    "12.05.2024, 10:00, Иван <ivan@example.ru>\nпривет\n12.05.2024, 10:01, Анна <a@shop.ru>\nда",
    "On 12 May 2024 at 10:00 Ivan <ivan@example.ru> wrote:\nhi\n"
    "On 12 May 2024 at 10:01 Anna <a@shop.ru> wrote:\nyes?",
    "2024-05-12 10:00 <ivan@example.ru>:\nhi\n2024-05-12 10:01 <a@shop.ru>:\nyes",
    "12.05.2024 в 10:00 Иван <ivan@example.ru> написал:\nпривет\n"
    "12.05.2024 в 10:03 Анна <a@shop.ru> написала:\nда",
)


@pytest.mark.parametrize("chat", CHATS)
@pytest.mark.parametrize("above", ["Вот переписка в чате:", "Не понимаю, почему так."])
def test_a_chat_gets_newer_and_is_no_history(above: str, chat: str) -> None:
    body = f"{above}\n\n{chat}\n\nПочему так долго?"
    assert new_words(body, ANSWER) == body
    assert new_words(f"{body}\n\n{HISTORY}", ANSWER) == body


PLANNED = (
    "18 сентября 2025 г., 12:00, Анна <anna@firm.example>:",
    "18.09.25, 12:00, Анна <anna@firm.example>:",
    "On Sep 18, 2025 at 12:00 Anna <anna@firm.example> wrote:",
)


@pytest.mark.parametrize("plan", PLANNED)
def test_what_is_dated_after_the_letter_is_a_plan_and_no_history(plan: str) -> None:
    body = f"Предлагаю встречу\n{plan}\nподготовит договор"
    written = date(2025, 9, 15)
    assert new_words(body, replace(ANSWER, day=written)) == body
    assert new_words(body, replace(ANSWER, day=date(2025, 9, 17))) == "Предлагаю встречу"
    assert new_words(body, replace(ANSWER, day=None)) == "Предлагаю встречу"
    apart = body.replace("встречу", "встречу\n")  # the clock was wrong
    assert new_words(apart, replace(ANSWER, day=written)) == "Предлагаю встречу"


def test_history_within_history_gets_older_and_goes() -> None:
    older = "On 12 May 2024 at 10:01 Anna <a@shop.ru> wrote:\nyes?\n"
    oldest = "On 12 May 2024 at 09:00 Ivan <ivan@example.ru> wrote:\nhi"
    assert new_words(f"Да.\n\n{older}{oldest}", ANSWER) == "Да."


HALVES = (
    ("On Mon, Sep 15, 2025 at 1:30 PM {} wrote:", "On Mon, Sep 15, 2025 at 11:02 AM {} wrote:"),
    ("On Sep 15, 2025, at 9:30 AM, {} wrote:", "On Sep 15, 2025, at 12:02 AM, {} wrote:"),
    ("El 15 sept 2025 a las 1:30 p. m., {} escribió:", "El 15 sept 2025 a las 11:02 a. m., {}:"),
    (
        "2025년 9월 15일 (월) 오후 1:30, {}님이 작성:",
        "2025년 9월 15일 (월) 오전 11:02, {}님이 작성:",
    ),
    ("{} 於 2025年9月15日 週一 下午1:30寫道：", "{} 於 2025年9月15日 週一 上午11:02寫道："),
    ("Στις Δευ 15 Σεπ 2025 στις 1:30 μ.μ., {} έγραψε:", "Στις 15 Σεπ 2025 11:02 π.μ., {} έγραψε:"),
    ("في ١٣ يونيو ٢٠٢٤، ٦:٣٠ م {} كتب:", "في ١٣ يونيو ٢٠٢٤، ١١:٠٢ ص {} كتب:"),
)


@pytest.mark.parametrize(("line", "earlier"), HALVES)
def test_the_afternoon_is_later_than_the_morning(line: str, earlier: str) -> None:
    older = earlier.format("Ivan <ivan@example.ru>")
    history = f"{line.format('Anna <a@shop.ru>')}\n\nTomorrow?\n\n{older}\n\nWhen?"
    assert new_words(f"Да.\n\n{history}", ANSWER) == "Да."


@pytest.mark.parametrize("mark", [" -- ", " - ", " — ", " => ", " -> ", " [Иван] ", " // ", " *"])
def test_an_answer_behind_a_quoted_question_shows_by_its_mark(mark: str) -> None:
    body = f"Добрый день.\n\n{LINE}\n> Можно в пятницу?{mark}да, можно\n> Ждём ответа."
    assert new_words(body, ANSWER) == body


MARKS = (
    "- ",
    "Ответ - ",
    "*** ",
    "[Иван] ",
    "=> ",
    "# ",
    "+ ",
    "ИП: ",
    "ОТВЕТ ",
    "@Анна ",
    "• ",
    "",
)


@pytest.mark.parametrize("mark", MARKS)
def test_answers_in_unmarked_history_show_by_a_mark_or_by_turns(mark: str) -> None:
    body = f"Смотрите.\n\n{FIELDS}Можно в пятницу?\n{mark}да\nАдрес?\n{mark}Баумана 3\nЖдём ответа."
    assert new_words(body, ANSWER) == body


def test_questions_that_nobody_answered_are_history() -> None:
    body = f"Да.\n\n{FIELDS}Можно в пятницу?\nКакой адрес?\n\nЖдём ответа,\nАнна"
    assert new_words(body, ANSWER) == "Да."


PATCH = "\n".join(f"> +    write_register(regs, 0x{i:x});" for i in range(14))
LOG = "\n".join(f"> [{i}.0015] pump: seal {i} leaks" for i in range(14))
SAID = '15.09.2025, 15:46, "Служба поддержки" <support@yandex.ru>:\n> Подходит ли правка?'


@pytest.mark.parametrize("rest", [PATCH, LOG])
def test_what_is_left_of_a_quotation_below_the_answer_goes(rest: str) -> None:
    shown = new_words(f"{SAID}\n\nДа, подходит.\n\n{rest}\n\n-- \nИван Петров\n", ANSWER)
    assert shown.endswith("Да, подходит.")


@pytest.mark.parametrize("rest", [PATCH, LOG])
@pytest.mark.parametrize("above", ["Вот что пишет насос:", "Прикладываю текст журнала"])
def test_what_is_marked_by_its_writer_below_an_answer_stays(above: str, rest: str) -> None:
    assert new_words(f"{SAID}\n\n{above}\n\n{rest}", ANSWER).endswith(rest)
    assert rest in new_words(f"{SAID}\n\nНет.\n\n{rest}\n\nИ так каждый раз.", ANSWER)


@pytest.mark.parametrize(
    "history", ["Continue? [Y/n] y\nDone.", "-- Looking for uhd - no\n-- Looking for volk - yes"]
)
def test_a_program_s_question_is_no_answer_of_the_writer(history: str) -> None:
    marked = "\n".join(f"> {line}" for line in history.split("\n"))
    assert new_words(f"Помогло, спасибо.\n\n{SAID}\n{marked}", ANSWER) == "Помогло, спасибо."
    outlook = (
        "От: Служба поддержки <support@yandex.ru>\nОтправлено: 15 сентября 2025 г. 15:46\n"
        f"Кому: Иван\nТема: RE: Возврат\n\nПробовали:\n{history}"
    )
    assert new_words(f"Помогло, спасибо.\n\n{outlook}", ANSWER) == "Помогло, спасибо."
