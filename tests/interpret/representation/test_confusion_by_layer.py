import numpy as np
import pytest
import torch
from sklearn.metrics import confusion_matrix
from sklearn.neighbors import NearestCentroid

from workbench.errors import UserError
from workbench.interpret.representation.confusion_by_layer import ConfusionByLayer, nearest_centre
from workbench.interpret.representation.fit_parts import fit_parts
from workbench.interpret.representation.layer_features import layer_features
from workbench.interpret.subject import Subject


@pytest.mark.filterwarnings("ignore:self.within_class_std_dev_")  # of scikit-learn's shrinkage, unused here
def test_tables_are_those_of_scikit_learn(model, images):
    arrays = ConfusionByLayer().run(Subject(model, images)).arrays
    fitted, judged = fit_parts(images.targets, True, 0)
    found = layer_features(Subject(model, images), model.layer_ids, np.arange(9), 2048)
    for number, name in enumerate(arrays["layers"]):
        rows = found.features[str(name)]
        said = NearestCentroid().fit(rows[fitted], images.targets[fitted]).predict(rows[judged])
        wanted = confusion_matrix(images.targets[judged], said, labels=range(3))
        np.testing.assert_array_equal(arrays["confusion"][number], wanted)
        assert arrays["accuracy"][number] == np.trace(wanted) / wanted.sum()
    own = confusion_matrix(images.targets[judged], found.outputs.argmax(1).numpy()[judged], labels=range(3))
    np.testing.assert_array_equal(arrays["model"], own)


def test_classes_that_are_not_there():
    rows = np.array([[0.0], [1], [10], [11]], np.float32)
    said = nearest_centre(rows, np.array([1, 1, 4, 4]), np.array([[2.0], [9]], np.float32))
    assert said.tolist() == [1, 4]


def test_values_have_no_classes(values_model, values):
    with pytest.raises(UserError, match="no classes to mix up"):
        ConfusionByLayer().run(Subject(values_model, values))


def test_a_layer_that_is_not_finite(model, images):
    with torch.no_grad():
        model.fc1.weight[0] = torch.nan
    arrays = ConfusionByLayer().run(Subject(model, images)).arrays
    assert np.isnan(arrays["accuracy"][-1])
    assert not arrays["confusion"][-1].any()
