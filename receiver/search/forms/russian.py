"""Russian words: Snowball's stems (snowballstem.org), improved; ``ё`` is ``е``.

A form without an ending is the stem of the others, but Snowball cuts its last letters if they look
like an ending: ``кредита`` becomes ``кредит``, and ``кредит`` ``кред``. So a stem is stemmed again,
until nothing more is cut: then the two agree. Snowball leaves the endings of verbs that are
stressed, or follow a consonant (``вернёт``, ``откроем``), and the ``л`` in some (``отправлю``):
they are cut, too.

In verbs consonants alternate (``оплатить`` and ``оплачено``, ``пропустить`` and ``пропущен``,
``выслать`` and ``вышлю``): one stands for both. Vowels come and go (``письмо`` and ``писем``,
``майка`` and ``маек``, ``конец`` and ``конца``), so they are cut from every stem. Compounds of
``идти`` have three roots; and a few everyday words are irregular.
"""

import re

import Stemmer

LEAST_STEM = 4  # letters; what must be left of a stem that is stemmed again
_ENDING_OF_VERB = re.compile(
    "(?:(?<=н)ул|(?<!встр)е(?:м|ш|м?т)|имт|[уюьй]т|(?<=[жчшщ])ат|(?<=[бпвмф])л)$"
)
TO_GO = re.compile(
    "(вы|во|в[зс]о|до|за|изо|на|обо|ото|пере|подо|по|при|произо|про|разо|сни|со|у)"
    "(?:й(?:ти|д.*)|ш(?:ел|л[аои])|шедш.*|(?<=при)д(?:у|ут|ти|ите?|е(?:т|м|шь|те)))(?:с[ья])?"
)
# Snowball does not know the ending of видеть, only that of видить; ответь has another one.
TO_SEE = re.compile("(?<=...)(?<!отв)(?<!встр)еть(ся)?$")
# Ends of stems and the ends that other forms of the word have; the first that fits counts.
_CHANGES = [
    (re.compile(f"{ending}$"), instead)
    for ending, instead in {
        "(?<=.)вест": "вед",  # перевести, переведено
        "(?<=.)(?<!па)вел": "вед",
        "(?<=.)нест": "нес",
        "(?<=.)везт": "вез",
        "(?<=..[нв]е[сз])л": "",
        "(?<=...)да(?:д|ст)": "д",  # передадут, передаст
        "(?<=..)сла": "сл",  # выслать, вышлю
        "(?<=[^с])шл": "сл",
        "(?<=[ую])щ": "ст",  # пропустить, пропущено
        "(?<=ме)щ": "ст",
        "(?<=про)щ": "ст",
        "(?<=.ве)щ": "ст",
        "(?<=...)[щч]": "т",  # посетить, посещение; оплатить, оплачено
        "жд": "д",  # обсудить, обсуждение
        "(?<=...)ш": "с",  # повысить, повышение
        "(?<=...)ж": "з",  # снизить, снижение
        "купл": "куп",
        "(?<=.{5})ел": "",
    }.items()
]
_CHANGED = frozenset("аджлтчшщ")  # the common end of all of these
_VOWELS, _COMES_BEFORE = "аеиоуыэюя", "бвгклмнрсц"
IRREGULAR = {
    form: model
    for model, forms in {
        "дням": "день дня дню днем дне дни дней днях",
        "письма": "писем",
        "записи": "запись",
        "подписи": "подпись",
        "печати": "печать",
        "кровати": "кровать",
        "перечни": "перечень",
        "матери": "мать",
        "дочери": "дочь дочерьми",
        "двери": "дверьми",
        "песни": "песен",
        "пятна": "пятен",
        "сотни": "сотен",
        "друга": "друзья друзей друзьям друзьями друзьях",
        "человека": "люди людей людям людьми людях",
        "ребенка": "дети детей детям детьми детях",
        "имени": "имя имена имен",
        "памяти": "память",
        "церкви": "церковь церковью",
        "доменов": "домен домена домены",
        "токенов": "токен токена токены",
        "отменой": "отмена отмены отмен",
        "заменой": "замена замены замен",
        "основы": "основ",
        "вызова": "вызов",
        "отзыва": "отзыв",
        "обрыва": "обрыв",
        "архива": "архив",
        "режима": "режим",
        "приемов": "прием приему",
        "объемов": "объем объему",
        "лимита": "лимит лимите",
        "визита": "визит визите",
        "ивана": "ивану иваном иване",
        "артема": "артем артему",
        "вадима": "вадим",
        "никиты": "никите никит",
        "еленой": "елена елены",
        "подтвердить": "подтвержу",
        "удалить": "удали",
        "ждал": "жду жди ждет ждем ждете ждите ждешь ждут ждать",
        "принять": "приму прими примет примем примете примешь примут примите",
        "снять": "сниму сними снимет снимем снимете снимешь снимут снимите",
        "взять": "взял взяла взяло взяли возьму возьми возьмет возьмем возьмут возьмите",
        "искать": "ищу ищет ищем ищете ищешь ищут ищите",
        "помощь": "помог помогла помогло помогли помогу помогут помоги помогите"
        " поможет поможем поможете поможешь",
        "решение": "решить решу решит решим решите решат решил решила решило решили"
        " решен решена решено решены",
        "забыл": "забуду забудет забудем забудете забудешь забудут забудь забудьте"
        " забыта забыто забыты",
        "жалоба": "жаловаться жаловался жаловалась жаловались жалуюсь жалуется жалуемся жалуются",
        "хочу": "хотеть хочет хочешь хотим хотите хотят хотел хотела хотели хотело",
        "отдал": "отдам отдаст отдадим отдадите отдадут",
        "выдал": "выдам выдаст выдадим выдадите выдадут",
        "сдал": "сдать сдам сдаст сдадим сдадите сдадут сдайте сдан сдана сдано сданы",
        "подал": "подам подаст подадим подадите подадут",
        "понял": "пойму поймет поймем поймете поймут пойми поймите",
        "начал": "начну начнет начнем начнете начнут начни начните начат начата начато",
        "вычел": "вычесть вычту вычтет вычтем вычтете вычтут вычтите вычтено",
        "видеть": "видел видела видели видело вижу",
        "увидеть": "увидел увидела увидели увижу",
        "исчезнуть": "исчез исчезла исчезло исчезли",
        "зависнуть": "завис зависла зависло зависли",
        "расторгнуть": "расторг расторгла расторгли",
        "займа": "заем",
        "найма": "наем",
    }.items()
    for form in forms.split()
}
# Everyday roots that change within a verb: prefixes, the form that stands for all, the others.
_FAMILIES = (
    (
        ("", "на", "за", "под", "о", "вы", "с", "пере", "при", "про", "рас", "до", "от"),
        "писал",
        "писать пишу пишешь пишет пишем пишете пишут пиши пишите",
    ),
    (
        ("", "вы", "со", "у", "за", "пере", "до", "на"),
        "брал",
        "брать беру берешь берет берем берете берут бери берите",
    ),
    (
        ("при", "у", "вы", "по", "пере", "за", "до"),
        "ехал",
        "ехать еду едешь едет едем едете едут",
    ),
    (("",), "дали", "дать дашь даст дадим дадите дадут дай дайте дал дала дало"),
    (("", "с"), "могла", "мочь могу можешь может можем можете могут мог могло могли"),
    (("",), "нажал", "нажать нажму нажмешь нажмет нажмем нажмете нажмут нажми нажмите"),
    (("",), "снять", "снял сняла сняло сняли снят снята снято сняты"),
    (("",), "стерла", "стереть сотру сотрет сотрем сотрете сотрут сотри сотрите стер стерли"),
    (("",), "учтено", "учесть учту учтет учтем учтете учтут учти учтите учел учла учли"),
    (("",), "года", "лет"),
)
IRREGULAR |= {
    prefix + form: prefix + model
    for prefixes, model, forms in _FAMILIES
    for prefix in prefixes
    for form in forms.split()
}
# No cache here: ``receiver.search.terms`` has one for all.
SNOWBALL = Stemmer.Stemmer("russian", 0)


def russian_stem(word: str) -> str:
    """Return the stem that all forms of a lower-case word without ``ё`` share."""
    word = IRREGULAR.get(word, word)
    if gone := TO_GO.fullmatch(word):
        return f"{gone[1]}йд"
    stem = str(SNOWBALL.stemWord(TO_SEE.sub(r"ить\1", word)))
    while (shorter := _shorter(stem)) != stem:
        stem = shorter
    return _without_vowel(_with_one_consonant(stem))


def _shorter(stem: str) -> str:
    """Return the stem of a stem, or itself if too little would be left."""
    for found in (str(SNOWBALL.stemWord(stem)), _ENDING_OF_VERB.sub("", stem)):
        if LEAST_STEM <= len(found) < len(stem):
            return found
    return stem


def _with_one_consonant(stem: str) -> str:
    """Return a stem with the one consonant that stands for those that alternate with it."""
    if stem[-1:] not in _CHANGED:
        return stem
    for ending, instead in _CHANGES:
        if (found := ending.sub(instead, stem)) != stem:
            return found
    return stem


def _without_vowel(stem: str) -> str:
    """Return a stem without the vowel before its last consonant that other forms lack."""
    if len(stem) < LEAST_STEM or stem[-1] not in _COMES_BEFORE:
        return stem
    before, between, last = stem[-3], stem[-2], stem[-1]
    if last in "кц" and between == "е" and before in _VOWELS:
        return f"{stem[:-2]}й{last}"
    if between == "ь" or (between in "ое" and before not in _VOWELS):
        return stem[:-2] + last
    return stem
