import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.passages.sentences import sentences

CASES = [
    ("The council met. It closed.", ["The council met.", "It closed."]),
    ("Dr. Amina O. Hassan met the envoy. They spoke.", ["Dr. Amina O. Hassan met the envoy.", "They spoke."]),
    ("It was in the U.S. The envoy left.", ["It was in the U.S.", "The envoy left."]),
    ("The U.S. Senate met, i.e. voted.", ["The U.S. Senate met, i.e. voted."]),
    ("They paid 3.5 per cent. No. 5 was open.", ["They paid 3.5 per cent.", "No. 5 was open."]),
    ("See Art. 5, p. 12. It says so.", ["See Art. 5, p. 12.", "It says so."]),
    ("On 3 Jan. 2024 it began. In Jan. It ended.", ["On 3 Jan. 2024 it began.", "In Jan.", "It ended."]),
    ("1. The council denied it. IV. Nothing else.", ["1. The council denied it.", "IV. Nothing else."]),
    ("It happened in 2023. 41 traders left.", ["It happened in 2023.", "41 traders left."]),
    ("“Stop!” he said. “We left.” The army came.", ["“Stop!” he said.", "“We left.”", "The army came."]),
    ("Who did it? Nobody knows! They left…", ["Who did it?", "Nobody knows!", "They left…"]),
    ("He waited… and left. Why (?) Nobody asked.", ["He waited… and left.", "Why (?) Nobody asked."]),
    ("Camps, markets, etc. The army left.", ["Camps, markets, etc.", "The army left."]),
    ("The border.[3] The army. The sea.12 The port.", ["The border.[3]", "The army.", "The sea.12", "The port."]),
    ("The first line\nThe second line", ["The first line", "The second line"]),
    ("« Nous partons. » M. Dupont a répondu. Cf. art. 5.",
     ["« Nous partons. »", "M. Dupont a répondu.", "Cf. art. 5."]),
    ("¿Quién lo hizo? El Sr. Pérez, etc. La ciudad calla.",
     ["¿Quién lo hizo?", "El Sr. Pérez, etc.", "La ciudad calla."]),
    ("Am 3. Mai kam er. Er ging.", ["Am 3. Mai kam er.", "Er ging."]),
    ("هل غادر الجيش؟ نعم، غادر. قال د. أحمد ذلك.", ["هل غادر الجيش؟", "نعم، غادر.", "قال د. أحمد ذلك."]),
    ("調査委員会は確認した。「我々は去る。」と述べた。次の日。",
     ["調査委員会は確認した。", "「我々は去る。」と述べた。", "次の日。"]),
    ("终于结束了！军队走了。", ["终于结束了！", "军队走了。"]),
    ("한국어 문장입니다. 다음 문장입니다.", ["한국어 문장입니다.", "다음 문장입니다."]),
    ("पहला वाक्य। दूसरा वाक्य।", ["पहला वाक्य।", "दूसरा वाक्य।"]),
    ("लोग भागे।गाँव जला॥ कोई नहीं बचा।", ["लोग भागे।", "गाँव जला॥", "कोई नहीं बचा।"]),
    ("“लोग भागे।” उसने कहा।", ["“लोग भागे।”", "उसने कहा।"]),
    ("ሠራዊቱ መጣ። ነዋሪዎቹ ሸሹ፧ማንም አልቀረም።", ["ሠራዊቱ መጣ።", "ነዋሪዎቹ ሸሹ፧", "ማንም አልቀረም።"]),
    ("စစ်တပ် လာသည်။ ရွာသားများ ပြေးသည်။", ["စစ်တပ် လာသည်။", "ရွာသားများ ပြေးသည်။"]),
    ("កងទ័ពមក។អ្នកភូមិរត់។ គ្មាននរណា៕", ["កងទ័ពមក។", "អ្នកភូមិរត់។", "គ្មាននរណា៕"]),
    ("ทหารมา ชาวบ้านหนี", ["ทหารมา ชาวบ้านหนี"]),
    ("فوج آئی۔ لوگ بھاگے۔", ["فوج آئی۔", "لوگ بھاگے۔"]),
    ("no capital letters. none at all.", ["no capital letters. none at all."]),
    ("", []),
    ("  \n ", []),
]  # fmt: skip


@pytest.mark.parametrize(("text", "found"), CASES, ids=[text[:30] for text, _ in CASES])
def test_sentences_end_where_a_reader_ends_them(text: str, found: list[str]) -> None:
    assert [text[start:end] for start, end in sentences(text)] == found


@given(st.text(alphabet="aB .!?…。\n\"'«»[](1)」؟Dr", max_size=60))
def test_nothing_but_white_space_is_between_sentences(text: str) -> None:
    found = [text[start:end] for start, end in sentences(text)]
    assert "".join("".join(found).split()) == "".join(text.split())
    assert all(one == one.strip() != "" for one in found)
