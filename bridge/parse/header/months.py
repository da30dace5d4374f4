"""Months and days by their names in the languages of senders, who must write them in English."""

import re

_ENGLISH = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
# Russian, Ukrainian, German, French, Spanish, Italian, Portuguese, Polish; whole and cut.
_NAMES = (
    "янв января январь січ січня januar jän janv janvier ene enero gen gennaio janeiro sty"
    " stycznia",
    "фев февр февраля февраль лют лютого februar févr fév février febrero febbraio fevereiro"
    " fev lut lutego",
    "мар марта март бер березня märz mär mrz mars marzo março mars marca",
    "апр апреля апрель кві квіт квітня avr avril abr abril aprile kwi kwietnia",
    "май мая тра трав травня mai mayo mag maggio maio maj maja",
    "июн июня июнь чер черв червня juni juin junio giu giugno junho cze czerwca",
    "июл июля июль лип липня juli juil juillet julio lug luglio julho lip lipca",
    "авг августа август сер серпня août aoû ago agosto sie sierpnia",
    "сен сент сентября сентябрь вер вересня septembre septiembre set settembre setembro wrz"
    " września",
    "окт октября октябрь жов жовт жовтня okt oktober octobre octubre ott ottobre out outubro paź"
    " października",
    "ноя нояб ноября ноябрь лис листопада novembre noviembre novembro lis listopada",
    "дек декабря декабрь гру груд грудня dez dezember déc décembre dic diciembre dicembre dezembro"
    " gru grudnia",
)
_MONTH = {
    name: english for english, names in zip(_ENGLISH, _NAMES, strict=True) for name in names.split()
}
_DAY_AHEAD = re.compile(r"^\s*[^\W\d_]{2,14}\.?(?:-[^\W\d_]{2,8})?,?\s+(?=\d{1,2}[\s.])")
_AFTER_DAY = re.compile(r"(?<=\d)(\.?\s+(?:de\s+)?)([^\W\d_]{3,12})(\.?)(?=\s+(?:de\s+)?\d{4})")
_IN_FIGURES = re.compile(r"^\s*(\d{1,2})\.(\d{1,2})\.(\d{4}),?(?=\s+\d{1,2}:\d{2})")
_YEAR_WORD = re.compile(r"(?<=\d{4})\s?г(?:\.|ода?\b)?,?(?:\s+в\b)?")


def in_english(value: str) -> str:
    """Return a date with its month in English: «Пн, 20 мая 2024 г. 12:31», ``20.05.2024 12:31``.

    One that is English is not changed.
    """
    figures = _IN_FIGURES.match(value)
    if figures and 1 <= int(figures[2]) <= 12:
        month = _ENGLISH[int(figures[2]) - 1]
        return f"{figures[1]} {month} {figures[3]}{value[figures.end() :]}"
    found = _AFTER_DAY.search(value)
    english = _MONTH.get(found[2].casefold()) if found else None
    if found is None or english is None:
        return value
    rest = value[found.end() :].replace(" de ", " ", 1)
    return _DAY_AHEAD.sub("", f"{value[: found.start()]} {english}{_YEAR_WORD.sub('', rest)}")
