"""Notices: what a publisher writes where it says that a text was changed, in English, French, Spanish and Arabic.

The kinds are those of Crossref's update types (https://www.crossref.org/documentation/crossmark/), as far as pages use
them, and "note" for a note of the editors that does not say more. Patterns are data, one list for each kind; a label
has to open the passage and be set off from what follows, as "correction" and "update" are also what reports speak of.
"""

import re
from itertools import islice
from typing import Literal, NamedTuple

from parsers.dates import find_dates
from parsers.normal import plain, shown

Kind = Literal["correction", "clarification", "update", "retraction", "note"]

_REACH = 400  # signs of a passage that are looked at: a notice says so at once
_ARABIC_SIGNS = re.compile("[\u064b-\u0652\u0640]")  # vowel signs and the stroke that widens words
# Behind these a line of dates goes on: "Published 3 May 2024 | Updated 5 May 2024".
_PART = re.compile(r"[|·•;(,]\s?")
_PARTS = 6
_SET_OFF = re.compile(r"\s?[:\[(]|\s?-(?:\s|$)")
_WORD = re.compile(r"[^\W\d_]")
# What may stand between a label and its date.
_BEFORE_DATE = re.compile(
    r"\b(?:on|as of|at|the|le|du|el|del|al|de|in|في|بتاريخ|يوم|"
    r"monday|tuesday|wednesday|thursday|friday|saturday|sunday)\b"
)
_DATED = 60
_ARABIC_FORMS = str.maketrans("أإآى", "اااي")

# Words that open a notice, before a colon, a dash, a bracket, a date or the end of the line.
_LABELS: dict[Kind, str] = {
    "correction": """
        correction | corrections | corrected | correction notice | correction to this report | correction appended
        corrigendum | corrigenda | erratum | errata | editor's correction
        rectificatif | correctif | corrigé | correction apportée
        corrección | correcciones | fe de erratas | fe de errata | fe de errores | corregido
        تصحيح | تصويب | استدراك | تصحيح خطا
    """,
    "clarification": """
        clarification | clarifications | clarification notice | précision | précisions | clarifié
        aclaración | aclaraciones | precisión | توضيح | ايضاح | تنويه
    """,
    "update": """
        update | updated | updates | last update | last updated | page updated | last revised | revised | last modified
        this page was last updated | page last updated | amended | article updated | report updated | updated version
        mise à jour | mis à jour | dernière mise à jour | actualisé | article mis à jour | modifié | article modifié
        actualización | actualizado | actualizada | última actualización | modificado | modificada
        تحديث | اخر تحديث | تم التحديث | محدث | تاريخ التحديث
    """,
    "retraction": """
        retraction | retracted | withdrawn | withdrawal notice | retraction notice | rétractation | article retiré
        retractación | artículo retirado | سحب المقال | اعتذار
    """,
    "note": """
        editor's note | editors' note | editorial note | note from the editor | note to readers | publisher's note
        note de la rédaction | ndlr | note de l'éditeur | nota del editor | nota de la redacción | nota de redacción
        ملاحظة المحرر | ملاحظه من المحرر | ملاحظة من هيئة التحرير
    """,
}
_EN = "(?:article|page|report|story|statement|post|piece|press release|briefing)"
_FR = "(?:article|page|rapport|communiqué|billet|publication)"
_ES = "(?:artículo|página|informe|comunicado|reportaje|publicación|nota|reporte)"
_AR = "(?:المقال|التقرير|الصفحة|البيان|الخبر|المادة)"
_WAS = r"(?:has (?:since )?been|was) (?:\w+ )?"
# Laws have articles, which parliaments amend: whoever did it is named, as no editor is.
_NOT_BY = r"\b(?![^.]{0,30} (?:by|par|por) (?!the editor|our editor|la rédaction|la redacción))"
_WRONGLY = "(?:previously|originally|initially|incorrectly|wrongly|erroneously|mistakenly)"
# What says so wherever in the passage it stands.
_SAYS: dict[Kind, tuple[str, ...]] = {
    "correction": (
        rf"\b(?:earlier|previous|prior|original) (?:version|edition)s? of this (?:{_EN}|document|text)\b",
        rf"\bthis {_EN} {_WAS}corrected{_NOT_BY}",
        r"\ba correction (?:was|has been) (?:made|added|appended)\b",
        rf"\bthis {_EN} (?:had )?{_WRONGLY} (?:stated|said|reported|identified|gave|named|attributed|listed)\b",
        r"\bwe (?:apologi[sz]e for|regret) (?:the|this|that|any|our) (?:error|mistake|inaccuracy)",
        rf"\bversion (?:antérieure|précédente|initiale|originale) de (?:cet|cette|ce) {_FR}\b",
        rf"\bla (?:première|précédente) version de (?:cet|cette|ce) {_FR}\b",
        rf"\b(?:cet|cette|ce) {_FR} a été (?:\w+ )?(?:corrigé|rectifié)e?{_NOT_BY}",
        rf"\bversión (?:anterior|previa|original) de est[ea] (?:{_ES}|documento|texto)\b",
        rf"\best[ea] {_ES} (?:ha sido|fue) (?:corregid|rectificad)[oa]{_NOT_BY}",
        rf"نسخة سابقة من هذ[اه] (?:{_AR}|النص)",
        rf"(?:تم|جرى) تصحيح هذ[اه] {_AR}",
    ),
    "clarification": (
        rf"\bthis {_EN} {_WAS}clarified{_NOT_BY}",
        rf"\b(?:cet|cette|ce) {_FR} a été (?:\w+ )?(?:clarifié|précisé)e?{_NOT_BY}",
    ),
    "update": (
        rf"\bthis {_EN} {_WAS}(?:updated|amended|revised|edited|modified|republished){_NOT_BY}",
        rf"\b(?:headline|title) of this {_EN} {_WAS}(?:updated|amended|changed){_NOT_BY}",
        rf"\bthis is an? (?:updated|revised|corrected|amended) (?:version|{_EN})\b",
        rf"\b(?:cet|cette|ce) {_FR} a été (?:\w+ )?(?:mise? à jour|actualisée?|modifiée?){_NOT_BY}",
        rf"\best[ea] {_ES} (?:ha sido|fue|se ha) (?:actualizad|modificad)[oa]{_NOT_BY}",
        rf"(?:تم|جرى) (?:تحديث|تعديل) هذ[اه] {_AR}",
    ),
    "retraction": (
        rf"\bthis {_EN} {_WAS}(?:retracted|withdrawn|taken down){_NOT_BY}",
        rf"\b(?:cet|cette|ce) {_FR} a été (?:retiré|rétracté)e?{_NOT_BY}",
        rf"\best[ea] {_ES} (?:ha sido|fue) (?:retirad|retractad)[oa]{_NOT_BY}",
        rf"(?:تم|جرى) سحب هذ[اه] {_AR}",
    ),
}
_ORDER: tuple[Kind, ...] = ("retraction", "correction", "clarification", "update", "note")


class Notice(NamedTuple):
    """That a passage is a notice, of which *kind*, and the words that show it."""

    kind: Kind
    words: str


def notice_in(text: str) -> Notice | None:
    """The notice that the passage *text* is; None for any other."""
    line = _folded(text)
    starts = [0, *(part.end() for part in islice(_PART.finditer(line), _PARTS))]
    labelled = [start for start in starts if line[start : start + _SHORT] in _BEGINNINGS]
    if not labelled and not _ANY_FORM.search(line):
        return None  # as of nearly all passages
    for kind in _ORDER:
        for start in labelled:
            label = _OPENS[kind].match(line, start)
            if label and _is_set_off(label[0], line[label.end() :], is_whole=not start):
                return Notice(kind, label[0])
        for form in _FORMS.get(kind, ()):
            if said := form.search(line):
                return Notice(kind, said[0])
    return None


def _is_set_off(label: str, rest: str, *, is_whole: bool) -> bool:
    """Whether *rest* shows that *label* before it is one; *is_whole*: the passage begins with it."""
    if not rest.strip(" ."):
        return is_whole and label in _ALONE
    if _SET_OFF.match(rest):
        return True
    mention = next(find_dates(rest[:_DATED]), None)
    return mention is not None and not _WORD.search(_BEFORE_DATE.sub("", rest[: mention.start]))


def _folded(text: str) -> str:
    """The start of *text* in one case and typography; Arabic without vowel signs and with one form of alif."""
    return _one_form(plain(shown(text[:_REACH])).casefold().lstrip("*[(-•·>\"' "))


def _one_form(line: str) -> str:
    return line if line.isascii() else _ARABIC_SIGNS.sub("", line).translate(_ARABIC_FORMS)


def _names(labels: str) -> list[str]:
    """The labels of a list, as they stand in a folded text, the longest first."""
    names = (_folded(label.strip()) for label in re.split(r"[|\n]", labels) if label.strip())
    return sorted(names, key=len, reverse=True)


def _opening(labels: str) -> re.Pattern[str]:
    any_of = "|".join(map(re.escape, _names(labels)))
    return re.compile(rf"(?:{any_of})\b(?: (?:no\.? ?|n° ?|#)?\d{{1,2}}(?!\d| \w))?")


_OPENS = {kind: _opening(labels) for kind, labels in _LABELS.items()}
_FORMS = {kind: tuple(re.compile(_one_form(form)) for form in forms) for kind, forms in _SAYS.items()}
_ANY_FORM = re.compile("|".join(form.pattern for forms in _FORMS.values() for form in forms))
# These mean nothing else; "Correction" and "Updates" head parts of many a text.
_ALONE = frozenset(
    _names("""
        erratum | errata | corrigendum | corrigenda | correction notice | correction appended | rectificatif
        fe de erratas | fe de errores | editor's note | editors' note | note de la rédaction | nota del editor
        nota de la redacción | ملاحظة المحرر
    """)
)
_SHORT = 4
_BEGINNINGS = frozenset(name[:_SHORT] for labels in _LABELS.values() for name in _names(labels))
