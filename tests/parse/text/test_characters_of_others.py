"""Texts in any alphabet whose charset is missing or wrong, and texts that look like such ones."""

from email.header import Header

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bridge.parse.message import read_letter
from bridge.parse.text.charset import read_text
from tests.letters import raw_letter

NONE = ["", "us-ascii", "utf-8", "iso-8859-1"]
# A letter and a subject in each language, and the code pages that its programs write.
LANGUAGES: list[tuple[str, str, tuple[str, ...]]] = [
    (
        "Γεια σας, η παραγγελία μου δεν έχει φτάσει ακόμη. Πότε θα την παραλάβω;",
        "Ερώτηση για την παραγγελία",
        ("cp1253", "iso8859-7"),
    ),
    (
        "สวัสดีค่ะ อยากทราบว่าสินค้าที่สั่งไว้จะมาถึงเมื่อไร",
        "สอบถามสินค้า",
        ("tis-620", "cp874"),
    ),
    ("مرحبا، لم تصل الطلبية بعد، متى سوف أستلمها؟", "سؤال عن الطلب", ("cp1256", "iso8859-6")),
    ("שלום, ההזמנה שלי עדיין לא הגיעה. מתי היא תגיע?", "שאלה על ההזמנה", ("cp1255", "iso8859-8")),
    (
        "Dzień dobry, paczka wciąż nie przyszła. Proszę o wiadomość, będę wdzięczna.",
        "Gdzie jest przesyłka",
        ("cp1250", "iso8859-2"),
    ),
    (
        "Dobrý den, balíček zatím nepřišel. Kdy přijde? Děkuji, s pozdravem Jiří",
        "Dotaz na zásilku, děkuji",
        ("cp1250", "iso8859-2"),
    ),
    (
        "Jó napot! A csomag még nem érkezett meg, kérem, írják meg, mikor jön. Üdvözlettel, Győző",
        "Kérdés a küldeményről, őszinte",
        ("cp1250", "iso8859-2"),
    ),
    (
        "Merhaba, paket hâlâ gelmedi. Ne zaman ulaşacağını öğrenebilir miyim? Teşekkürler.",
        "Sipariş hakkında soru, teşekkürler",
        ("cp1254", "iso8859-9"),
    ),
    (
        "Laba diena, siuntinys dar neatėjo. Kada jį gausiu? Ačiū už žinią.",
        "Klausimas dėl užsakymo",
        ("cp1257", "iso8859-13"),
    ),
    (
        "Доброго дня, посилка ще не надійшла. Її трек є у кабінеті.",
        "Питання їхнє",
        ("koi8-u", "cp1125"),
    ),
    ("注文した商品がまだ届きません。いつ届きますか。", "注文の質問です", ("cp932", "euc-jp")),
    ("주문한 물건이 아직 오지 않았습니다. 언제 도착합니까?", "주문에 대한 질문입니다", ("cp949",)),
    ("您好，包裹还没有到，请问什么时候能收到？", "关于订单的问题", ("gb18030",)),
    ("您好，包裹還沒有到，請問什麼時候能收到？", "關於訂單的問題", ("big5",)),
]  # fmt: skip


WRITTEN = [(text, subject, page) for text, subject, pages in LANGUAGES for page in pages]


@pytest.mark.parametrize("label", NONE)
@pytest.mark.parametrize(("text", "subject", "page"), WRITTEN)
def test_a_text_without_a_true_label(text: str, subject: str, page: str, label: str) -> None:
    assert read_text(text.encode(page), label) == text


@pytest.mark.parametrize(("text", "subject", "page"), WRITTEN)
def test_a_subject_and_a_name_in_raw_bytes_of_a_letter_that_says_nothing(
    text: str, subject: str, page: str
) -> None:
    head = b"From: a@example.com\r\nSubject: " + subject.encode(page) + b"\r\n"
    assert read_letter(head + b"\r\nhello").subject == subject
    name = subject.replace("?", "").encode(page) + b".pdf"
    part_of_it = (
        b'--B\r\nContent-Type: application/pdf; name="' + name + b'"\r\n\r\n%PDF\r\n--B--\r\n'
    )
    letter = read_letter(
        head + b"Content-Type: multipart/mixed; boundary=B\r\n\r\n"
        b"--B\r\nContent-Type: text/plain\r\n\r\n" + text.encode(page) + b"\r\n" + part_of_it
    )
    assert letter.text.strip() == text
    assert [each.filename for each in letter.attachments] == [f"{subject}.pdf"]


@pytest.mark.parametrize(("text", "subject", "page"), WRITTEN)
def test_an_encoded_word_under_the_wrong_label(text: str, subject: str, page: str) -> None:
    word = Header(subject.encode(page), "latin-1", maxlinelen=900).encode()
    assert read_letter(raw_letter(Subject=word.replace("iso-8859-1", "utf-8"))).subject == subject


WESTERN = [
    "Größe für Straße über Köln, schöne Grüße",
    "Où êtes-vous? Août, sûr, être, naïf, cœur, Noël, reçu, façon, l'été est déjà là",
    "Perché non è possibile? Città, università, più, così, cioè, può, lunedì",
    "¿Cómo está usted? Mañana le enviaré el pedido. ¡Gracias! ¿que tal?, pingüino",
    "Não, as informações são ótimas. Põe, lições, órgão, três, avó, irmã, à disposição",
    "Jeg vil købe en ny æske på Strøget. Hvornår får jeg svar? én, idé",
    "Hyvää päivää, milloin tilaukseni saapuu? Kiitos etukäteen",
    "Góðan daginn, hvenær kemur pöntunin mín? Það er gott, þú, síðan, við, með",
    "Bon dia, el país és això: què, també, pingüí, qüestió, però, veïna",
    "Tere, millal minu tellimus jõuab? Aitäh, häid pühi, võib-olla, mõte",
    "Përshëndetje, çfarë është, për ju",
    "Area 25 m², 3 m³, ±5%, 20 °C, ½ cup, 10¹, x³y, a±b, you¿ll see, don¿t",
]


@pytest.mark.parametrize("label", ["", "us-ascii", "iso-8859-1", "windows-1252"])
@pytest.mark.parametrize("text", WESTERN)
def test_western_text_stays_western(text: str, label: str) -> None:
    assert read_text(text.encode("cp1252"), label) == text


@given(
    st.sampled_from(WESTERN[:7]).flatmap(
        lambda text: st.lists(st.sampled_from(text.split()), min_size=1, max_size=6)
    )
)
@example(["Perché", "è", "è"])
def test_western_words_in_any_order_stay_western(words: list[str]) -> None:
    text = " ".join(words)
    assert read_text(text.encode("cp1252"), "iso-8859-1") == text


SHORT_WORDS = """
ваше письмо получили сегодня утром счёт на оплату ООО МОСКВА адрес прежний щит цех эхо юг
съезд объём ещё я и не что где если можно ли вернуть деньги за товар Иван Яна ЗАО
"""
RUSSIAN = SHORT_WORDS.split()


@given(
    st.lists(st.sampled_from(RUSSIAN), min_size=2, max_size=8, unique=True),
    st.sampled_from(["cp1251", "koi8-r"]),
)
def test_russian_words_are_no_other_alphabet(words: list[str], page: str) -> None:
    text = " ".join(words)
    read = read_text(text.encode(page))
    assert all("\u0400" <= sign <= "\u04ff" or sign == " " for sign in read), read


TRIED = ["åäö", "Test ÅÄÖ", "æøå", "Umlaute: äöü ÄÖÜ", "test éèà", "àèìòù", "àéùé", "Tést ëïö"]


@pytest.mark.parametrize("label", ["iso-8859-1", "windows-1252", "iso-8859-15", "utf-8"])
@pytest.mark.parametrize("text", [*TRIED, "éééé éééééééé"])
def test_accents_that_people_try_out_are_no_russian(text: str, label: str) -> None:
    raw = raw_letter(
        text.encode(label),
        Subject=Header(text, label).encode(),
        Content_Type=f"text/plain; charset={label}",
    )
    assert (read_letter(raw).subject, read_letter(raw).text) == (text, text)


@pytest.mark.parametrize("text", ["уже", "Дед", "там", "мат", "тиски", "или"])
def test_short_russian_words_under_a_western_label_are_russian(text: str) -> None:
    assert read_text(text.encode("cp1251"), "iso-8859-1") == text


@pytest.mark.parametrize("text", ["שלום עולם", "תודה רבה לכם"])
def test_a_few_words_of_hebrew_are_believed(text: str) -> None:
    assert read_text(text.encode("iso8859-8"), "iso-8859-8-i") == text
