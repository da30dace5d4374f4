"""The new words of pages as clients, webmails and help desks write them that are rare in Russia."""

import pytest

from bridge.parse.message import read_letter
from tests.letters import letter

WORDS = "Да, завтра удобно."
OLD = "<div>Здравствуйте!</div><div>Курьер будет с 16 до 18.</div><div>Удобно ли это время?</div>"
WHO = 'Anna <a href="mailto:anna@shop.example">&lt;anna@shop.example&gt;</a>'
PLAIN = '"Anna" &lt;anna@shop.example&gt;'
FIELDS = (
    f"<b>From:</b> {WHO}<br><b>Sent:</b> Monday, September 15, 2025 3:46 PM<br>"
    "<b>To:</b> Иван<br><b>Subject:</b> Где мой заказ?"
)


def _rows(*names: str) -> str:
    """A table of copied fields, as webmails draw it."""
    values = (WHO, "15.09.2025 15:46", "Иван", "Где мой заказ?")
    rows = zip(names, values, strict=True)
    return f"<table>{''.join(f'<tr><td>{n}</td><td>{v}</td></tr>' for n, v in rows)}</table>"


# {old} is what is quoted; a quotation of each client's own make.
CLIENTS = {
    "Outlook, new": '<div id="mail-editor-reference-message-container"><div style="border:none;'
    f'border-top:solid #B5C4DF 1.0pt"><p>{FIELDS}</p></div>{{old}}</div>',
    "Outlook for iOS": '<div class="ms-outlook-mobile-signature">Get <a href="https://aka.ms/o">'
    'Outlook for iOS</a></div><div class="ms-outlook-mobile-reference-message skipProofing"><hr>'
    f'<div id="divRplyFwdMsg">{FIELDS}</div>{{old}}</div>',
    "Outlook, quoted again": f'<div id="x_appendonsend"></div><hr><div '
    f'id="x_divRplyFwdMsg">{FIELDS}'
    "</div>{old}",
    "Samsung": f"<div>-------- Original message --------</div><div>From: {WHO} </div><div>Date: "
    "15/09/2025  15:46  (GMT+03:00) </div><div>To: I </div><div>Subject: Re: O </div><br>{old}",
    "Huawei": f"<div>-------- 原始邮件 "
    f"--------</div><div>发件人：{WHO}</div><div>日期：2025年9月15日"
    "周一 15:46</div><div>收件人：I</div><div>主 题：O</div>{old}",
    "Spark": f'<div name="messageReplySection">On 15 Sep 2025 at 3:46 PM +0300, {WHO}, wrote:<br/>'
    '<blockquote type="cite">{old}</blockquote></div>',
    "Front": "<div>On September 15, 2025 at 3:46 PM GMT+3 <a>anna@shop.example</a> wrote:</div>"
    '<blockquote type="cite" class="front-blockquote">{old}</blockquote>',
    "Missive": "<div>On September 15, 2025 at 15:46, Anna (anna@shop.example) wrote:</div>"
    "<blockquote>{old}</blockquote>",
    "Freshdesk": f"<div>On Mon, 15 Sep at 3:46 PM , {WHO} wrote:</div><blockquote>{{old}}"
    "</blockquote>",
    "Help Scout": "<div>On Mon, Sep 15, 2025 at 3:46 PM UTC, Anna (anna@shop.example) wrote:</div>"
    "<div>{old}</div>",
    "Airmail": "<p>On 15 September 2025 at 15:46:31, Anna (<a>anna@shop.example</a>) wrote:</p>"
    '<blockquote type="cite">{old}</blockquote>',
    "Mailspring": f"On Sep 15 2025, at 3:46 pm, {WHO} wrote:<blockquote>{{old}}</blockquote>",
    "eM Client": f"<div>------ Original Message ------</div><div>From {PLAIN}</div><div>To I</div>"
    "<div>Date 9/15/2025 3:46:31 PM</div><div>Subject O</div><blockquote>{old}</blockquote>",
    "Postbox": '<blockquote type="cite"><div>Anna Ivanova</div><div>15 September 2025 at 3:46 pm'
    "</div>{old}</blockquote>",
    "Mailbird": f"<div>On 15/09/2025 15:46:31, {WHO} wrote:</div>{{old}}",
    "Roundcube": '<p id="reply-intro">On 2025-09-15 15:46, Anna wrote:</p>'
    '<blockquote type="cite">{old}</blockquote>',
    "Open-Xchange": f'<blockquote type="cite"><div>{WHO} hat am 15.09.2025 15:46 CEST geschrieben:'
    "</div>{old}</blockquote>",
    "Zimbra": f'<hr id="zwchr"><b>Von: </b>{WHO}<br><b>An: </b>I<br><b>Gesendet: </b>Montag, 15. '
    "September 2025 15:46:31<br><b>Betreff: </b>O<br>{old}",
    "SOGo": f"<p>On Monday, September 15, 2025 15:46 MSK, {WHO} wrote:</p>"
    '<blockquote type="cite">{old}</blockquote>',
    "Kerio": "<div>-------- Původní zpráva --------</div>"
    f"{_rows('Od:', 'Datum:', 'Komu:', 'Předmět:')}{{old}}",
    "NetEase, mobile": "<div>---- 回复的原邮件 ----</div>"
    f"{_rows('发件人', '日期', '收件人', '主题')}{{old}}",
    "NetEase, mobile, English": "<div>---- Replied Message ----</div>"
    f"{_rows('From', 'Date', 'To', 'Subject')}{{old}}",
    "NetEase": f"At 2025-09-15 15:46:38, {PLAIN} wrote:<br><blockquote id='isReplyContent'>{{old}}"
    "</blockquote>",
    "QQ, mobile": f"<div>---原始邮件---</div><div><b>发件人:</b> "
    f"{WHO}<br><b>发送时间:</b> 2025年9月15日"
    "(周一) 下午3:46<br><b>收件人:</b> I;<br><b>主题:</b> O</div>{old}",
    "Naver": f"<p>-----Original Message-----<br><b>From:</b> "
    f"{WHO}<br><b>To:</b> I<br><b>Cc:</b><br>"
    "<b>Sent:</b> 2025-09-15 (월) 15:46:31 (GMT+09:00)<br><b>Subject:</b> O</p>{old}",
    "Daum": f"<p>--------- 원본 메일 ---------</p><p>보낸사람 : "
    f"{WHO}<br>받는사람 : I<br>날짜 : 2025년 "
    "9월 15일 월요일, 15시 46분 31초 +0900<br>제목 : O</p>{old}",
    "GMX": f'<div name="quote"><b>Gesendet:</b>&nbsp;Montag, 15. September 2025 um 15:46 Uhr<br>'
    f"<b>Von:</b>&nbsp;{WHO}<br><b>An:</b>&nbsp;I<br>"
    "<b>Betreff:</b>&nbsp;Где мой заказ?<div>{old}</div></div>",
    "Orange": f"<blockquote>Message du 15/09/25 15:46<br>De : {PLAIN}<br>A : I<br>Copie à : <br>"
    "Objet : O<br>{old}</blockquote>",
    "Seznam": f"<aside>---------- Původní e-mail ----------<br>Od: "
    f"{WHO}<br>Komu: I<br>Datum: 15. 9. "
    "2025 15:46:31<br>Předmět: O</aside><blockquote data-email='1'>{old}</blockquote>",
    "UKR.NET": f"<div><i>15 вересня 2025, 15:46:31, від {PLAIN}: </i></div>"
    "<blockquote>{old}</blockquote>",
    "Yahoo": f"<div class='yahoo_quoted'><div>On Monday, "
    f"September 15, 2025 at 03:46:31 PM EDT, {WHO}"
    " wrote: </div><div>{old}</div></div>",
    "Exchange, links written out": "On Sep 15, 2025, at 3:46 PM, Anna &lt;anna@shop.example&lt;"
    "mailto:anna@shop.example&gt;&gt; wrote:<br><br>{old}",
}


def _read(page: str) -> str:
    raw = letter(text="-", html=f"<html><body>{page}</body></html>", subject="Re: Где мой заказ?")
    return read_letter(raw.replace(b"text/plain", b"text/x-nothing")).reply.strip()


@pytest.mark.parametrize("history", CLIENTS.values(), ids=CLIENTS.keys())
def test_the_words_above_the_history_are_the_reply(history: str) -> None:
    assert _read(f"<div>{WORDS}</div><div><br></div>{history.format(old=OLD)}") == WORDS
    assert _read(f"{WORDS}<br><br>{history.format(old=OLD + history.format(old=OLD))}") == WORDS
