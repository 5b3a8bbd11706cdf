"""Cases of convolutions, pooling and normalisation: of sequences, images and volumes."""

from layer_rows.specs import IMAGE, SEQUENCE, VECTOR, VOLUME, Rows

from workbench.layers import TensorSpec

_BATCH_NORM = {"affine": False, "momentum": 0.5, "eps": 0.01}
_INSTANCE_NORM = {"affine": True, "momentum": 0.5, "eps": 0.01, "track_running_stats": True}

CONVOLUTIONS: Rows = {
    "Conv1d": [
        ({}, [SEQUENCE]),
        ({"out_channels": 6, "kernel_size": 3, "padding": "same", "dilation": 2, "groups": 3}, [SEQUENCE]),
        ({"out_channels": 5, "kernel_size": 2, "stride": 2, "padding": 1, "bias": False}, [SEQUENCE]),
        ({"out_channels": 2, "padding": 2, "padding_mode": "reflect"}, [SEQUENCE]),
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
        ({"out_channels": 2, "padding": (1, 2), "padding_mode": "reflect"}, [IMAGE]),
        ({"out_channels": 2, "kernel_size": 4, "padding": "same", "padding_mode": "circular"}, [IMAGE]),
        ({"out_channels": 2, "padding": 1, "padding_mode": "replicate"}, [IMAGE]),
    ],
    "Conv3d": [
        ({"out_channels": 3}, [VOLUME]),
        ({"out_channels": 4, "kernel_size": (1, 3, 2), "padding": "same", "groups": 2}, [VOLUME]),
        ({"out_channels": 2, "stride": (2, 1, 1), "padding": (1, 0, 1), "bias": False}, [VOLUME]),
        ({"out_channels": 2, "kernel_size": 2, "dilation": 2, "padding_mode": "circular"}, [VOLUME]),
    ],
    "ConvTranspose1d": [
        ({"out_channels": 3}, [SEQUENCE]),
        ({"out_channels": 2, "kernel_size": 3, "stride": 2, "padding": 1, "output_padding": 1}, [SEQUENCE]),
        ({"out_channels": 6, "groups": 3, "dilation": 2, "bias": False}, [SEQUENCE]),
    ],
    "ConvTranspose2d": [
        ({"out_channels": 3}, [IMAGE]),
        ({"out_channels": 3, "kernel_size": 3, "stride": 2, "padding": 1, "output_padding": 1}, [IMAGE]),
        ({"out_channels": 2, "kernel_size": (2, 3), "bias": False}, [IMAGE]),
        (
            {"out_channels": 2, "groups": 2, "dilation": (2, 3), "stride": (2, 1), "output_padding": (1, 0)},
            [IMAGE],
        ),
    ],
    "ConvTranspose3d": [
        ({"out_channels": 3}, [VOLUME]),
        ({"out_channels": 2, "kernel_size": 3, "stride": 2, "padding": 1, "output_padding": 1}, [VOLUME]),
        ({"out_channels": 2, "groups": 2, "dilation": 2, "bias": False}, [VOLUME]),
    ],
    "DepthwiseConv2d": [
        ({}, [IMAGE]),
        ({"kernel_size": (3, 2), "stride": 2, "padding": 1, "multiplier": 2, "bias": False}, [IMAGE]),
        ({"padding": "same", "dilation": 2}, [IMAGE]),
    ],
    "SeparableConv2d": [
        ({}, [IMAGE]),
        ({"out_channels": 6, "kernel_size": (3, 2), "stride": 2, "padding": 1, "bias": False}, [IMAGE]),
        ({"out_channels": 2, "padding": "same", "dilation": 2}, [IMAGE]),
    ],
}

POOLING: Rows = {
    "MaxPool1d": [
        ({}, [SEQUENCE]),
        ({"kernel_size": 3, "stride": 1, "padding": 1}, [SEQUENCE]),
        ({"stride": 3, "ceil_mode": True, "dilation": 3}, [SEQUENCE]),
    ],
    "MaxPool2d": [
        ({}, [IMAGE]),
        ({"kernel_size": (3, 2), "stride": 2, "padding": 1}, [IMAGE]),
        ({"ceil_mode": True, "dilation": (2, 1)}, [IMAGE]),
    ],
    "MaxPool3d": [
        ({}, [VOLUME]),
        ({"kernel_size": (3, 2, 2), "stride": 1, "padding": 1}, [VOLUME]),
        ({"ceil_mode": True, "dilation": (2, 1, 1)}, [VOLUME]),
    ],
    "AvgPool1d": [
        ({}, [SEQUENCE]),
        ({"kernel_size": 3, "stride": 1, "padding": 1}, [SEQUENCE]),
        (
            {"kernel_size": 4, "stride": 3, "padding": 1, "ceil_mode": True, "count_include_pad": False},
            [SEQUENCE],
        ),
        ({"kernel_size": 4, "stride": 3, "padding": 1, "ceil_mode": True}, [SEQUENCE]),
        ({"stride": 3, "padding": 1, "ceil_mode": True}, [SEQUENCE]),
    ],
    "AvgPool2d": [
        ({}, [IMAGE]),
        ({"kernel_size": (3, 2), "stride": (1, 2), "padding": (1, 0)}, [IMAGE]),
        ({"kernel_size": 4, "padding": 1, "ceil_mode": True, "count_include_pad": False}, [IMAGE]),
    ],
    "AvgPool3d": [
        ({}, [VOLUME]),
        ({"kernel_size": (3, 2, 2), "stride": 1, "padding": 1}, [VOLUME]),
        (
            {"kernel_size": 3, "stride": 2, "padding": 1, "ceil_mode": True, "count_include_pad": False},
            [VOLUME],
        ),
    ],
    "LPPool1d": [
        ({}, [SEQUENCE]),
        ({"norm_type": 1, "kernel_size": 4, "ceil_mode": True}, [SEQUENCE]),
        ({"kernel_size": 3, "stride": 1}, [SEQUENCE]),
    ],
    "LPPool2d": [
        ({}, [IMAGE]),
        ({"norm_type": 1, "kernel_size": (3, 4), "ceil_mode": True}, [IMAGE]),
        ({"kernel_size": 3, "stride": (1, 2)}, [IMAGE]),
    ],
    "AdaptiveAvgPool1d": [({}, [SEQUENCE]), ({"output_size": 4}, [SEQUENCE])],
    "AdaptiveAvgPool2d": [
        ({}, [IMAGE]),
        ({"output_size": (5, 3)}, [IMAGE]),
        ({"output_size": (4, 12)}, [IMAGE]),
    ],
    "AdaptiveAvgPool3d": [({}, [VOLUME]), ({"output_size": (2, 3, 3)}, [VOLUME])],
    "AdaptiveMaxPool1d": [({}, [SEQUENCE]), ({"output_size": 4}, [SEQUENCE])],
    "AdaptiveMaxPool2d": [({}, [IMAGE]), ({"output_size": (4, 7)}, [IMAGE]), ({"output_size": 3}, [IMAGE])],
    "AdaptiveMaxPool3d": [
        ({}, [VOLUME]),
        ({"output_size": (2, 3, 3)}, [VOLUME]),
        ({"output_size": 2}, [VOLUME]),
    ],
    "GlobalAvgPool": [({}, [SEQUENCE]), ({}, [IMAGE]), ({}, [VOLUME])],
    "GlobalMaxPool": [({}, [SEQUENCE]), ({}, [IMAGE]), ({}, [VOLUME])],
}

NORMALISATION: Rows = {
    "BatchNorm1d": [
        ({}, [VECTOR]),
        (_BATCH_NORM, [SEQUENCE]),
        ({"track_running_stats": False}, [SEQUENCE]),
    ],
    "BatchNorm2d": [({}, [IMAGE]), (_BATCH_NORM, [IMAGE]), ({"track_running_stats": False}, [IMAGE])],
    "BatchNorm3d": [({}, [VOLUME]), (_BATCH_NORM, [VOLUME]), ({"track_running_stats": False}, [VOLUME])],
    "InstanceNorm1d": [({}, [SEQUENCE]), (_INSTANCE_NORM, [SEQUENCE])],
    "InstanceNorm2d": [({}, [IMAGE]), (_INSTANCE_NORM, [IMAGE])],
    "InstanceNorm3d": [({}, [VOLUME]), (_INSTANCE_NORM, [VOLUME])],
    "LayerNorm": [
        ({}, [VECTOR]),
        ({"elementwise_affine": False, "eps": 0.01}, [SEQUENCE]),
        ({"dims": 3, "bias": False}, [IMAGE]),
    ],
    "RMSNorm": [
        ({}, [VECTOR]),
        ({"elementwise_affine": False, "eps": 0.01}, [SEQUENCE]),
        ({"dims": 2}, [IMAGE]),
    ],
    "GroupNorm": [
        ({}, [TensorSpec((16,))]),
        ({"num_groups": 2, "affine": False, "eps": 0.01}, [IMAGE]),
        ({"num_groups": 1}, [VOLUME]),
    ],
    "LocalResponseNorm": [
        ({}, [IMAGE]),
        ({"size": 2, "alpha": 0.5, "beta": 0.5, "k": 2.0}, [SEQUENCE]),
        ({"size": 3, "alpha": 0.5}, [VOLUME]),
    ],
    "Normalize": [
        ({}, [VECTOR]),
        ({"order": 1.0, "dim": -1, "eps": 0.01}, [SEQUENCE]),
        ({"order": 3.0}, [IMAGE]),
    ],
}

ROWS: Rows = {**CONVOLUTIONS, **POOLING, **NORMALISATION}
