import pytest

from workbench.data.load import load
from workbench.data.missing import MissingData
from workbench.data.registry import FORMATS
from workbench.errors import UserError
from workbench.graph import DataSection, Split

ROWS = "a,b,kind\n" + "".join(f"{n * 7 % 11},{n * 3 % 13},{'xy'[n % 2]}\n" for n in range(40))


def test_the_table_of_formats_holds_each_by_its_name():
    assert list(FORMATS) == ["csv", "idx", "arrays", "images", "sklearn"]
    assert all(name == item.name for name, item in FORMATS.items())
    assert all(item.help for item in FORMATS.values())


def test_a_path_is_relative_to_the_project(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "rows.csv").write_text(ROWS)
    section = DataSection(format="csv", path="in/rows.csv", split=Split(validation=0.25, test=0.25))
    found = load(section, tmp_path)
    assert {name: len(indices) for name, indices in found.splits.items()} == {
        "train": 20,
        "validation": 10,
        "test": 10,
    }


def test_a_path_may_be_absolute(tmp_path):
    (tmp_path / "rows.csv").write_text(ROWS)
    assert len(load(DataSection(format="csv", path=str(tmp_path / "rows.csv")), tmp_path / "elsewhere")) == 40


@pytest.mark.parametrize("name", ["csv", "arrays", "idx", "images"])
def test_data_that_are_not_there_can_be_chosen_anew(tmp_path, name):
    section = DataSection(format=name, path="gone")
    with pytest.raises(MissingData, match="no such file or folder") as error:
        load(section, tmp_path)
    assert error.value.section == section
    assert str(tmp_path / "gone") in str(error.value)


def test_an_unknown_format_is_told_with_the_known(tmp_path):
    with pytest.raises(UserError, match=r"'parquet'.*csv, idx, arrays, images, sklearn"):
        load(DataSection(format="parquet", path="x"), tmp_path)


@pytest.mark.parametrize("name", ["arrays", "csv"])
def test_a_folder_where_a_file_is_wanted(tmp_path, name):
    (tmp_path / "folder").mkdir()
    with pytest.raises(UserError, match="folder"):
        load(DataSection(format=name, path="folder"), tmp_path)


def test_a_file_where_a_folder_is_wanted(tmp_path):
    (tmp_path / "file").write_text("x")
    for name in ("images", "idx", "arrays"):
        with pytest.raises(UserError, match="file"):
            load(DataSection(format=name, path="file"), tmp_path)


def test_what_the_system_refuses_is_told(tmp_path, monkeypatch):
    (tmp_path / "rows.csv").write_text(ROWS)
    section = DataSection(format="csv", path="rows.csv")

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(type(FORMATS["csv"]), "read", refuse)
    with pytest.raises(UserError, match=r"can't be read .Permission denied."):
        load(section, tmp_path)


def test_what_memory_cannot_hold_is_told(tmp_path, monkeypatch):
    (tmp_path / "rows.csv").write_text(ROWS)

    def run_out(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(type(FORMATS["csv"]), "read", run_out)
    with pytest.raises(UserError, match="fit into memory"):
        load(DataSection(format="csv", path="rows.csv"), tmp_path)


def test_two_rows_are_too_few(tmp_path):
    (tmp_path / "rows.csv").write_text("a,b\n1,2.5\n2,3.5\n")
    with pytest.raises(UserError, match="at least 3"):
        load(DataSection(format="csv", path="rows.csv"), tmp_path)
