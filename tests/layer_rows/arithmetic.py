"""Cases of the layers that join inputs, and of plain arithmetic."""

from layer_rows.specs import IMAGE, SEQUENCE, STEPS, VECTOR, Rows

from workbench.layers import TensorSpec

CHANNELS = TensorSpec((4, 1, 1))
MATRIX = TensorSpec((6, 3))

ROWS: Rows = {
    "Add": [({}, [VECTOR, VECTOR]), ({}, [IMAGE, IMAGE, IMAGE]), ({}, [IMAGE, CHANNELS])],
    "Multiply": [({}, [VECTOR, VECTOR]), ({}, [SEQUENCE, SEQUENCE]), ({}, [CHANNELS, IMAGE])],
    "Average": [({}, [VECTOR, VECTOR]), ({}, [IMAGE, IMAGE, CHANNELS])],
    "Maximum": [({}, [VECTOR, VECTOR]), ({}, [IMAGE, IMAGE, CHANNELS])],
    "Minimum": [({}, [VECTOR, VECTOR]), ({}, [IMAGE, IMAGE, CHANNELS])],
    "Subtract": [({}, [VECTOR, VECTOR]), ({}, [IMAGE, CHANNELS])],
    "Divide": [({}, [VECTOR, VECTOR]), ({}, [IMAGE, CHANNELS])],
    "Reparameterize": [({}, [VECTOR, VECTOR]), ({}, [IMAGE, IMAGE])],
    "MatMul": [
        ({}, [STEPS, MATRIX]),
        ({"transpose_b": True}, [STEPS, SEQUENCE]),
        ({}, [TensorSpec((2, *STEPS.shape)), TensorSpec((2, *MATRIX.shape))]),
    ],
    "DotProduct": [({}, [VECTOR, VECTOR]), ({}, [STEPS, STEPS])],
    "CosineSimilarity": [({}, [VECTOR, VECTOR]), ({"eps": 0.1}, [STEPS, STEPS])],
    "Concat": [
        ({}, [VECTOR, TensorSpec((3,))]),
        ({"dim": 2}, [SEQUENCE, TensorSpec((12, 2)), SEQUENCE]),
        ({"dim": -1}, [IMAGE, TensorSpec((4, 10, 2))]),
    ],
    "Stack": [
        ({}, [VECTOR, VECTOR]),
        ({"dim": 4}, [IMAGE, IMAGE]),
        ({"dim": -1}, [STEPS, STEPS, STEPS]),
    ],
    "Scale": [({"factor": 2.5}, [VECTOR]), ({"factor": 0.5, "offset": -1.0, "learned": True}, [IMAGE])],
    "LayerScale": [({}, [IMAGE]), ({"init_value": 0.1, "dim": -1}, [SEQUENCE])],
    "Clamp": [({}, [VECTOR]), ({"min": -0.5, "max": 0.75}, [IMAGE])],
    "Abs": [({}, [VECTOR])],
    "Neg": [({}, [VECTOR])],
    "Exp": [({}, [VECTOR])],
    "Log": [({}, [VECTOR]), ({"eps": 0.1}, [IMAGE])],
    "Sqrt": [({}, [VECTOR]), ({"eps": 0.1}, [IMAGE])],
    "Pow": [({}, [VECTOR]), ({"exponent": 3.0}, [IMAGE])],
    "Reciprocal": [({}, [VECTOR])],
    "MeanOver": [({}, [VECTOR]), ({"dim": 1}, [SEQUENCE]), ({"dim": 2, "keepdim": True}, [IMAGE])],
    "SumOver": [({}, [VECTOR]), ({"dim": 1}, [SEQUENCE]), ({"dim": 2, "keepdim": True}, [IMAGE])],
    "MaxOver": [({}, [VECTOR]), ({"dim": 1}, [SEQUENCE]), ({"dim": 2, "keepdim": True}, [IMAGE])],
    "MinOver": [({}, [VECTOR]), ({"dim": 1}, [SEQUENCE]), ({"dim": 2, "keepdim": True}, [IMAGE])],
    "ArgMax": [({}, [VECTOR]), ({"dim": 1}, [SEQUENCE]), ({"dim": 2, "keepdim": True}, [IMAGE])],
}
