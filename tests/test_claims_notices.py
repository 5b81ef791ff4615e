"""Notices of corrections: what is one and what only speaks of such things, in four languages."""

from collections.abc import Callable

import pytest

from scraper.claims import notice_in

NOTICES = {
    "correction": [
        "Correction: An earlier version of this report misstated the number of traders.",
        "CORRECTION (5 May 2024) – The council has eleven members, not twelve.",
        "[Correction, May 5, 2024: the minister’s name has been put right.]",
        "Corrigenda",
        "Erratum: table 2 gave the figures for 2021.",
        "Corrigendum – page 4",
        "Correction 5 May 2024",
        "*An earlier version of this article gave the wrong date for the raid.",
        "The figure is 41. A previous version of this page said 63.",
        "This report was corrected on 5 May 2024 to give the right figure.",
        "This story originally stated that the markets were closed in July.",
        "We regret the error.",
        "A correction was made on May 5, 2024: the council has eleven members.",
        "Rectificatif : le nombre exact est 41.",
        "Erratum - le conseil compte onze membres.",
        "Une version antérieure de cet article indiquait un autre chiffre.",
        "Cet article a été corrigé le 5 mai 2024.",
        "Corrección: el consejo tiene once miembros.",
        "Fe de erratas: la cifra correcta es 41.",
        "Una versión anterior de este informe daba otra cifra.",
        "Este informe ha sido corregido el 5 de mayo de 2024.",
        "تصحيح: عدد التجار 41 وليس 63.",
        "تَصْحِيح: العدد الصحيح هو 41.",
        "ذكرت نسخة سابقة من هذا التقرير رقماً آخر.",
        "تم تصحيح هذا التقرير في 5 مايو 2024.",
    ],
    "clarification": [
        "Clarification: the council was asked twice.",
        "Précision : le conseil a été interrogé deux fois.",
        "Aclaración: se preguntó dos veces al consejo.",
        "توضيح: سئل المجلس مرتين.",
        "This report has been clarified to say who was asked.",
    ],
    "update": [
        "Update: the ministry has answered since.",
        "UPDATE, May 5, 2024 –",
        "Updated May 5, 2024",
        "Last updated on 5 May 2024",
        "Last updated: 2024-05-05",
        "Posted 3 May 2024 | Updated 5 May 2024",
        "Published 3 May 2024, updated 5 May 2024",
        "This article was amended on 5 May 2024. The figure had been left out.",
        "The headline of this story was changed on 5 May 2024.",
        "This article was updated at 5:30pm to include the answer of the ministry.",
        "Page last updated: 5 May 2024",
        "UPDATED: The council answers",
        "Publié le 3 mai 2024, mis à jour le 5 mai 2024",
        "Modifié le 5 mai 2024",
        "Update 2: two more traders were found.",
        "This article was updated on May 5, 2024 to add the answer of the ministry.",
        "This page has since been updated with the answer of the council.",
        "This is an updated version of a report of last year.",
        "Mise à jour le 5 mai 2024",
        "Mis à jour : 5 mai 2024",
        "Dernière mise à jour le 5 mai 2024 à 15 h",
        "Cette page a été mise à jour le 5 mai 2024.",
        "Actualización: el ministerio ha respondido.",
        "Actualizado el 5 de mayo de 2024",
        "Este artículo ha sido actualizado con la respuesta del ministerio.",
        "تحديث: ردت الوزارة.",
        "آخر تحديث: 5 مايو 2024",
        "تم تحديث هذا التقرير بعد رد الوزارة.",
    ],
    "retraction": [
        "Retraction: we withdraw this report.",
        "This article has been retracted.",
        "Cet article a été retiré.",
        "Este artículo ha sido retirado.",
        "تم سحب هذا التقرير.",
    ],
    "note": [
        "Editor’s note: the names of witnesses were changed.",
        "Editors' Note",
        "Note de la rédaction : les noms ont été modifiés.",
        "Nota del editor: los nombres fueron cambiados.",
        "ملاحظة المحرر: تم تغيير الأسماء.",
    ],
}
OTHERS = [
    "The Department of Corrections runs nine prisons.",
    "Corrections officers beat the prisoners.",
    "Correction of the electoral roll began in May.",
    "Correctional facilities are full.",
    "Updates",
    "Corrections",
    "Correction.",
    "Clarifications",
    "Rectification: you may have false data about you put right.",
    "Rectificación: puede pedir que se corrijan sus datos.",
    "Update of the penal code",
    "Updated article 5 of the penal code allows it.",
    "Updating the registers took a year.",
    "The register was updated in May 2023.",
    "Revised laws punish speech.",
    "Amended in 2011, the constitution allows it.",
    "This article was amended by Act No. 5 of 2011.",
    "This statement has been withdrawn by the ministry.",
    "An earlier version of the bill punished speech.",
    "The witness corrected the officer.",
    "Withdrawn troops came back in June.",
    "The retraction of his confession was not heard.",
    "Clarification was asked of the council, and none came.",
    "The council issued a clarification on the markets.",
    "La correction des listes électorales a commencé.",
    "Mise à jour des listes électorales",
    "Cet article a été modifié par la loi du 5 mai 2011.",
    "La précision des chiffres est mise en doute.",
    "La corrección de las listas electorales comenzó.",
    "Este artículo fue modificado por la ley 5 de 2011.",
    "La actualización del registro duró un año.",
    "بدأ تصحيح سجلات الناخبين في مايو.",
    "تحديث السجلات استغرق عاماً.",
    "طلبت اللجنة توضيح الأمر من المجلس.",
    "In May, updates on the markets were sent out.",
    "The law of 1974, amended many times, says so.",
    "Markets closed (update of May not yet in) and open",
    "Modifié par la loi de 2011, le code pénal le permet.",
    "Note: the ministry did not answer.",
    "",
    "—",
]


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in NOTICES.items() for text in texts])
def test_a_notice_is_known_by_its_kind(kind: str, text: str) -> None:
    notice = notice_in(text)
    assert notice
    assert notice.kind == kind
    assert notice.words


@pytest.mark.parametrize("text", OTHERS)
def test_what_only_speaks_of_corrections_is_none(text: str) -> None:
    assert notice_in(text) is None


def test_a_notice_says_so_at_once() -> None:
    assert notice_in("The council met. " * 40 + "An earlier version of this report said otherwise.") is None


def test_precision_and_recall(record_property: Callable[[str, object], None]) -> None:
    texts = [text for texts in NOTICES.values() for text in texts]
    found = [text for text in texts if notice_in(text)]
    false = [text for text in OTHERS if notice_in(text)]
    record_property("notices found", f"{len(found)} of {len(texts)}")
    record_property("others taken for notices", f"{len(false)} of {len(OTHERS)}")
    assert len(texts) + len(OTHERS) >= 40
