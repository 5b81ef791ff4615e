"""Sentences of many scripts against each other: what a reader of the language would call the words that differ."""

import re

import pytest

from parsers.record import Block, Recommendation, Record
from scraper.diff import diff
from scraper.diff.words import edits, numbers_changed, words_changed

# Before, and what is shown: [-dropped-]{+added+}; how many words differ, and which numbers.
CASES: dict[str, tuple[str, str, int, tuple[tuple[str, str], ...]]] = {
    "Chinese": (
        "2023年3月，该国军队在河边村庄逮捕了四十一名教师。村民随后逃往山区。",
        "2023年3月，该国军队在河边村庄逮捕了[-四十一-]{+五十八+}名教师。村民随后逃往[-山区-]{+首都+}。",
        5,
        (),
    ),
    "Japanese": (
        "2023年3月、軍は川沿いの村で41人の教師を拘束した。住民は山へ逃げた。",
        "2023年3月、軍は川沿いの村で[-41-]{+58+}人の教師を拘束した。住民は[-山-]{+キャンプ+}へ逃げた。",
        2,
        (("41", "58"),),
    ),
    "Korean": (
        "2023년 3월 군은 강가 마을에서 교사 41명을 체포했다. 주민들은 산으로 도망쳤다.",
        "2023년 3월 군은 강가 마을에서 교사 [-41-]{+58+}명을 체포했다. [-주민들은-]{+주민들이+} 산으로 도망쳤다.",
        2,
        (("41", "58"),),
    ),
    "Thai": (
        "ในเดือนมีนาคม ทหารจับกุมครู 41 คนในหมู่บ้านริมแม่น้ำ ชาวบ้านหนีไปบนภูเขา",
        "ในเดือนมีนาคม ทหารจับกุมครู [-41-]{+58+} คนในหมู่บ้านริมแม่น้ำ ชาวบ้านหนีไป[-บนภูเขา-]{+ในเมือง+}",
        5,
        (("41", "58"),),
    ),
    "Hindi": (
        "मार्च 2023 में सेना ने नदी के गाँव में 41 शिक्षकों को गिरफ़्तार किया। लोग पहाड़ की ओर भागे।",
        "मार्च 2023 में सेना ने नदी के गाँव में [-41-]{+58+} शिक्षकों को गिरफ़्तार [-किया-]{+की+}। लोग पहाड़ की ओर भागे।",
        2,
        (("41", "58"),),
    ),
    "Amharic": (
        "በመጋቢት 2015 ሠራዊቱ በወንዙ ዳር 41 መምህራንን አሰረ። ነዋሪዎቹ ወደ ተራራ ሸሹ።",
        "በመጋቢት 2015 ሠራዊቱ በወንዙ ዳር [-41-]{+58+} መምህራንን አሰረ። ነዋሪዎቹ ወደ [-ተራራ-]{+ከተማ+} ሸሹ።",
        2,
        (("41", "58"),),
    ),
    "Amharic with its own spaces": (
        "በመጋቢት፡2015፡ሠራዊቱ፡በወንዙ፡ዳር፡መምህራንን፡አሰረ።",
        "በመጋቢት፡2015፡ሠራዊቱ፡በወንዙ፡ዳር፡[-መምህራንን-]{+ወታደሮችን+}፡አሰረ።",
        1,
        (),
    ),
    "Burmese": (
        "၂၀၂၃ ခုနှစ် မတ်လတွင် စစ်တပ်သည် မြစ်ကမ်းရွာ၌ ဆရာ ၄၁ ဦးကို ဖမ်းဆီးခဲ့သည်။ ရွာသားများ တောင်ပေါ်သို့ ထွက်ပြေးကြသည်။",
        "၂၀၂၃ ခုနှစ် မတ်လတွင် စစ်တပ်သည် မြစ်ကမ်းရွာ၌ ဆရာ [-၄၁-]{+၅၈+} ဦးကို ဖမ်းဆီးခဲ့သည်။ ရွာသားများ [-တောင်ပေါ်-]{+မြို့+}သို့ ထွက်ပြေးကြသည်။",
        3,
        (("၄၁", "၅၈"),),
    ),
    "Khmer": (
        "នៅខែមីនា ឆ្នាំ២០២៣ កងទ័ពបានចាប់ខ្លួនគ្រូបង្រៀន ៤១ នាក់នៅភូមិមាត់ទន្លេ។ អ្នកភូមិបានរត់ទៅភ្នំ។",
        "នៅខែមីនា ឆ្នាំ២០២៣ កងទ័ពបានចាប់ខ្លួនគ្រូបង្រៀន [-៤១-]{+៥៨+} នាក់នៅភូមិមាត់ទន្លេ។ អ្នកភូមិបានរត់ទៅ[-ភ្នំ-]{+ក្រុង+}។",
        3,
        (("៤១", "៥៨"),),
    ),
    "Lao": (
        "ໃນເດືອນມີນາ ທະຫານໄດ້ຈັບກຸມຄູສອນ 41 ຄົນຢູ່ບ້ານແຄມແມ່ນໍ້າ. ຊາວບ້ານໜີໄປພູ.",
        "ໃນເດືອນມີນາ ທະຫານໄດ້ຈັບກຸມຄູສອນ [-41-]{+58+} ຄົນຢູ່ບ້ານແຄມແມ່ນໍ້າ. ຊາວບ້ານໜີໄປ[-ພູ-]{+ເມືອງ+}.",
        4,
        (("41", "58"),),
    ),
    "Arabic": (
        "في مارس 2023 اعتقل الجيش ٤١ معلماً في قرية على النهر. وفرّ السكان إلى الجبال.",
        "في مارس 2023 اعتقل الجيش [-٤١-]{+٥٨+} معلماً في قرية على النهر. وفرّ السكان إلى [-الجبال-]{+المدينة+}.",
        2,
        (("٤١", "٥٨"),),
    ),
    "Hebrew": (
        "במרץ 2023 עצר הצבא 41 מורים בכפר שעל הנהר. התושבים ברחו להרים.",
        "במרץ 2023 עצר הצבא [-41-]{+58+} מורים בכפר שעל הנהר. התושבים ברחו [-להרים-]{+לעיר+}.",
        2,
        (("41", "58"),),
    ),
    "Tibetan": (
        "ཟླ་གསུམ་པར་དམག་མིས་དགེ་རྒན་བཞི་བཅུ་བཟུང་།",
        "ཟླ་གསུམ་པར་དམག་མིས་དགེ་རྒན་[-བཞི-]{+ལྔ+}་བཅུ་བཟུང་།",
        1,
        (),
    ),
    "Persian": (
        "ارتش ۴۱ معلم را بازداشت کرد. مردم می\u200cگریختند.",
        "ارتش [-۴۱-]{+۵۸+} معلم را بازداشت کرد. مردم [-می\u200cگریختند-]{+نمی\u200cگریختند+}.",
        2,
        (("۴۱", "۵۸"),),
    ),
    "Urdu": (
        "فوج نے 41 اساتذہ کو گرفتار کیا۔ لوگ پہاڑوں کی طرف بھاگے۔",
        "فوج نے [-41-]{+58+} اساتذہ کو گرفتار کیا۔ لوگ [-پہاڑوں-]{+شہروں+} کی طرف بھاگے۔",
        2,
        (("41", "58"),),
    ),
    "Tamil": (
        "மார்ச் 2023 இல் இராணுவம் 41 ஆசிரியர்களைக் கைது செய்தது. மக்கள் மலைக்கு ஓடினர்.",
        "மார்ச் 2023 இல் இராணுவம் [-41-]{+58+} ஆசிரியர்களைக் கைது செய்தது. மக்கள் [-மலைக்கு-]{+நகருக்கு+} ஓடினர்.",
        2,
        (("41", "58"),),
    ),
}


@pytest.mark.parametrize("language", CASES)
def test_the_words_that_differ_are_shown_and_counted(language: str) -> None:
    before, shown, count, numbers = CASES[language]
    after = re.sub(r"\[-.*?-\]|\{\+|\+\}", "", shown)
    runs = edits(before, after).runs
    found = "".join(run.before if run.kind == "same" else f"[-{run.before}-]{{+{run.after}+}}" for run in runs)
    assert found == shown
    assert (words_changed(runs), numbers_changed(runs)) == (count, numbers)
    assert {run.kind for run in runs} == {"same", "words"}


def _record(text: str) -> Record:
    blocks = (Block(kind="paragraph", text=text),)
    facts = (Recommendation(text=text),)
    return Record(
        url="https://h.example/a", media_type="text/html", layout="t", revision=1, title="T", blocks=blocks, facts=facts
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [("सड़क की ओर", "सड़क के ओर"), ("มาไม่ได้", "มาใหม่ได้"), ("ភូមិ", "ភូមា"), ("un resume", "un résumé")],
    ids=["Hindi", "Thai", "Khmer", "accent"],
)
def test_a_sign_that_makes_another_word_is_a_change_of_words_in_class_and_digests(one: str, other: str) -> None:
    before, after = _record(one), _record(other)
    changes = diff(before, after)
    assert changes.class_ == "facts"
    assert [change.class_ for change in changes.blocks] == ["words"]
    assert before.digests.cosmetic != after.digests.cosmetic
    assert before.digests.facts != after.digests.facts


@pytest.mark.parametrize(
    ("one", "other"),
    [("كتب المجلس", "كَتَبَ المجلسُ"), ("المجلس", "المجـــلس"), ("שלום", "שָׁלוֹם"), ("قتل ٤١", "قتل 41")],
    ids=["Arabic points", "lengthened letters", "Hebrew points", "digits"],
)
def test_signs_that_a_text_may_lack_are_looks_in_class_and_digests(one: str, other: str) -> None:
    before, after = _record(one), _record(other)
    assert diff(before, after).class_ == "cosmetic"
    assert before.digests.cosmetic == after.digests.cosmetic
    assert before.digests.facts == after.digests.facts
    assert before.digests.content != after.digests.content
