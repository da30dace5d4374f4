"""What clients add below a letter, and people's words that only sound alike."""

import pytest

from bridge.parse.reply.new_words import new_words
from bridge.parse.reply.occasion import Occasion

TAILS = {
    "English": (
        "Sent from my iPhone 15 Pro Max",
        "Sent from my Verizon, Samsung Galaxy smartphone",
        "Sent from the new Outlook for Windows",
        "Sent from ProtonMail, encrypted email based in Switzerland.",
        "Sent via Superhuman iOS ( https://sprh.example/?vip=x )",
        "Sent with Airmail",
        "Sent from Newton Mail",
        "Sent from Mailbox for iPhone",
        "\u2063Sent from BlueMail \u200b",
        "Sent with Aqua Mail for Android\nhttps://www.mobisystems.com/aqua-mail",
        "(Sent from my mobile device)",
        "<<Sent by Galaxy S21>>",
        "From my iPhone 6",
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
        "Sent from Mailspring, the best free email app for work",
        "Get the new AOL app: mail.mobile.aol.com",
        "Sent via the Samsung Galaxy S21 5G, an AT&T 5G smartphone",
        "Sent from eM Client | www.emclient.com",
        "Yahoo Mail: Search, Organize, Conquer",
    ),
    "Russian": (
        "Отправлено из VK WorkMail",
        "Отправлено из Edison Mail",
        "Отправлено из Почты Mail",
        "Отправлено из приложения Почта для Windows",
        "Отправлено из мобильного приложения Рамблер/почта",
        "Получите Outlook для iOS",
        "Скачать Outlook для Android",
        "Отправлено из МойОфис Почта",
    ),
    "a guard against viruses": (
        "This email has been checked for viruses by Avast antivirus software.\n"
        "https://www.avast.com/antivirus",
        "---\nЭто сообщение проверено на вирусы антивирусом Avast.\nwww.avast.com/antivirus",
        "Diese E-Mail wurde von AVG auf Viren geprüft.\nhttp://www.avg.com",
        "Cet e-mail a été vérifié par le logiciel antivirus d'Avast.",
        "Virus-free. www.avast.com",
        "<https://www.avast.com/sig-email?utm_medium=email>\n"
        "Без вирусов.www.avast.com <https://www.avast.com/sig-email?utm_medium=email>\n"
        "<#DAB4FAD8-2DD7-40BB-A1B8-4E2AA1F9FDF2>",
        "-- \nThis e-mail has been scanned for viruses by AVG antivirus software.\nwww.avg.com",
    ),
    "Ukrainian": ("Відправлено з мобільного UKR.NET", "Надіслано із мобільної пошти @ukr.net"),
    "German": (
        "Von meinem Samsung Gerät gesendet.",
        "Von unterwegs gesendet",
        "Outlook für Android herunterladen",
        "Outlook für iOS beziehen <https://aka.ms/o0ukef>",
        "Von Yahoo Mail auf Android gesendet",
        "Gesendet mit der WEB.DE Mail App",
    ),
    "French": (
        "Envoyé depuis l'application Mail Orange",
        "Provenance : Courrier pour Windows",
        "Obtenez Outlook pour Android",
        "Télécharger l'application Orange Mail",
        "Envoyé depuis l'application SFR Mail",
    ),
    "Spanish": (
        "Obtén Outlook para Android",
        "Enviado desde mi dispositivo móvil",
        "Enviado del meu iPhone",
        "Enviado con el correo seguro de Proton Mail.",
        "Enviado desde mi Android con K-9 Mail. Por favor, disculpa mi brevedad.",
    ),
    "Portuguese": ("Obter o Outlook para iOS", "Baixe o Outlook para Android"),
    "Italian": ("Ottieni Outlook per Android", "Inviato da Libero Mail per Android"),
    "Dutch": ("Outlook voor Android ophalen", "Verzonden met Outlook voor Android"),
    "Polish": (
        "Wysłane z aplikacji Poczta Onet",
        "Pobierz aplikację Outlook dla systemu Android",
        "Pobierz program Outlook dla systemu iOS",
        "Wysłano z aplikacji WP Poczta",
        "Wysłano z telefonu HUAWEI",
    ),
    "Czech": (
        "Odesláno ze Samsung Galaxy",
        "Odesláno z mobilního zařízení",
        "Získat Outlook pro iOS",
        "Odesláno z mobilní aplikace Email.cz",
        "Získať Outlook pre iOS",
    ),
    "Swedish": (
        "Skaffa Outlook för iOS",
        "Skickat från min Samsung Galaxy",
        "Skickades från E-post för Windows",
    ),
    "Norwegian": ("Få Outlook for Android", "Skaff deg Outlook for Android"),
    "Danish": ("Hent Outlook til Android", "Sendt fra min Galaxy"),
    "Finnish": ("Hanki Outlook iOS:lle", "Lähetetty Galaxy-laitteesta"),
    "Turkish": (
        "Android için Outlook'u edinin",
        "Galaxy cihazımdan gönderildi",
        "iOS için Outlook uygulamasını edinin",
    ),
    "Hungarian": (
        "Küldve az iPhone-omról",
        "iPhone-ról küldve",
        "Outlook beszerzése iOS-hez",
        "Küldve a Windows Posta alkalmazásból",
    ),
    "Romanian, Greek, Bulgarian": (
        "Obțineți Outlook pentru Android",
        "Στάλθηκε από το iPhone μου",
        "Изпратено от моя iPhone",
        "Αποκτήστε το Outlook για iOS",
        "Trimis din Corespondență pentru Windows",
        "Poslato sa mog iPhone-a",
    ),
    "Chinese": (
        "发自我的小米手机",
        "來自我的 iPhone",
        "從我的 iPhone 傳送",
        "获取 Outlook for Android",
        "从 Windows 版邮件发送",
        "发自网易邮箱大师",
        "使用Zoho Mail发送",
        "取得 iOS 版 Outlook",
        "從 Windows 的郵件傳送",
        "发送自 Windows 10 版邮件应用",
    ),
    "Japanese": ("Galaxyから送信", "Outlook for iOS を入手する"),
    "Korean": (
        "내 Galaxy에서 보냄",
        "갤럭시에서 보냄",
        "Android용 Outlook 다운로드",
        "Windows용 메일에서 보냄",
    ),
    "Thai, Vietnamese, Indonesian": (
        "รับ Outlook สำหรับ iOS",
        "Tải Outlook cho iOS",
        "Được gửi từ iPhone của tôi",
        "Đã gửi từ iPhone của tôi",
        "Dapatkan Outlook untuk iOS",
    ),
    "Hebrew, Arabic": (
        "נשלח מהאייפון שלי",
        "קבל את Outlook עבור Android",
        "تم الإرسال من iPhone",
        "احصل على Outlook لـ Android",
        "الحصول على Outlook لـ iOS",
        "ارسال شده از iPhone من",
    ),
}
# The last line of a letter, and of these it says what was asked.
SENTENCES = (
    "Отправлено из отделения почты",
    "Отправлено с почты вчера",
    "Отправлено из Казани",
    "Отправлено из почты на Мира",
    "Sent from Mailspring, which lost my draft",
    "Poslato sa skladišta",
    "Trimis din depozit",
    "Được gửi từ kho",
    "Tải Outlook cho iOS không được",
    "Skickades från lagret",
    "Küldve a raktárból",
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
    "Sent from Mailbox 12",
    "From my office",
    "From my phone number you can see it",
    "(sent from the warehouse)",
    "Отправлено с помощью курьера",
    "Моя программа:\nhttps://www.mobisystems.com/aqua-mail",
    "(Отправлено с почты вчера)",
    "Sent from Nine Elms",
    "This computer has a virus that Avast missed",
    "Этот вирус нашёл Dr.Web",
    "This email was not checked for viruses by Avast",
    "Это письмо проверено на вирусы вчера, пишет Avast",
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


SPOKEN_OF = (
    "В конце каждого письма стоит\n\nОтправлено с iPhone\n\nКак это убрать?",
    "В конце ваших писем видно\n\nОтправлено из мобильной Яндекс Почты\n\nи клиенты жалуются.",
    "Появляется строка:\n\nSent from my iPhone\n\nКак её убрать?",
)


@pytest.mark.parametrize("body", SPOKEN_OF)
def test_a_tail_that_the_writer_tells_of_stays(body: str) -> None:
    assert new_words(body) == body
    assert new_words(body, Occasion(answers=False)) == body
    assert new_words(f"{body}\n\n{HISTORY}") == body


def test_a_tail_above_small_print_goes() -> None:
    reply = new_words("Да.\n\nSent from my iPhone\n\nThis is private.")
    assert reply.split() == ["Да.", "This", "is", "private."]
