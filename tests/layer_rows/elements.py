"""Cases of what works on each value: activations, and what acts while training only."""

from layer_rows.specs import IMAGE, SEQUENCE, VECTOR, VOLUME, Rows

from workbench.layers import TensorSpec

ROWS: Rows = {
    **{
        name: [({}, [VECTOR]), ({}, [IMAGE])]
        for name in (
            "ReLU",
            "ReLU6",
            "SELU",
            "SiLU",
            "Mish",
            "Hardswish",
            "Hardsigmoid",
            "Sigmoid",
            "LogSigmoid",
            "Tanh",
            "Tanhshrink",
            "Softsign",
        )
    },
    "LeakyReLU": [({}, [VECTOR]), ({"negative_slope": 0.3}, [IMAGE])],
    "PReLU": [({}, [VECTOR]), ({"per_channel": True, "init": 0.5}, [IMAGE])],
    "RReLU": [({}, [VECTOR]), ({"lower": 0.2, "upper": 0.4}, [IMAGE])],
    "GELU": [({}, [VECTOR]), ({"approximate": "tanh"}, [SEQUENCE])],
    "ELU": [({}, [VECTOR]), ({"alpha": 2.0}, [IMAGE])],
    "CELU": [({}, [VECTOR]), ({"alpha": 2.0}, [IMAGE])],
    "Softplus": [({}, [VECTOR]), ({"beta": 2.0, "threshold": 0.5}, [IMAGE])],
    "Hardtanh": [({}, [VECTOR]), ({"min_val": -0.25, "max_val": 0.5}, [IMAGE])],
    "Hardshrink": [({}, [VECTOR]), ({"lambd": 0.75}, [IMAGE])],
    "Softshrink": [({}, [VECTOR]), ({"lambd": 0.75}, [IMAGE])],
    "Threshold": [({}, [VECTOR]), ({"threshold": 0.25, "value": -2.0}, [IMAGE])],
    "Softmax": [({}, [VECTOR]), ({}, [IMAGE]), ({"dim": 1}, [IMAGE])],
    "LogSoftmax": [({}, [VECTOR]), ({"dim": 1}, [IMAGE])],
    "Softmin": [({}, [VECTOR]), ({"dim": 2}, [IMAGE])],
    "GLU": [({}, [VECTOR]), ({"dim": 1}, [IMAGE])],
    "Dropout": [({}, [VECTOR]), ({"p": 0.0}, [IMAGE])],
    "Dropout1d": [({}, [SEQUENCE]), ({"p": 0.25}, [SEQUENCE])],
    "Dropout2d": [({}, [IMAGE]), ({"p": 0.25}, [IMAGE])],
    "Dropout3d": [({}, [VOLUME]), ({"p": 0.25}, [VOLUME])],
    "AlphaDropout": [({}, [VECTOR]), ({"p": 0.25}, [IMAGE])],
    "FeatureAlphaDropout": [({}, [SEQUENCE]), ({"p": 0.25}, [IMAGE])],
    "DropPath": [({}, [VECTOR]), ({"p": 0.5}, [IMAGE])],
    "GaussianNoise": [({}, [TensorSpec((3,))]), ({"std": 2.0}, [IMAGE])],
}
