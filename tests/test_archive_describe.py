from pathlib import Path

from scraper.archive.connection import in_memory
from scraper.archive.describe import data_model_markdown
from scraper.archive.descriptions import DESCRIPTIONS

DATA_MODEL = Path(__file__).resolve().parents[1] / "docs" / "data-model.md"


def test_everything_in_the_file_is_described_and_nothing_else() -> None:
    with in_memory() as connection:
        names = connection.execute(
            """select name from sqlite_master where type in ('table', 'view')
               and name not like 'block\\_fts\\_%' escape '\\' and name not like '\\_%' escape '\\'"""
        ).fetchall()
        found = {
            name: {column for (column,) in connection.execute("select name from pragma_table_info(?)", (name,))}
            for (name,) in names
        }
    assert {name: set(columns) - {""} for name, columns in DESCRIPTIONS.items()} == found


def test_an_archive_describes_itself() -> None:
    with in_memory() as connection:
        rows = connection.execute("select object, column, text from description").fetchall()
    assert set(rows) == {(name, column, text) for name, texts in DESCRIPTIONS.items() for column, text in texts.items()}


def test_the_page_on_the_data_model_is_that_of_the_schema() -> None:
    assert DATA_MODEL.read_text(encoding="utf-8") == data_model_markdown(), (
        "write it again: python -c 'from scraper.archive.describe import data_model_markdown as page; "
        'print(page(), end="")\' > docs/data-model.md'
    )
