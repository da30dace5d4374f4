"""Words above a quotation that announce answers inside it.

A person announces answers by their name (answer, comment, see) near their place (below, in the
text) or their look (in red); the words are a table, one line for each language.
"""

import re
from itertools import repeat

_OPENING = 5_000
_NEAR = r"[^.,;\n!?。！？，、]{0,40}?"
_NEARER = r"[^.,\n!?。！？，、]{0,15}?"

# Language: names of answers, and words for their place or look.
_SAID = (
    # ru
    (
        r"ответ|комментар|пояснен|замечани|правк|отвеча|отвеч|пиш|\bсм\b\.?|смотри|выдел|помет|отмет|"
        r"написа|дополни|впис|заполни|прав(?:ил|ки)|вн[её]с",
        r"\bниже\b|в тексте|внутри|по тексту|по пунктам|под (?:каждым|вашими|вопрос)|между|"
        r"\bв (?:ваш\w+ |тво\w+ )?письм[ео]|красн(?:ым|ом)|синим|зел[её]ным|цветом|цветным|жирн|"
        r"курсив|капс|заглавн|большими букв|маркер",
    ),
    # uk, be
    (
        r"відповід|відпові|комент|\bдив(?:\.|ись|іться)|пишу|позначи|виділи|адказ",
        r"нижче|у тексті|в тексті|по тексту|під кожн|під ваш|червон|син(?:ім|ього)|зелен|кольор|"
        r"жирн|ніжэй|у тэксце",
    ),
    # en
    (
        r"(?<!\bi )(?<!\bwe )\bsee\b|comment|answer|repl(?:y|ies|ied)|respon[sd]|notes?\b|feedback|"
        r"remarks?\b|corrected|corrections|edits|amended",
        r"\bbelow\b|within(?! (?:\w+ ){1,3}?(?:day|hour|week|minute|month|year|reason))|"
        r"between(?! \d)|in the text|embedded|inter(?:spersed|leaved)|underneath|"
        r"under (?:each|every|your|the) (?:question|point|item)|in.?between",
    ),
    # de
    (
        r"antwort|kommentar|anmerkung|\bsiehe\b|\bs\. ?(?=u\.|unten)|rückmeldung|beantwort",
        r"\bunten\b|\bu\.|unterhalb|im text\b|direkt (?:in|im|unter)|dazwischen|darunter|inline|"
        r"(?:in|mit) (?:rot|blau|grün)|(?:rot|blau|grün|fett|farbig) (?:markiert|hinterlegt)|"
        r"in (?:roter|blauer|grüner)|unter (?:ihren|deinen|den) (?:fragen|punkten)",
    ),
    # fr
    (
        r"répon|réponse|commentaire|remarque|\bvoir\b|\bcf\b\.?",
        r"ci-dessous|en dessous|plus bas|dans le (?:texte|mail|corps)|entre les lignes|"
        r"en (?:rouge|bleu|vert|gras|couleur|majuscules)|sous (?:chaque|vos)",
    ),
    # es
    (
        r"respuesta|respond|comentari|contest|\bver\b|\bvéase\b|\bvea\b",
        r"abajo|debajo|en el (?:texto|correo|cuerpo)|a continuación|entre líneas|"
        r"en (?:rojo|azul|verde|negrita|color|mayúsculas)",
    ),
    # it
    (
        r"rispost|rispond|comment|\bved(?:i|ere|asi)\b|osservazion|annotazion",
        r"\bsotto\b|di seguito|qui sotto|nel testo|tra le righe|"
        r"in (?:rosso|blu|verde|grassetto|maiuscolo|calce)",
    ),
    # pt
    (
        r"respost|respond|comentári|\bve(?:r|ja)\b|\bvide\b",
        r"abaixo|em baixo|a seguir|no (?:texto|corpo)|entre linhas|"
        r"em (?:vermelho|azul|verde|negrito|maiúsculas)|a (?:vermelho|azul|verde)",
    ),
    # nl
    (
        r"antwoord|opmerking|reactie|\bzie\b|commentaar|beantwoord|gereageerd",
        r"hieronder|onderstaand|onder (?:elke|je|uw) vra|tussen de|in de tekst|in de mail|"
        r"in het (?:rood|blauw|groen)|in (?:rood|blauw|groen)",
    ),
    # sv, da, no
    (
        r"\bsvar|\bkomment|\bse(?:r)?\b|besvar",
        r"nedan\b|nedenfor|nedenunder|under (?:varje|hver|hvert|dina|dine)|i te(?:xt|kst)en|"
        r"(?:med|i) (?:rött|rødt|rød|röd|blått|blåt|blå|grönt|grønt|grøn|grön|fet|fed)",
    ),
    # fi
    (
        r"vastau|vastas|vastaan|komment|\bks\b\.?|katso",
        r"\balla\b|\balle\b|alempana|tekstissä|tekstin (?:seassa|joukossa)|väliin|välissä|"
        r"punaisella|sinisellä|vihreällä",
    ),
    # pl
    (
        r"odpowied|odpowiad|odpisa|komentarz|uwagi|patrz",
        r"poniżej|w (?:tekście|treści|mailu)|pod (?:każdym|pytani|twoimi|pana)|między|"
        r"na (?:czerwono|niebiesko|zielono)|kolorem|czerwonym|niebieskim|zielonym",
    ),
    # cs, sk
    (
        r"odpov[ěeí]|komentář|komentár|poznámk|\bviz\b|\bpozri\b",
        r"níže|nižšie|v textu|v texte|v mailu|pod (?:jednotliv|každ)|mezi|"
        r"červen|modř|modr(?:ou|o)|zelen|tučn|barevn",
    ),
    # hu, ro
    (
        r"válasz|megjegyzés|\blásd\b|răspuns|comentari|\bvezi\b",
        r"\balább\b|lentebb|\blent\b|a szövegben|piros|kék|zöld|mai jos|în text|"
        r"cu (?:roșu|rosu|albastru|verde)",
    ),
    # tr
    (
        r"cevap|yanıt|yorum|bakınız|\bbkz\b\.?",
        r"aşağıda|altında|altına|metin içinde|arasında|kırmızı|mavi|yeşil|renkli",
    ),
    # zh
    (
        r"回复|回覆|答复|答覆|回答|批注|意见|請看|请看|請見|请见|见",
        r"下面|下方|以下|文中|原文|红色|紅色|红字|紅字|蓝色|藍色|[见見]下(?!图|圖|表)",
    ),
    # ja
    (
        r"回答|返信|返答|お答え|コメント|ご確認",
        r"以下|下記|本文中|文中|インライン|赤字|赤色|青字|赤で",
    ),
    # ko
    (r"답변|회신|답장|답을|코멘트|의견", r"아래|하단|본문|사이|빨간|붉은|적색|파란|청색"),
    # he, ar
    (r"תשוב|עניתי|תגוב|הערות|ראה|ראו|ראי", r"למטה|להלן|בגוף|באדום|בכחול|בירוק|בין השורות"),
    (r"إجاب|اجاب|الرد|ردود|ردي|تعليق|انظر", r"أدناه|ادناه|أسفل|باللون|في النص|بالأحمر|بين السطور"),
)
_SAID_ALONE = (
    r"\binline\b|in-line|\b(?:comments?|answers?|repl(?:y|ies)) in line\b|"
    r"мои ответы|my answers|answers to your|meine antworten|mes réponses|mis respuestas|"
    r"(?:отвеча\w{1,5}|ответ(?:ы|ил[аи]?)) (?:на (?:ваши |все )?вопрос|по порядку|по пункт)|"
    r"по тексту|\bin (?:red|blue|green|bold|capitals|caps|colou?r)\b"
)
# Places and looks in any language that only answers have: each question, brackets, italics.
_WITHIN = (
    r"кажд(?:ый|ого|ому|ым|ой|ую) (?:из )?(?:\w+ )?(?:пункт|вопрос|строк)|"
    r"в (?:круглых |квадратных )?скобк|кожн(?:ий|ого|ому|им) (?:пункт|питанн)|дужк|"
    r"under(?:neath)? each|after (?:each|every)|in (?:brackets|parenthes)|between the lines|"
    r"zwischen (?:den|ihren|deinen) (?:zeilen|fragen)|hinter (?:den|jeder|ihren|deinen) fragen?|"
    r"in klammern|kursiv|à la suite de (?:vos|chaque)|après chaque|entre parenthèses|en italique|"
    r"tras cada|después de cada|en cursiva|entre paréntesis|dopo ogni|tra parentesi|in corsivo|"
    r"após cada|depois de cada|entre parênteses|em itálico|po każdym|w nawiasach|kursywą|"
    r"tussen haakjes|achter elke|na elke vraag|cursief|v závork|kurzív|(?:za|po) každ|"
    r"her sorunun|parantez|italik|inom parentes|i parentes|"
    r"斜体|斜體|括号|括號|每个问题|每個問題|黄色|黃色|括弧|カッコ|各質問|괄호|각 질문|"
    r"בסוגריים|بين قوسين"
)
# The other's letter, which a few words may name for another reason in a longer one.
_IN_YOURS = (
    r"(?:in|into|inside|within) (?:the (?:body|text) of )?your (?:original |own |last )?"
    r"(?:e-?mail|mail|message|letter|text)|"
    r"(?:added|inserted|put|written|wrote|made)\b[^.]{0,30} to your (?:e-?mail|mail|message)|"
    r"dentro de (?:su|tu) (?:correo|mensaje|e-?mail)|"
    r"en (?:su|tu) (?:mismo|propio) (?:correo|mensaje)|no (?:próprio|seu|teu|mesmo) e-?mail|"
    r"na (?:própria|sua|tua|mesma) mensagem|w (?:państwa|waszej|waszym) (?:wiadomości|mailu)|"
    r"у (?:ваш|тво)\w+ (?:листі|повідомленні)|(?:mail|mesaj|e-?posta)\w* içinde|"
    r"邮件里|邮件中|郵件裡|郵件中|来信中|來信中|メールの中|メール内|メール本文"
)
_IN_THE_TEXT = tuple(
    (
        re.compile(place := f"{where}|{_WITHIN}"),
        re.compile(what),
        re.compile(f"(?:{what}){_NEAR}(?:{place})|(?:{place}){_NEARER}(?:{what})"),
    )
    for what, where in _SAID
)
_ALONE = re.compile(_SAID_ALONE)
# «Анкета заполнена.» means the form below, unless there is a file.
_FILLED = re.compile(
    r"заполнил[аи]?\b|заполнен[аоы]?\b|заповни(?:в|ла|ли)\b|filled (?:in|out)|completed the form|"
    r"ausgefüllt|rempli|rellenad|compilat[oa]|preenchid|ingevuld|wypełni|vyplnil|vyplněn|ifyllt|"
    r"udfyldt|utfylt|täytetty|dolduruldu",
)
# «Внесла правки.» means the text below, unless another thing is named.
_EDITED = re.compile(
    r"вн[её]с(?:ла|ли)? (?:\w+ )?(?:правк|изменени|исправлени|коррект|дополнени|уточнени)|"
    r"(?:подправил|поправил|исправил|скорректировал|откорректировал|отредактировал|дописал|вписал|"
    r"проставил|уточнил)[аи]?\b|вн(?:іс|есла|если) (?:\w+ )?(?:правк|зміни|виправлен)|"
    r"(?:виправи|поправи|відредагува|дописа)(?:в|ла|ли)\b|"
    r"\b(?:my|made|added|did|with|have) (?:\w+ ){0,3}?(?:edits|changes|corrections|amendments)\b|"
    r"\b(?:corrected|amended|edited|revised|adjusted|filled)\b|"
    r"\bupdated the (?:numbers|figures|list|table|prices|quantit\w+|address|dates?|text|details)\b|"
    r"korrigiert|ergänzt|angepasst|berichtigt|eingetragen|nachgetragen|"
    r"corrigé|complété|rectifié|modifié|corregid|corregí|modificad|completad|corrett|modificat|"
    r"completat|corrigid|alterad|aangepast|gecorrigeerd|ingevuld|aangevuld|poprawił|uzupełnił|"
    r"naniosł|opravil|doplnil|düzelt|ekledim|已修改|已更正|已改|修正しました|수정"
)
# «Направляю ответы.», "My comments.": without a place, from somebody who sends no file.
_NAMED = re.compile(
    r"\b(?:ответы|комментарии|замечания|пояснения|анкет[ау]|опросник|відповіді|коментарі|зауваження|"
    r"answers|replies|responses|comments|remarks|feedback|antworten|anmerkungen|kommentare|"
    r"réponses|commentaires|remarques|respuestas|comentarios|observaciones|risposte|commenti|"
    r"osservazioni|respostas|comentários|antwoorden|opmerkingen|odpowiedzi|uwagi|komentarze|"
    r"odpovědi|odpovede|připomínky|svar på|cevaplar\w*|yanıtlar\w*|yorumlar\w*)\b|答复如下|回复如下"
)
_ANOTHERS = re.compile(
    r"\?|\b(?:спасибо|благодар\w+|жд[её]м|жду|ожида\w+|прош[уи]\w*|просим|присла\w+|пришл\w+|нет|без|"
    r"ваш[иае]?|вашу|твои|получил\w*|дякую|чекаю|ваші|thanks?|await\w*|wait\w*|looking|no|any|your|"
    r"you have|you may have|let (?:me|us) know|"
    r"please|welcome|send|danke|ihre|deine|keine|bitte|merci|votre|vos|pas|aucun\w*|gracias|sus?|"
    r"grazie|vostr\w+|tue|obrigad[oa]|seus|bedankt|uw|je|geen|dziękuj\w+|proszę|brak|děkuj\w+|"
    r"teşekkür\w*)\b"
)
_OF_A_THING = re.compile(
    r"сайт|страниц|баг|ошибк|\bкод|скрипт|сервер|настройк|систем|кабинет|программ|сч[её]т|договор|"
    r"накладн|документ|заявк|базе|site|page|bug|issue|code|script|server|setting|system|invoice|"
    r"contract|document|patch|commit|branch|\bpr\b|website|rechnung|vertrag|dokument|factur|contrat|"
    r"document|factura|contrato|fattura|contratto|umow|faktur"
)
_BRIEF = 90
# Places or looks of answers, which are enough if little else is said above history.
_PLACE = re.compile(
    r"\bниже\b|\bвнизу\b|в конце (?:письма|текста)|под (?:ваш|тво|вопрос|кажд|текст)|внутри|"
    r"в (?:этом |самом )?(?:тексте|письме)|"
    r"в (?:ваш|тво)\w+ (?:\w+ )?"
    r"(?:письм|текст|сообщен|форм|таблиц|анкет|бланк|опросник|вопрос|спис)|"
    r"(?<!за )(?<!получили )(?<!получил )(?<!получила )(?<!на )"
    r"(?:ваше|тво[её]) (?:письмо|сообщение)"
    r"(?!.{0,40}(?:получ|прочит|прочт|увид|дошл|приш|рассм|приня|отправ|пересла|перед))|"
    r"после (?:\w+ )?вопрос|(?:красн|ж[её]лт|зел[её]н|оранжев|фиолетов|розов)ым|\bсиним|голубым|"
    r"цветом|жирным|курсивом|выдел|нижче|внизу|всередині|(?:жовт|червон)им|"
    r"\bbelow\b|\binside\b|\bhereunder\b|underneath|at the (?:bottom|end)|\bpsb\b|highlight|"
    r"in(?:to|side)? your (?:e-?mail|message|text|letter|form)|after (?:each|the|your) question|"
    r"\bin (?:yellow|purple|orange|pink|violet|magenta|italics)\b|marked (?:with|by|in|as)? ?\w+$|"
    r"\bunten\b|\bim text\b|in (?:ihre|deine|eure)[rn]? (?:e-?mail|mail|nachricht)|"
    r"\b(?:gelb|rot|grün|blau|lila|orange)\b|"
    r"ci-(?:après|dessous)|dans (?:votre|ton) (?:message|mail|courriel|texte)|en (?:jaune|violet)|"
    r"\babajo\b|\bdebajo\b|a continuación|en (?:su|tu) (?:correo|mensaje)|en amarillo|"
    r"qui sotto|di seguito|nella (?:sua|tua|vostra) mail|in giallo|abaixo|a seguir|em amarelo|"
    r"hieronder|onderaan|in (?:je|uw) mail|in het geel|nedan(?:för)?\b|nedenfor|nedenunder|"
    r"i (?:ditt|din|dit) (?:mejl|mail|e-post)|alempana|viestissäsi|keltaisella|"
    r"poniżej|na dole|w (?:pana|pani|twoim|twojej) (?:mailu|wiadomości)|na żółto|níže|nižšie|"
    r"ve vašem|žlutě|\b(?:dole|alább)\b|lentebb|mai jos|aşağı(?:da|ya)|alt(?:ına|ında)|sarıyla|"
    r"下面|以下|下記|文中|아래|하단|למטה|להלן|أدناه|أسفل|"
    f"{_WITHIN}|{_IN_YOURS}"
)
_LITTLE = 120
_OF_A_FILE = re.compile(
    r"влож|прикреп|прилаг|прилож|файл|скан|долуч|attach|enclos|\bfile|anhang|anbei|angehängt|"
    r"ci-joint|pièce|adjunt|allegat|anexo|bijlage|załącz|příloh|bifog|vedhæft|vedlagt|liitte|ekte|ekli",
)
_BELOW_ALONE = re.compile(
    r"\W*(?:(?:всё|все|см|смотрите|see|siehe|voir|ver|vedi|zie|se|viz|patrz|див)\W+)?"
    r"(?:ниже|below|unten|ci-dessous|abajo|sotto|abaixo|hieronder|nedan|nedenfor|poniżej|níže|нижче|"
    r"alla|aşağıda)\W*",
)


def announces_answers(words: str) -> bool:
    """Whether the words above a quotation say that answers are inside it."""
    opening = words[-_OPENING:].casefold()
    return (
        _ALONE.search(opening) is not None
        or any(map(_names_both, _IN_THE_TEXT, repeat(opening)))
        or _BELOW_ALONE.fullmatch(opening) is not None
    )


def _names_both(patterns: tuple[re.Pattern[str], ...], opening: str) -> bool:
    """Whether answers are named near a place; most texts name no place."""
    return all(one.search(opening) for one in patterns)


def says_inside(words: str) -> bool:
    """Whether the words above unmarked history say so, or that a form in it is filled in."""
    if announces_answers(words):
        return True
    opening = words[-_OPENING:].casefold()
    return _FILLED.search(opening) is not None and _OF_A_FILE.search(opening) is None


def points_inside(words: list[str]) -> bool:
    """Whether the lines above unmarked history are few and name a place in it, or a colour."""
    said = " ".join(filter(None, map(str.strip, words)))
    return len(said) <= _LITTLE and _PLACE.search(said.casefold()) is not None


def says_edited(words: list[str]) -> bool:
    """Whether a few lines above unmarked history say that a text, the one below, was corrected.

    They name no file and nothing else that could be meant.
    """
    said = " ".join(filter(None, map(str.strip, words))).casefold()
    if len(said) > _BRIEF or _EDITED.search(said) is None:
        return False
    return _OF_A_THING.search(said) is None and _OF_A_FILE.search(said) is None


def names_answers(words: list[str]) -> bool:
    """Whether a few lines above unmarked history name the writer's own answers, and no file."""
    said = " ".join(filter(None, map(str.strip, words))).casefold()
    if len(said) > _BRIEF or _NAMED.search(said) is None:
        return False
    return _ANOTHERS.search(said) is None and _OF_A_FILE.search(said) is None
