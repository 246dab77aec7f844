"""Which language a text is in, as far as its script and its small words tell: cheap enough to ask of each question.

Only what is plain counts. Between two languages whose small words a text holds as many of, there is no telling; so a
name in another language makes no question a foreign one, and a question without small words is nobody's.
"""

from __future__ import annotations

import re
from collections import Counter

NAMES = {
    "ar": "Arabic",
    "de": "German",
    "el": "Greek",
    "en": "English",
    "es": "Spanish",
    "fr": "French",
    "he": "Hebrew",
    "hi": "Hindi",
    "it": "Italian",
    "ja": "Japanese",
    "ko": "Korean",
    "nl": "Dutch",
    "pt": "Portuguese",
    "ru": "Russian",
    "th": "Thai",
    "zh": "Chinese",
}
"""The languages that can be told apart, by ISO 639-1."""

_SCRIPTS = (  # the first and last letter of what one language alone is mostly written in
    ("ar", "\u0600", "\u06ff"),
    ("el", "\u0370", "\u03ff"),
    ("he", "\u0590", "\u05ff"),
    ("hi", "\u0900", "\u097f"),
    ("ja", "\u3040", "\u30ff"),
    ("ko", "\uac00", "\ud7af"),
    ("ru", "\u0400", "\u04ff"),
    ("th", "\u0e00", "\u0e7f"),
    ("zh", "\u4e00", "\u9fff"),
)
_SCRIPT_SHARE = 0.25  # of the letters, for a script to tell: the names in a question may be in another
_SMALL_WORDS = {
    "de": "aber als am auch auf aus bei bis das dass dazu dem den der des die doch durch ein eine einem einen einer es "
    "für gab gibt haben hat hatte ihr im in ist jetzt kann kein keine man mehr mit nach nicht noch nun nur oder schon "
    "seit sich sie sind um und uns unter viel viele vom von vor wann war waren warum was welche welcher welches wem "
    "wen wenn wer werden wessen wie wieso wird wo wurde wurden zu zum zur über",
    "en": "a about after all also an and any are as at be been before between but by can could did do does for from "
    "get gets had has have he her his how if in into is it its just many more much no not now of on or our out over "
    "said say says she should so still than that the their them there these they this to under until up was we were "
    "what when where which while who whom whose why will with would you your",
    "es": "a al bajo como con contra cual cuando cuánta cuánto cuántos cuáles cuál cuándo cómo de del desde donde "
    "dónde el ella en entre era es esta está este fue fueron ha haber hasta han hay hubo había la las le lo los me más "
    "ni no nos o para pero por que quién quiénes quien qué se ser si sin sobre son su sus también tiene tienen un una "
    "y ya",
    "fr": "a ai au aux avec c ce ces cet cette combien comment d dans de depuis des du elle elles en encore est et eu "
    "il ils je l la le les leur leurs lui mais n ne nous on ont ou où par pas plus pour pourquoi qu quand que quel "
    "quelle quelles quels qui quoi s sa se ses si son sont sous sur t tous toute un une vous y été était",
    "it": "a ad ai al alla alle anche che chi ci come con cosa cui da dal dalla degli dei del della delle di dove e "
    "era erano fra gli ha hanno i il in la le lo ma nel nella non o per perché più quale quali quando quanti quanto se "
    "si sono stata stato su sua sul sulla suo tra un una uno è",
    "nl": "aan al als bij dan dat de deze die dit door een en er geen had hebben heeft het hij hoe hoeveel hun ik in "
    "is kan maar meer met na naar niet nog nu of om onder ook op over te tot tussen uit van veel voor waar waarom "
    "wanneer was wat welk welke wel werd wie wij worden wordt ze zich zij zijn zou",
    "pt": "a ao aos as até com como da das de depois do dos e ela ele em entre era está foi foram há já lhe mais mas "
    "na nas no nos não o onde os ou para pela pelo por porque quais qual quando quanto quantos que quem se sem ser seu "
    "sobre sua são também tem têm um uma é",
}
_SPOKEN_IN: dict[str, list[str]] = {}
for _language, _words in _SMALL_WORDS.items():
    for _word in _words.split():
        _SPOKEN_IN.setdefault(_word, []).append(_language)
_LETTERS = re.compile(r"[^\W\d_]+")


def language(text: str) -> str | None:
    """The language of a text; None where nothing or no single one tells."""
    (first, most), (_, next_most) = [*signs(text).most_common(2), ("", 0), ("", 0)][:2]
    return first if most > next_most else None


def signs(text: str) -> Counter[str]:
    """How much tells for each language. Words with a capital that begin no text are left out: they are names."""
    letters = [c for c in text if c.isalpha()]
    written = Counter(script for c in letters if not c.isascii() for script, a, z in _SCRIPTS if a <= c <= z)
    if written.total() > _SCRIPT_SHARE * len(letters):
        # Japanese has Chinese characters among its own.
        return Counter({"ja": written.total()} if written["ja"] else dict(written.most_common(1)))
    told: Counter[str] = Counter()
    for place, word in enumerate(_LETTERS.findall(text)):
        if not place or word[0].islower():
            told.update(_SPOKEN_IN.get(word.casefold(), ()))
    return told


def foreign(text: str, home: str | None) -> bool:
    """Whether a text is plainly not in the language `home`; never where that is not known."""
    if home is None:
        return False
    told = signs(text)
    return any(count > told[home] for language, count in told.items() if language != home)
