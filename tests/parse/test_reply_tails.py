"""What clients write by themselves below a letter, and what people write that only sounds so."""

import pytest

from bridge.parse.reply.new_words import new_words

TAILS = {
    "English": (
        "Sent from my iPhone 15 Pro Max",
        "Sent from my Verizon, Samsung Galaxy smartphone",
        "Sent from the new Outlook for Windows",
        "Sent from ProtonMail, encrypted email based in Switzerland.",
        "Sent via Superhuman iOS ( https://sprh.example/?vip=x )",
        "Sent with Airmail",
        "Sent from Newton Mail",
        "Sent from Edison Mail",
        "Sent from Fastmail",
        "Sent from HEY",
        "Sent from Nine",
        "Sent via Canary Mail",
        "Sent with Tuta; enjoy secure & ad-free emails",
        "Securely sent with Tutanota. Get your own encrypted mailbox",
        "Sent from Workspace ONE Boxer",
        "Get BlueMail for Android",
        "Get Outlook for Mac",
    ),
    "Russian": (
        "Отправлено из VK WorkMail",
        "Отправлено из Edison Mail",
        "Отправлено из Почты Mail",
        "Отправлено из приложения Почта для Windows",
        "Отправлено из мобильного приложения Рамблер/почта",
        "Получите Outlook для iOS",
        "Скачать Outlook для Android",
    ),
    "Ukrainian": ("Відправлено з мобільного UKR.NET", "Надіслано із мобільної пошти @ukr.net"),
    "German": (
        "Von meinem Samsung Gerät gesendet.",
        "Von unterwegs gesendet",
        "Outlook für Android herunterladen",
        "Gesendet mit der WEB.DE Mail App",
    ),
    "French": (
        "Envoyé depuis l'application Mail Orange",
        "Provenance : Courrier pour Windows",
        "Obtenez Outlook pour Android",
    ),
    "Spanish": ("Obtén Outlook para Android", "Enviado desde mi dispositivo móvil"),
    "Portuguese": ("Obter o Outlook para iOS", "Baixe o Outlook para Android"),
    "Italian": ("Ottieni Outlook per Android", "Inviato da Libero Mail per Android"),
    "Dutch": ("Outlook voor iOS downloaden", "Verzonden met Outlook voor Android"),
    "Polish": (
        "Wysłane z aplikacji Poczta Onet",
        "Pobierz aplikację Outlook dla systemu Android",
        "Wysłano z telefonu HUAWEI",
    ),
    "Czech": (
        "Odesláno ze Samsung Galaxy",
        "Odesláno z mobilního zařízení",
        "Získat Outlook pro iOS",
    ),
    "Swedish": ("Skaffa Outlook för iOS", "Skickat från min Samsung Galaxy"),
    "Norwegian": ("Få Outlook for Android", "Skaff deg Outlook for Android"),
    "Danish": ("Hent Outlook til Android", "Sendt fra min Galaxy"),
    "Finnish": ("Hanki Outlook for Android", "Lähetetty Galaxy-laitteesta"),
    "Turkish": (
        "Android için Outlook'u edinin",
        "Galaxy cihazımdan gönderildi",
        "iOS için Outlook uygulamasını edinin",
    ),
    "Hungarian": ("Küldve az iPhone-omról", "iPhone-ról küldve"),
    "Romanian, Greek, Bulgarian": (
        "Obțineți Outlook pentru Android",
        "Στάλθηκε από το iPhone μου",
        "Изпратено от моя iPhone",
    ),
    "Chinese": (
        "发自我的小米手机",
        "來自我的 iPhone",
        "從我的 iPhone 傳送",
        "获取 Outlook for Android",
        "从 Windows 版邮件发送",
        "发自网易邮箱大师",
    ),
    "Japanese": ("Galaxyから送信", "Outlook for iOS を入手"),
    "Korean": ("내 Galaxy에서 보냄", "Android용 Outlook 다운로드"),
    "Hebrew, Arabic": (
        "נשלח מהאייפון שלי",
        "קבל את Outlook עבור Android",
        "تم الإرسال من iPhone",
        "احصل على Outlook لـ Android",
    ),
}
# The last line of a letter, and of these it says what was asked.
SENTENCES = (
    "Отправлено из отделения почты",
    "Отправлено с почты вчера",
    "Отправлено из Казани",
    "Надіслано з Києва",
    "Изпратено от склада",
    "Enviado desde Madrid",
    "Envoyé depuis Paris",
    "Inviato da Roma",
    "Wysłane z magazynu",
    "Odesláno z Prahy",
    "Skickat från lagret",
    "Paket dün gönderildi",
    "Lasku lähetetty",
    "Lähetetty uusi smartphone takaisin",
    "Elküldve a telefonszámot",
    "发自我的内心",
    "来自北京的客户",
    "東京から送信",
    "서울에서 보냄",
    "נשלח מהמחסן אתמול",
    "تم الإرسال من المستودع",
    "Von meinem Chef gesendet",
    "Get Outlook working for iOS",
    "Outlook for iOS crashes",
    "Download Outlook for Android does not work",
    "Sent from Front Street warehouse",
    "Sent from Nine Elms",
    "Sent via Shift 2",
    "Sent by sea",
    "Gesendet von Hamburg aus",
    "Получить Outlook для iOS не могу",
)
HISTORY = '15.09.2025, 15:46, "Имя" <a@example.ru>:\n> Пришёл?'


@pytest.mark.parametrize("tails", TAILS.values(), ids=TAILS.keys())
def test_a_client_s_tail_goes_wherever_it_stands(tails: tuple[str, ...]) -> None:
    for tail in tails:
        assert new_words(f"Да.\n\n{tail}\n") == "Да."
        assert new_words(f"Да.\n{tail}\n") == "Да."
        assert new_words(f"Да.\n\n{tail}\n\n{HISTORY}") == "Да."


@pytest.mark.parametrize("sentence", SENTENCES)
def test_a_sentence_that_sounds_like_a_tail_stays(sentence: str) -> None:
    assert new_words(f"Да.\n\n{sentence}\n") == f"Да.\n\n{sentence}"
    assert new_words(f"Да.\n\n{sentence}\n\n{HISTORY}") == f"Да.\n\n{sentence}"
