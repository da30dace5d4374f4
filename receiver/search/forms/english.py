"""English words: Snowball's stems (snowballstem.org), and a table of what it does not know.

The table has forms of irregular verbs, nouns and degrees. Left out are forms that are more often
another word (``ground``, ``wound``, ``rose``) and auxiliary verbs, which are in every letter.
"""

import re
from collections import defaultdict

import Stemmer

IRREGULAR = {
    form: model
    for model, forms in {
        "arise": "arose arisen",
        "awake": "awoke awoken",
        "beat": "beaten",
        "become": "became",
        "begin": "began begun",
        "bend": "bent",
        "bind": "bound",
        "bite": "bitten",
        "bleed": "bled",
        "blow": "blew blown",
        "break": "broke broken",
        "breed": "bred",
        "bring": "brought",
        "build": "built",
        "burn": "burnt",
        "buy": "bought",
        "catch": "caught",
        "choose": "chose chosen",
        "come": "came",
        "creep": "crept",
        "deal": "dealt",
        "dig": "dug",
        "draw": "drew drawn",
        "dream": "dreamt",
        "drink": "drank drunk",
        "drive": "drove driven",
        "eat": "ate eaten",
        "fall": "fell fallen",
        "feed": "fed",
        "feel": "felt",
        "fight": "fought",
        "find": "found",
        "flee": "fled",
        "fly": "flew flown",
        "forbid": "forbade forbidden",
        "foresee": "foresaw foreseen",
        "forget": "forgot forgotten",
        "forgive": "forgave forgiven",
        "freeze": "froze frozen",
        "get": "got gotten",
        "give": "gave given",
        "go": "goes went gone",
        "grow": "grew grown",
        "hang": "hung",
        "hear": "heard",
        "hide": "hid hidden",
        "hold": "held",
        "keep": "kept",
        "kneel": "knelt",
        "know": "knew known",
        "lay": "laid",
        "lead": "led",
        "lean": "leant",
        "leap": "leapt",
        "learn": "learnt",
        "leave": "left",
        "lend": "lent",
        "lie": "lying lain",
        "light": "lit",
        "lose": "lost",
        "make": "made",
        "mean": "meant",
        "meet": "met",
        "mislead": "misled",
        "mistake": "mistook mistaken",
        "misunderstand": "misunderstood",
        "outgrow": "outgrew outgrown",
        "overcome": "overcame",
        "overdo": "overdoes overdid overdone",
        "overpay": "overpaid",
        "oversee": "oversaw overseen",
        "oversleep": "overslept",
        "overtake": "overtook overtaken",
        "pay": "paid",
        "prepay": "prepaid",
        "prove": "proven",
        "rebuild": "rebuilt",
        "redo": "redoes redid redone",
        "repay": "repaid",
        "rerun": "reran",
        "resell": "resold",
        "resend": "resent",
        "retake": "retook retaken",
        "retell": "retold",
        "rewrite": "rewrote rewritten",
        "ride": "rode ridden",
        "ring": "rang rung",
        "rise": "risen",
        "run": "ran",
        "say": "said",
        "see": "saw seen",
        "seek": "sought",
        "sell": "sold",
        "send": "sent",
        "sew": "sewn",
        "shake": "shook shaken",
        "shine": "shone",
        "shoot": "shot",
        "show": "shown",
        "shrink": "shrank shrunk",
        "sing": "sang sung",
        "sink": "sank sunk",
        "sit": "sat",
        "sleep": "slept",
        "slide": "slid",
        "smell": "smelt",
        "speak": "spoke spoken",
        "spell": "spelt",
        "spend": "spent",
        "spill": "spilt",
        "spin": "spun",
        "spoil": "spoilt",
        "spring": "sprang sprung",
        "stand": "stood",
        "steal": "stole stolen",
        "stick": "stuck",
        "sting": "stung",
        "strike": "struck stricken",
        "strive": "strove striven",
        "swear": "swore sworn",
        "sweep": "swept",
        "swell": "swollen",
        "swim": "swam swum",
        "swing": "swung",
        "take": "took taken",
        "teach": "taught",
        "tear": "tore torn",
        "tell": "told",
        "think": "thought",
        "throw": "threw thrown",
        "undergo": "undergoes underwent undergone",
        "understand": "understood",
        "undertake": "undertook undertaken",
        "undo": "undoes undid undone",
        "unwind": "unwound",
        "uphold": "upheld",
        "wake": "woke woken",
        "wear": "wore worn",
        "weave": "wove woven",
        "weep": "wept",
        "win": "won",
        "withdraw": "withdrew withdrawn",
        "withhold": "withheld",
        "write": "wrote written",
        "analysis": "analyses",
        "basis": "bases",
        "child": "children",
        "crisis": "crises",
        "criterion": "criteria",
        "foot": "feet",
        "goose": "geese",
        "half": "halves",
        "index": "indices",
        "knife": "knives",
        "life": "lives",
        "loaf": "loaves",
        "man": "men",
        "mouse": "mice",
        "person": "people",
        "shelf": "shelves",
        "thief": "thieves",
        "tooth": "teeth",
        "wife": "wives",
        "wolf": "wolves",
        "woman": "women",
        "good": "better best",
        "bad": "worse worst",
        "far": "farther farthest further furthest",
    }.items()
    for form in forms.split()
}
_PREFIXED = re.compile("(fore|mis|out|over|pre|re|un|under|with)(...+)")
# No cache here: ``receiver.search.terms`` has one for all.
_SNOWBALL = Stemmer.Stemmer("english", 0)


def english_stem(word: str) -> str:
    """Return the stem that all forms of a lower-case word share."""
    return str(_SNOWBALL.stemWord(IRREGULAR.get(word, word)))


def prefixed_forms(word: str) -> list[str]:
    """Return the forms of a possible irregular verb with a prefix: ``overhear``, ``remade``."""
    parts = _PREFIXED.fullmatch(word)
    return [parts[1] + each for each in _FORMS.get(parts[2], ())] if parts else []


def _all_forms() -> dict[str, list[str]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for form, model in IRREGULAR.items():
        found[model].append(form)
    every = {model: [model, *forms] for model, forms in found.items()}
    return {form: forms for forms in every.values() for form in forms}


_FORMS = _all_forms()
