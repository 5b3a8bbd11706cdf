"""Cases of the layers that images pass through, and of those that take any shape."""

from layer_rows.specs import IDS, IMAGE, SEQUENCE, VECTOR, Rows

from workbench.layers import TensorSpec

ROWS: Rows = {
    "Flatten": [({}, [IMAGE]), ({}, [IDS])],
    "Dropout": [({}, [VECTOR]), ({"p": 0.0}, [IMAGE])],
    "Conv1d": [
        ({}, [SEQUENCE]),
        ({"out_channels": 6, "kernel_size": 3, "padding": "same", "dilation": 2, "groups": 3}, [SEQUENCE]),
        ({"out_channels": 5, "kernel_size": 2, "stride": 2, "padding": 1, "bias": False}, [SEQUENCE]),
    ],
    "Conv2d": [
        ({}, [IMAGE]),
        ({"out_channels": 8, "kernel_size": (3, 5), "padding": "same"}, [IMAGE]),
        (
            {
                "out_channels": 6,
                "stride": (2, 1),
                "padding": (1, 0),
                "dilation": 2,
                "groups": 2,
                "bias": False,
            },
            [IMAGE],
        ),
        ({"out_channels": 3, "kernel_size": 1, "padding": "valid"}, [IMAGE]),
    ],
    "ConvTranspose2d": [
        ({"out_channels": 3}, [IMAGE]),
        ({"out_channels": 3, "kernel_size": 3, "stride": 2, "padding": 1, "output_padding": 1}, [IMAGE]),
        ({"out_channels": 2, "kernel_size": (2, 3), "bias": False}, [IMAGE]),
    ],
    "MaxPool1d": [({}, [SEQUENCE]), ({"kernel_size": 3, "stride": 1, "padding": 1}, [SEQUENCE])],
    "MaxPool2d": [({}, [IMAGE]), ({"kernel_size": (3, 2), "stride": 2, "padding": 1}, [IMAGE])],
    "AvgPool1d": [({}, [SEQUENCE]), ({"kernel_size": 3, "stride": 1, "padding": 1}, [SEQUENCE])],
    "AvgPool2d": [({}, [IMAGE]), ({"kernel_size": (3, 2), "stride": (1, 2), "padding": (1, 0)}, [IMAGE])],
    "AdaptiveAvgPool2d": [({}, [IMAGE]), ({"output_size": (5, 3)}, [IMAGE])],
    "BatchNorm1d": [({}, [VECTOR]), ({"affine": False, "momentum": 0.5, "eps": 0.01}, [SEQUENCE])],
    "BatchNorm2d": [({}, [IMAGE]), ({"affine": False, "momentum": 0.5, "eps": 0.01}, [IMAGE])],
    "LayerNorm": [({}, [VECTOR]), ({"elementwise_affine": False, "eps": 0.01}, [SEQUENCE])],
    "GroupNorm": [({}, [TensorSpec((16,))]), ({"num_groups": 2, "affine": False, "eps": 0.01}, [IMAGE])],
    "LeakyReLU": [({}, [VECTOR]), ({"negative_slope": 0.3}, [IMAGE])],
    "GELU": [({}, [VECTOR]), ({"approximate": "tanh"}, [SEQUENCE])],
    "ELU": [({}, [VECTOR]), ({"alpha": 2.0}, [IMAGE])],
    "ReLU": [({}, [VECTOR]), ({}, [IMAGE])],
    "SiLU": [({}, [VECTOR]), ({}, [IMAGE])],
    "Tanh": [({}, [VECTOR]), ({}, [IMAGE])],
    "Sigmoid": [({}, [VECTOR]), ({}, [IMAGE])],
    "Softmax": [({}, [VECTOR]), ({}, [IMAGE])],
}
