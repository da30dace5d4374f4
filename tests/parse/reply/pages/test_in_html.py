"""The new words of letters that are HTML alone, as each client writes it, read from the bytes."""

import pytest

from bridge.parse.message import read_letter
from tests.letters import letter

WORDS = "Спасибо, жду!"
OLD = "<p>Здравствуйте!</p><p>Курьер будет с 16 до 18.</p><p>Удобно ли это время?</p>"
WHO = "Поддержка &lt;<a href='mailto:support@yandex.ru'>support@yandex.ru</a>&gt;"
YANDEX = '"Поддержка" &lt;support@yandex.ru&gt;'
OUTLOOK_RU = (
    f"<b>От:</b> {WHO}<br><b>Отправлено:</b> 25 сентября 2019 г. 3:31<br>"
    "<b>Кому:</b> Иван &lt;ivan@example.ru&gt;<br><b>Тема:</b> Где мой заказ?"
)

# Each client's history; {old} is what it quotes. Those without a quotation mark end the letter.
QUOTING = {
    "Yandex, web": "<div> </div><div>----------------</div><div>Кому: Иван (ivan@yandex.ru);</div>"
    "<div>Копия: Пётр (petr@yandex.ru);</div><div>Тема: Где мой заказ?;</div>"
    f"<div>15.09.2025, 15:46, {YANDEX}:</div><blockquote>{{old}}</blockquote>",
    "Yandex, web, older": f"<div> </div><div>12.03.2020, 22:08, {YANDEX}:</div>"
    "<blockquote>{old}</blockquote>",
    "Yandex, mobile": "<div><br></div><div>Кому: Иван (ivan@yandex.ru);</div>"
    f"<div>Тема: (Без темы);</div><div>15.09.2025, 15:46, {YANDEX}:</div>"
    "<blockquote>{old}</blockquote>",
    "Mail.ru": "<blockquote style='border-left:1px solid #0857A6'>Среда, 15 мая 2019, 11:57 +03:00"
    f" от {WHO}:<br><div>{{old}}</div></blockquote>",
    "Mail.ru, line outside": f"<br>Среда, 15 мая 2019, 11:57 +03:00 от {WHO}:<br>"
    "<blockquote>{old}</blockquote>",
    "Gmail": "<br><div class='gmail_quote'><div dir='ltr' class='gmail_attr'>ср, 25 сент. 2019 г."
    f" в 03:31, {WHO}:<br></div><blockquote class='gmail_quote'>{{old}}</blockquote></div>",
    "Gmail, English": "<br><div class='gmail_quote'><div dir='ltr' class='gmail_attr'>On Wed, Sep"
    f" 25, 2019 at 3:31 AM {WHO} wrote:<br></div>"
    "<blockquote class='gmail_quote'>{old}</blockquote></div>",
    "Apple Mail": "<div><br><blockquote type='cite'><div>13 мая 2020 г., в 11:43, "
    f"{WHO} написал(а):</div><br><div>{{old}}</div></blockquote></div>",
    "Apple Mail, English": "<div><br><blockquote type='cite'><div>On 13 May 2020, at 11:43, "
    f"{WHO} wrote:</div><br><div>{{old}}</div></blockquote></div>",
    "Thunderbird": "<div class='moz-cite-prefix'>12.05.2024 10:32, Поддержка пишет:<br></div>"
    "<blockquote type='cite' cite='mid:1@a'>{old}</blockquote>",
    "Thunderbird, English": "<div class='moz-cite-prefix'>On 12/05/2024 10:32, Support wrote:<br>"
    "</div><blockquote type='cite' cite='mid:1@a'>{old}</blockquote>",
    "Outlook 2003, a rule and fields within": "<BLOCKQUOTE style='MARGIN-RIGHT: 0px'>"
    f"<DIV class=OutlookMessageHeader><HR tabIndex=-1>{OUTLOOK_RU}<BR><BR></DIV>"
    "{old}</BLOCKQUOTE>",
}
UNMARKED = {
    "Outlook": "<div><div style='border:none;border-top:solid #E1E1E1 1.0pt'><p class=MsoNormal>"
    f"{OUTLOOK_RU}</p></div></div>{{old}}",
    "Outlook, web": "<hr style='display:inline-block;width:98%'><div id='divRplyFwdMsg'>"
    f"<font>{OUTLOOK_RU}</font><div> </div></div>{{old}}",
    "Outlook, English": "<div><p class=MsoNormal><b>From:</b> Support &lt;support@yandex.ru&gt;<br>"
    "<b>Sent:</b> Wednesday, September 25, 2019 3:31 AM<br><b>To:</b> Ivan<br><b>Subject:</b> Order"
    "</p></div>{old}",
}
TAILS = {
    "Yandex": "<div>-- <br>Отправлено из мобильной Яндекс Почты</div>",
    "Mail.ru": "<div>Отправлено из Почты Mail</div>",
    "Mail.ru, mobile": "<div>Отправлено из мобильной Почты Mail</div>",
    "iPhone": "<div dir='ltr'>Отправлено с iPhone</div>",
    "iPhone, English": "<div dir='ltr'>Sent from my iPhone</div>",
    "Outlook for Android": "<div>Отправлено из Outlook для Android</div>",
}


def read(page: str, subject: str = "Re: Где мой заказ?") -> tuple[str, str]:
    """Return body and reply of a letter that has nothing but this page."""
    raw = letter(text="-", html=f"<html><body>{page}</body></html>", subject=subject)
    found = read_letter(raw.replace(b"text/plain", b"text/x-nothing"))
    return found.text.strip(), found.reply.strip()


@pytest.mark.parametrize("history", (QUOTING | UNMARKED).values(), ids=(QUOTING | UNMARKED).keys())
def test_answered_above(history: str) -> None:
    body, reply = read(f"<div>{WORDS}</div>" + history.format(old=OLD))
    assert reply == WORDS
    assert "Курьер будет с 16 до 18." in body


@pytest.mark.parametrize("history", (QUOTING | UNMARKED).values(), ids=(QUOTING | UNMARKED).keys())
def test_history_three_deep(history: str) -> None:
    deep = history.format(old=OLD + history.format(old=OLD + history.format(old=OLD)))
    assert read(f"<div>{WORDS}</div>" + deep)[1] == WORDS


@pytest.mark.parametrize("history", QUOTING.values(), ids=QUOTING.keys())
def test_answered_below(history: str) -> None:
    assert read(history.format(old=OLD) + f"<div>{WORDS}</div>")[1] == WORDS


@pytest.mark.parametrize("history", QUOTING.values(), ids=QUOTING.keys())
def test_answered_between_is_kept_whole(history: str) -> None:
    between = f"</blockquote><div>{WORDS}</div><blockquote>"
    first, second, third = OLD.split("<p>")[1:]
    body, reply = read(history.format(old=f"<p>{first}<p>{second}{between}<p>{third}"))
    assert WORDS in reply
    assert "Курьер будет с 16 до 18." in reply
    assert "Удобно ли это время?" in reply
    assert reply == body


@pytest.mark.parametrize("tail", TAILS.values(), ids=TAILS.keys())
@pytest.mark.parametrize("client", ["Gmail", "Apple Mail", "Yandex, mobile"])
def test_what_a_client_adds_by_itself_is_no_word_of_the_writer(tail: str, client: str) -> None:
    page = f"<div>{WORDS}</div><div><br></div>{tail}<div><br></div>"
    assert read(page + QUOTING[client].format(old=OLD))[1] == WORDS


STRANGER = (
    "<p><b>From:</b> Supplier [mailto:sales@other.example]<br><b>Sent:</b> Monday, September 15, "
    "2025 3:46 PM<br><b>To:</b> Somebody<br><b>Subject:</b> Price list</p>"
)
# How the versions of Outlook draw the rule above the letter that is answered.
RULES = {
    "Outlook": "<div style='border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm'>",
    "Outlook, older": "<div><div style='border:none;border-top:solid #B5C4DF 1.0pt'>",
    "Outlook, sent on": "<div style='border-style: solid none none; border-color: rgb(1,2,3)'>",
    "Outlook for Mac": "<div style='BORDER-BOTTOM: medium none; BORDER-TOP: #b5c4df 1pt solid'>",
    "Outlook on the web": "<hr style='display:inline-block;width:98%'><div id='divRplyFwdMsg'>",
}


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES.keys())
def test_a_rule_of_the_page_proves_history_of_whomever(rule: str) -> None:
    page = f"<p>{WORDS}</p>{rule}{STRANGER}</div>{OLD}"
    assert read(page)[1] == WORDS
    assert "Price list" in read(page.replace(rule, ""))[1], "he may have pasted it"


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES.keys())
def test_a_rule_of_the_page_counts_for_the_plain_text_beside_it(rule: str) -> None:
    page = f"<p>{WORDS}</p>{rule}{STRANGER}</div>{OLD}"
    text = (
        f"{WORDS}\n\nFrom: Supplier [mailto:sales@other.example]\nSent: Monday, September 15, 2025 "
        "3:46 PM\nTo: Somebody\nSubject: Price list\n\nЗдравствуйте!\n"
    )
    for found, html in ((WORDS, page), (text, page.replace(rule, ""))):
        read_as = read_letter(letter(text=text, html=html, subject="Re: Где мой заказ?")).reply
        assert read_as.strip() == found.strip()
    other = page.replace("Supplier", "Shop").replace("sales", "shop")
    kept = read_letter(letter(text=text, html=other, subject="Re: Где мой заказ?")).reply
    assert "Price list" in kept, "the rule stands above another letter"


@pytest.mark.parametrize(
    "page",
    [
        "<div>-------- Пересылаемое сообщение --------</div>"
        f"<div>15.09.2025, 15:46, {YANDEX}:</div><div>{OLD}</div>",
        "<div>---------- Forwarded message ---------</div><div>От: Поддержка &lt;s@y.ru&gt;</div>"
        f"<div>Date: ср, 25 сент. 2019 г. в 03:31</div><div>Subject: Заказ</div><div>{OLD}</div>",
        f"<div>{OUTLOOK_RU}</div>{OLD}",
    ],
)
def test_forwarded_by_hand_is_kept_whole(page: str) -> None:
    body, reply = read(f"<div>{WORDS}</div>" + page, subject="Fwd: Где мой заказ?")
    assert reply == body
    assert "Курьер будет с 16 до 18." in reply
