import json
from threading import Thread

from made_runs import made_run

from workbench.runs.info import Parent


def test_a_file_without_the_newer_fields_opens(tmp_path):
    run = made_run(tmp_path)
    raw = json.loads((run.folder / "run.json").read_text())
    for key in ("parent", "changes", "tags", "notes"):
        del raw[key]
    (run.folder / "run.json").write_text(json.dumps(raw))
    info = run.info()
    assert (info.parent, info.changes, info.tags, info.notes) == (None, (), (), "")


def test_what_people_write_comes_back(tmp_path):
    run = made_run(tmp_path)
    change = {"event": "changed", "step": 3, "name": "optimizer.lr", "before": 0.1, "value": 0.01}
    run.update(
        tags=("good", "für später"), notes="Zeile\n二", parent=Parent(run="0007", step=12), changes=(change,)
    )
    info = run.info()
    assert info.tags == ("good", "für später")
    assert info.notes == "Zeile\n二"
    assert info.parent == Parent(run="0007", step=12)
    assert info.changes == (change,)


def test_notes_and_figures_written_at_once_are_both_kept(tmp_path):
    run = made_run(tmp_path)
    threads = [Thread(target=lambda: [run.update(step=n) for n in range(40)])]
    threads.append(Thread(target=lambda: [run.update(notes=str(n)) for n in range(40)]))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (run.info().step, run.info().notes) == (39, "39")
