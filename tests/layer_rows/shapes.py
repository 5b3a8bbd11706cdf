"""Cases of what changes the shape: reshaping, parts and copies, padding, resizing, patches."""

from layer_rows.specs import IDS, IMAGE, SEQUENCE, VECTOR, VOLUME, Rows

from workbench.layers import TensorSpec

_EDGES = {"1d": (1, 2), "2d": (1, 0, 2, 3), "3d": (0, 1, 2, 0, 1, 2)}
_INPUTS = {"1d": SEQUENCE, "2d": IMAGE, "3d": VOLUME}

PADDING: Rows = {
    f"{kind}Pad{directions}": [
        ({}, [_INPUTS[directions]]),
        ({"padding": _EDGES[directions], **value}, [_INPUTS[directions]]),
    ]
    for directions in _INPUTS
    for kind, value in {
        "Zero": {},
        "Constant": {"value": -1.5},
        "Reflection": {},
        "Replication": {},
        "Circular": {},
    }.items()
}

ROWS: Rows = {
    **PADDING,
    "Flatten": [
        ({}, [IMAGE]),
        ({}, [IDS]),
        ({"start_dim": 2}, [IMAGE]),
        ({"start_dim": -3, "end_dim": 2}, [IMAGE]),
    ],
    "Unflatten": [
        ({}, [VECTOR]),
        ({"dim": -1, "unflattened_size": (3, -1)}, [IMAGE]),
        ({"unflattened_size": (2, 2, 3)}, [IDS]),
    ],
    "Reshape": [({}, [IMAGE]), ({"shape": (9, -1, 2)}, [IMAGE]), ({"shape": (3, 4)}, [IDS])],
    "Permute": [({}, [SEQUENCE]), ({"dims": (2, 3, 1)}, [IMAGE])],
    "Transpose": [({}, [SEQUENCE]), ({"dim0": -1, "dim1": 1}, [IMAGE]), ({}, [TensorSpec((3, 4), "int64")])],
    "Squeeze": [
        ({}, [TensorSpec((1, 6))]),
        ({"dim": -1}, [TensorSpec((4, 5, 1))]),
        ({"dim": 2}, [TensorSpec((3, 1, 4))]),
    ],
    "Unsqueeze": [({}, [VECTOR]), ({"dim": -1}, [IMAGE]), ({"dim": 2}, [IDS])],
    "Select": [({}, [SEQUENCE]), ({"dim": -1, "index": -2}, [IMAGE]), ({"dim": 2, "index": 3}, [IMAGE])],
    "Slice": [
        ({"stop": 3}, [VECTOR]),
        ({"dim": -1, "start": -5, "stop": -1}, [IMAGE]),
        ({"dim": 2, "start": 1, "step": 3}, [IMAGE]),
        ({}, [IDS]),
    ],
    "Repeat": [({}, [VECTOR]), ({"dim": -2, "repeats": 3}, [IMAGE]), ({}, [IDS])],
    "Upsample": [
        ({}, [IMAGE]),
        ({"scale_factor": 1.5, "mode": "bilinear"}, [IMAGE]),
        ({"scale_factor": 3.0, "mode": "bilinear", "align_corners": True}, [IMAGE]),
        ({"mode": "bicubic"}, [IMAGE]),
        ({"mode": "linear"}, [SEQUENCE]),
        ({"mode": "trilinear"}, [VOLUME]),
        ({"scale_factor": 1.5, "mode": "nearest-exact"}, [IMAGE]),
        ({"scale_factor": 0.5}, [VOLUME]),
    ],
    "PixelShuffle": [({}, [IMAGE]), ({"upscale_factor": 3}, [TensorSpec((9, 2, 3))])],
    "PixelUnshuffle": [({}, [TensorSpec((2, 4, 6))]), ({"downscale_factor": 3}, [TensorSpec((1, 6, 9))])],
    "ChannelShuffle": [({}, [IMAGE]), ({"groups": 3}, [SEQUENCE]), ({}, [VOLUME])],
    "Crop2d": [({}, [IMAGE]), ({"size": (10, 6)}, [IMAGE]), ({"size": 5}, [IMAGE])],
    "PatchEmbed": [
        ({}, [TensorSpec((3, 8, 12))]),
        ({"embed_dim": 5, "patch_size": (5, 3), "bias": False}, [IMAGE]),
    ],
    "Unfold": [
        ({}, [IMAGE]),
        ({"kernel_size": (2, 3), "dilation": (2, 1), "padding": (0, 1), "stride": 2}, [IMAGE]),
    ],
}
