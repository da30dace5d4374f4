"""Months and days by their names in the languages of senders, who must write them in English."""

import re

from bridge.parse.header.figures import ENGLISH

# Russian, Ukrainian, Belarusian, Bulgarian, German, French, Spanish, Italian, Portuguese, Polish,
# Dutch, Swedish, Danish, Norwegian, Finnish, Czech, Slovak, Hungarian, Turkish, Romanian, Greek,
# Estonian, Latvian, Catalan, Chinese; in full and abbreviated.
_NAMES = (
    "янв января январь січ січня сту студзеня яну януари januar jän janv janvier ene enero"
    " gen gennaio janeiro sty stycznia januari tammi tammikuu tammikuuta led ledna januára"
    " január oca ocak ian ianuarie ιαν ιανουάριος ιανουαρίου jaan jaanuar janvāris janvārī 一月",
    "фев февр февраля февраль лют лютого лютага февруари februar févr fév février febbraio"
    " febrero fevereiro fev lut lutego februari helmi helmikuu helmikuuta úno února februára"
    " február şub şubat februarie φεβ φεβρουαρίου φεβρουάριος veebr veebruar febr februāris"
    " febrer 二月",
    "мар марта март бер березня сак сакавіка märz mär mrz mars marzo março marca mrt maart"
    " maalis maaliskuu maaliskuuta bře března március márc mart martie μαρ μαρτίου μάρτιος"
    " märts marts març 三月",
    "апр апреля апрель кві квіт квітня кра красавіка април avr avril abr abril aprile kwi"
    " kwietnia huhti huhtikuu huhtikuuta dub dubna apríla ápr április nis nisan aprilie απρ"
    " απριλίου απρίλιος aprill aprīlis aprīlī 四月",
    "май мая тра трав травня мая mai mayo mag maggio maio maj maja mei touko toukokuu"
    " toukokuuta kvě května mája máj május mayıs mayis μαΐου μαϊ μαΐ μάιος maijs maijā maig 五月",
    "июн июня июнь чер черв червня чэр чэрвеня юни juni juin junio giu giugno junho cze"
    " czerwca kesä kesäkuu kesäkuuta čvn čer června jún júna június haz haziran iun iunie ιουν"
    " ιουνίου ιούνιος juuni jūn jūnijs jūnijā juny 六月",
    "июл июля июль лип липня ліп ліпеня юли juli juil juillet julio lug luglio julho lip"
    " lipca heinä heinäkuu heinäkuuta čvc července júl júla július tem temmuz iul iulie ιουλ"
    " ιουλίου ιούλιος juuli jūl jūlijs jūlijā juliol 七月",
    "авг августа август сер серпня жні жніўня août aoû ago agosto sie sierpnia elo elokuu"
    " elokuuta srp srpna augusti augustus augusta augusztus ağu ağustos αυγ αυγούστου"
    " αύγουστος augusts augustā agost 八月",
    "sept сен сент сентября сентябрь вер вересня верасня септември septembre septiembre set"
    " settembre setembro wrz września syys syyskuu syyskuuta zář září septembra szept"
    " szeptember eyl eylül septembrie σεπ σεπτ σεπτεμβρίου σεπτέμβριος septembris septembrī 九月",
    "окт октября октябрь жов жовт жовтня кас кастрычніка октомври okt oktober octobre octubre"
    " ott ottobre out outubro paź października loka lokakuu lokakuuta říj října októbra"
    " október eki ekim octombrie οκτ οκτωβρίου οκτώβριος oktoober oktobris oktobrī 十月",
    "ноя нояб ноября ноябрь лис листопада ліс лістапада ноември novembre noviembre novembro"
    " lis listopada marras marraskuu marraskuuta novembra kas kasım noi noiembrie νοε"
    " νοεμβρίου νοέμβριος novembris novembrī 十一月",
    "дек декабря декабрь гру груд грудня сне снежня декември dez dezember déc décembre dic"
    " diciembre dicembre dezembro gru grudnia des desember joulu joulukuu joulukuuta pro"
    " prosince decembra ara aralık decembrie δεκ δεκεμβρίου δεκέμβριος dets detsember"
    " decembris decembrī 十二月",
)
_MONTH = {
    name.casefold(): english
    for english, names in zip(ENGLISH, _NAMES, strict=True)
    for name in names.split()
}
_DAY_AHEAD = re.compile(r"^\s*[^\W\d_]{2,14}\.?(?:-[^\W\d_]{2,8})?,?\s+(?=\d{1,2}[\s.])")
_AFTER_DAY = re.compile(r"(?<=\d)(\.?\s+(?:de\s+)?)([^\W\d_]{2,12})(\.?)(?=\s+(?:de\s+)?\d{4})")
_YEAR_WORD = re.compile(r"(?<=\d{4})\s?г(?:\.|ода?\b)?,?(?:\s+в\b)?")


def month_of(name: str) -> int:
    """Return the number of the month that a word names, in full or abbreviated; 0 if none."""
    english = _MONTH.get(name.casefold().rstrip("."), name[:3].title())
    return ENGLISH.index(english) + 1 if english in ENGLISH else 0


def in_english(value: str) -> str:
    """Return a date with its month in English: «Пн, 20 мая 2024 г. 12:31».

    English dates are unchanged.
    """
    found = _AFTER_DAY.search(value)
    english = _MONTH.get(found[2].casefold()) if found else None
    if found is None or english is None:
        return value
    rest = value[found.end() :].replace(" de ", " ", 1)
    return _DAY_AHEAD.sub("", f"{value[: found.start()]} {english}{_YEAR_WORD.sub('', rest)}")
