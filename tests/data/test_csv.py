import csv as stdlib_csv
import io
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from workbench.data.csv import Csv
from workbench.errors import UserError
from workbench.graph import DataSection


def table(tmp_path: Path, text: str | bytes, name: str = "table.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


HOUSES = """id,area,rooms,kind,garden,built,price
1,50.5,2,flat,no,1999-01-02,200.5
2,80,3,house,yes,2001-05-06,310
3,,4,house,yes,2010-11-12,405.25
4,65,2,flat,no,1985-03-04,249
5,120,5,villa,yes,1970-01-01,650
6,70,NA,flat,no,2020-01-01,
7,90,3,villa,yes,1999-12-31,500
8,55,2,house,no,2003-03-03,260
"""


@pytest.fixture
def houses(tmp_path, read):
    return read("csv", table(tmp_path, HOUSES))


def test_columns_become_features_by_what_they_hold(houses):
    assert houses.features == ("area", "rooms", "kind=flat", "kind=house", "kind=villa", "garden")
    assert houses.inputs.dtype == np.float32
    assert houses.inputs.shape == (7, 6)
    np.testing.assert_allclose(houses.inputs[0], [50.5, 2, 1, 0, 0, 0])
    np.testing.assert_allclose(houses.inputs[4], [120, 5, 0, 0, 1, 1])
    assert (houses.name, houses.kind, houses.target) == ("table", "table", "price")


def test_the_last_column_is_the_target_and_its_task_is_worked_out(houses):
    assert houses.task == "regression"
    assert houses.targets.dtype == np.float32
    np.testing.assert_allclose(houses.targets, [200.5, 310, 405.25, 249, 650, 500, 260])
    assert houses.classes == ()


def test_missing_numbers_get_the_median_of_the_rows_that_are_used(houses):
    assert houses.inputs[2, 0] == np.median([50.5, 80, 65, 120, 90, 55])


def test_what_was_done_is_told(houses):
    told = " ".join(houses.notes)
    assert "1 rows without a value of the target 'price'" in told
    assert "1 in 'area' with its median, 72.5" in told
    assert "holds dates or times: 'built'" in told
    assert "only numbers the rows: 'id'" in told


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_separator_is_found(tmp_path, read, separator):
    text = "a,b,kind\n1,2.5,x\n2,3.5,y\n4,1.5,x\n3,1.5,y\n".replace(",", separator)
    source = read("csv", table(tmp_path, text))
    assert source.features == ("a", "b")
    np.testing.assert_allclose(source.inputs[:2], [[1, 2.5], [2, 3.5]])
    assert source.classes == ("x", "y")


def test_text_in_quotes_may_hold_separators_and_line_ends(tmp_path, read):
    text = 'a,b,kind\n1,"p, q",x\n2,"r\ns",y\n5,"p, q",x\n1,"r\ns",y\n'
    assert read("csv", table(tmp_path, text)).features == ("a", "b=p, q", "b=r\ns")


def test_decimal_commas(tmp_path, read):
    source = read("csv", table(tmp_path, "a;b\n1,5;2,25\n-,5;3,5\n2;4,75\n"))
    np.testing.assert_allclose(source.inputs[:, 0], [1.5, -0.5, 2])
    np.testing.assert_allclose(source.targets, [2.25, 3.5, 4.75])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_encodings_and_line_ends(tmp_path, read, encoding, line_end):
    raw = "größe,art\n1,süß\n2,süß\n3,scharf\n1,scharf\n".replace("\n", line_end).encode(encoding)
    source = read("csv", table(tmp_path, raw))
    assert source.features == ("größe",)
    assert source.classes == ("scharf", "süß")
    assert source.notes == ()


def test_latin_1_is_read_and_told(tmp_path, read):
    source = read("csv", table(tmp_path, "größe,art\n1,süß\n2,süß\n3,sauer\n1,sauer\n".encode("latin-1")))
    assert source.classes == ("sauer", "süß")
    assert "Latin-1" in source.notes[0]


@pytest.mark.parametrize("name", ["target", "Label", "CLASS", "y", "species"])
def test_a_column_with_a_usual_name_is_the_target(tmp_path, read, name):
    source = read("csv", table(tmp_path, f"{name},b\n1.5,2\n2.5,4\n3.5,5\n"))
    assert source.target == name
    assert source.features == ("b",)


def test_the_projects_target_wins(tmp_path, read):
    source = read("csv", table(tmp_path, "a,target\n1.5,2\n2.5,4\n3.5,7\n"), target="a")
    assert source.target == "a"
    assert source.features == ("target",)


@pytest.mark.parametrize(
    ("values", "task", "classes"),
    [
        (["no", "yes"] * 10, "classification", ("no", "yes")),
        (["True", "False"] * 10, "classification", ("False", "True")),
        (["0", "1"] * 10, "classification", ("0", "1")),
        (["10", "9", "2"] * 10, "classification", ("2", "9", "10")),
        (["1.0", "2.0"] * 10, "classification", ("1", "2")),
        (["1.5", "2.5"] * 10, "regression", ()),
        ([str(n) for n in range(30)], "regression", ()),
        ([str(n % 19) for n in range(60)], "regression", ()),
        ([str(n % 19) for n in range(200)], "classification", tuple(str(n) for n in range(19))),
    ],
)
def test_the_task_follows_from_the_target(tmp_path, read, values, task, classes):
    rows = "".join(f"{n * 7 % 11},{value}\n" for n, value in enumerate(values))
    source = read("csv", table(tmp_path, f"a,b\n{rows}"))
    assert source.task == task
    assert source.classes == classes
    if classes:
        assert source.targets.dtype == np.int64
        assert [
            float(source.classes[n]) if values[0][0].isdigit() else source.classes[n] for n in source.targets
        ] == [float(value) if value[0].isdigit() else value for value in values]


def test_the_projects_task_wins(tmp_path, read):
    path = table(tmp_path, "a,b\n" + "".join(f"{n * 7 % 11},{n % 2}\n" for n in range(20)))
    assert read("csv", path, task="regression").targets.dtype == np.float32
    assert read("csv", path, task="classification").classes == ("0", "1")


def test_columns_without_use_are_left_out(tmp_path, read):
    rows = "".join(f"name {n},7,,x,{n * n % 17},{n % 2}\n" for n in range(40))
    source = read("csv", table(tmp_path, f"name,constant,empty,one,use,kind\n{rows}"))
    assert source.features == ("use",)
    told = " ".join(source.notes)
    assert "hardly repeats: 'name'" in told
    assert "one value only: 'constant' and 'one'" in told
    assert "no values: 'empty'" in told


def test_a_counter_is_kept_where_it_is_all_there_is(tmp_path, read):
    source = read("csv", table(tmp_path, "x,y\n1,2.5\n2,4.5\n3,6.5\n"))
    assert source.features == ("x",)


def test_an_id_by_name_is_left_out(tmp_path, read):
    rows = "".join(f"{n * 37 % 101},{n % 7},{n % 2}\n" for n in range(50))
    assert read("csv", table(tmp_path, f"customer_id,a,kind\n{rows}")).features == ("a",)
    assert read("csv", table(tmp_path, f"liquid,a,kind\n{rows}")).features == ("liquid", "a")


def test_a_little_text_among_numbers_is_missing(tmp_path, read):
    rows = "".join(f"{'oops' if n == 5 else n * 3 + 0.5},{n % 2}\n" for n in range(100))
    source = read("csv", table(tmp_path, f"a,kind\n{rows}"))
    assert source.features == ("a",)
    assert "'oops' in 'a'" in " ".join(source.notes)


@pytest.mark.parametrize("value", ["inf", "-inf", "NaN", "1e300", "", "?"])
def test_what_is_no_finite_number_is_missing(tmp_path, read, value):
    source = read("csv", table(tmp_path, f"a,b\n1,2.5\n{value},3.5\n3,4.5\n5,5.5\n"))
    np.testing.assert_allclose(source.inputs[:, 0], [1, 3, 3, 5])
    source = read("csv", table(tmp_path, f"a,b\n1,2.5\n2,{value}\n4,4.5\n5,5.5\n"))
    np.testing.assert_allclose(source.inputs[:, 0], [1, 4, 5])
    assert np.isfinite(source.targets).all()


def test_a_missing_text_is_none_of_the_values(tmp_path, read):
    source = read("csv", table(tmp_path, "a,b,t\n1,p,1.5\n2,,2.5\n4,q,3.5\n6,p,4.5\n2,q,5.5\n"))
    np.testing.assert_allclose(source.inputs[1], [2, 0, 0])


def test_names_missing_or_twice_are_made_up(tmp_path, read):
    source = read("csv", table(tmp_path, ",a,a,\n5,1,2,1.5\n3,4,1,2.5\n9,3,3,3.5\n"))
    assert source.target == "column 4"
    assert source.features == ("a", "a (2)")


def test_a_first_line_of_numbers_is_data(tmp_path, read):
    source = read("csv", table(tmp_path, "5.1,3.5,setosa\n4.9,3.0,other\n5.5,3.1,setosa\n5.6,3.9,other\n"))
    assert len(source) == 4
    assert source.features == ("column 1", "column 2")
    assert "read as data" in source.notes[0]


def test_numbers_that_count_the_columns_are_names(tmp_path, read):
    assert read("csv", table(tmp_path, "0,1,2\n1.5,2,3\n2.5,1,4\n5.5,7,5\n3,1,2\n")).features == ("0", "1")


def test_trailing_separators_and_blank_lines(tmp_path, read):
    source = read("csv", table(tmp_path, "a,b,\n1,2.5,\n\n4,3.5,\n\n"))
    assert (source.target, source.features, len(source)) == ("b", ("a",), 2)


def test_columns_lists_the_header(tmp_path):
    assert Csv().columns(table(tmp_path, HOUSES)) == (
        "id",
        "area",
        "rooms",
        "kind",
        "garden",
        "built",
        "price",
    )


BAD = {
    "empty": (b"", "empty"),
    "blank": (b"\n \n", "empty"),
    "header only": (b"a,b\n", "no row"),
    "one column": (b"a\n1\n2\n", "one column"),
    "one class": (b"a,b\n1,x\n2,x\n", "in every sample"),
    "constant value": (b"a,b\n1,2.5\n2,2.5\n", "in every sample"),
    "too many fields": (b"a,b\n1,2\n1,2,3\n", "line 3 has 3 fields, but the first has 2"),
    "too few fields": (b"a,b,c\n1,2,3\n1,2\n", "line 3 has 2 fields"),
    "rubbish": (bytes(range(256)) * 20, "not text"),
    "zip": (b"PK\x03\x04\x14\0\0\0", "not text"),
    "open quote": (b'a,b\n1,"2\n3,4\n', "line 3 has 2 fields|quot"),
    "one column holds values": (b"a,b\n1,\n2,\n", "holds no values: 'b'"),
    "no target": (b"a,y\n1,\n2,\n", "no sample has a target"),
    "text only": (b"a,b\nx,1.5\ny,2.5\nz,3.5\n", "no column beside the target 'b' can be used"),
    "unique text as target": (
        b"a,b\n" + b"".join(b"%d,n%d\n" % (n * 7 % 50, n) for n in range(50)),
        "50 different values in 50 samples",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_files_are_told_in_a_sentence(tmp_path, read, case):
    content, message = BAD[case]
    path = table(tmp_path, content)
    with pytest.raises(UserError, match=message) as error:
        print(read("csv", path))
    assert str(path) in str(error.value)
    assert error.value.remedy


def test_text_is_no_target_of_a_regression(tmp_path, read):
    path = table(tmp_path, "a,b\n1,2.5\n2,much\n3,2\n")
    with pytest.raises(UserError, match="'much', which is no number"):
        read("csv", path, task="regression")


def test_a_folder_is_no_table(tmp_path, read):
    with pytest.raises(UserError, match="folder"):
        read("csv", tmp_path)


def test_a_target_that_is_no_column_is_told_with_the_columns(tmp_path, read):
    with pytest.raises(UserError, match=r"'pricee'.*Did you mean 'price'.*id, area, rooms") as error:
        read("csv", table(tmp_path, HOUSES), target="pricee")
    assert "built" in str(error.value)


quiet = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def read_or_refused(tmp_path, content):
    path = table(tmp_path, content)
    try:
        source = Csv().read(DataSection(format="csv", path=str(path)), path)
    except UserError:
        return
    assert np.isfinite(source.inputs).all()
    assert len(source.inputs) == len(source.targets)


@quiet
@given(st.binary(max_size=400))
def test_any_bytes_are_data_or_a_user_error(tmp_path, content):
    read_or_refused(tmp_path, content)


@quiet
@given(st.text(alphabet='ab1,;"\n\r\t -.é?', max_size=200))
def test_any_text_is_data_or_a_user_error(tmp_path, content):
    read_or_refused(tmp_path, content)


@quiet
@given(
    st.lists(
        st.tuples(
            st.floats(-1e6, 1e6, width=32), st.sampled_from(["p,q", 'r"s', "t\nu", "é"]), st.floats(0, 1)
        ),
        min_size=9,
        max_size=30,
    )
)
def test_what_pythons_writer_writes_is_read_back(tmp_path, rows):
    text = io.StringIO()
    writer = stdlib_csv.writer(text)
    writer.writerow(["a", "b", "t"])
    writer.writerows(rows)
    path = table(tmp_path, text.getvalue())
    try:
        source = Csv().read(DataSection(format="csv", path=str(path), task="regression"), path)
    except UserError as error:
        assert "in every sample" in str(error) or "can be used" in str(error)  # noqa: PT017
        return
    np.testing.assert_allclose(source.targets, np.array([row[2] for row in rows], np.float32))
    for name, column in zip(source.features, source.inputs.T, strict=True):
        expected = [row[0] if name == "a" else name == f"b={row[1]}" for row in rows]
        np.testing.assert_allclose(column, np.array(expected, np.float32))


@pytest.mark.parametrize(
    ("above", "separator"),
    [
        ("sep=;\n", ";"),
        ('"SEP=,"\r\n', ","),
        ("sep=\t\n", "\t"),
        ("# a comment, with a comma\n#\n# and, two more, of them\n", ","),
        ("sep=;\n# a comment; and more\n\n", ";"),
    ],
)
def test_what_stands_above_the_header(tmp_path, read, above, separator):
    lines = [
        separator.join(row)
        for row in (("a", "b", "y"), *((str(n * n), str(-n), "pq"[n % 2]) for n in range(9)))
    ]
    source = read("csv", table(tmp_path, above + "\n".join(lines)))
    assert source.features == ("a", "b")
    assert len(source) == 9
    cut = [*lines[:4], lines[4].rpartition(separator)[0], *lines[5:]]
    number = above.count("\n") + 5
    with pytest.raises(UserError, match=f"line {number} has 2 fields"):
        read("csv", table(tmp_path, above + "\n".join(cut)))


@pytest.mark.parametrize("header", ["#,name,price", "# x,y,price"])
def test_a_header_may_start_with_a_hash(tmp_path, header):
    text = header + "\n" + "".join(f"{n},{n * n % 7},{n * 3 % 5}.5\n" for n in range(9))
    assert Csv().columns(table(tmp_path, text)) == tuple(header.split(","))


@pytest.mark.parametrize("text", ["sep=;\n", "# only\n# comments\n", "#\n", "sep=,\n#,#\n"])
def test_only_what_stands_above_a_header(tmp_path, read, text):
    with pytest.raises(UserError):
        read("csv", table(tmp_path, text))


def test_stray_text_in_a_target_of_numbers(tmp_path, read):
    rows = [f"{n * 7 % 11},{n * 3 % 13},{n * 1.5}" for n in range(60)]
    rows[7] = "1,2,on request"
    rows[9] = "1,2,"
    path = table(tmp_path, "\n".join(["a,b,price", *rows]))
    source = read("csv", path)
    assert (source.task, len(source)) == ("regression", 58)
    assert "1 row whose target 'price' is no number ('on request') was left out." in source.notes
    assert "1 rows without a value of the target 'price' were left out." in source.notes


def test_much_stray_text_in_a_target_is_named(tmp_path, read):
    rows = [f"{n * 7 % 11},{n * 3 % 13},{n * 1.5}" for n in range(60)]
    rows[7:12] = [f"1,2,none {n}" for n in range(5)]
    with pytest.raises(UserError, match="too many to be classes; 'none 0' in it is no number"):
        read("csv", table(tmp_path, "\n".join(["a,b,price", *rows])))


def test_a_text_among_a_few_numbers_is_a_class(tmp_path, read):
    rows = [f"{n * 7 % 11},{n * 3 % 13},{n % 5}" for n in range(60)]
    rows[7] = "1,2,none"
    source = read("csv", table(tmp_path, "\n".join(["a,b,grade", *rows])))
    assert source.classes == ("0", "1", "2", "3", "4", "none")


@pytest.mark.parametrize("name", ["Survived", "quality", "price", "outcome", "diagnosis", "default", "churn"])
def test_usual_names_of_targets(tmp_path, read, name):
    rows = "".join(f"{n % 2},{n * 7 % 11},{n * 3 % 13}\n" for n in range(20))
    assert read("csv", table(tmp_path, f"{name},a,b\n{rows}")).target == name
