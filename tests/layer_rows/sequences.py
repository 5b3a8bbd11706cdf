"""Cases of the layers of vectors and sequences, of those for data and for signals."""

from layer_rows.specs import IDS, IMAGE, SEQUENCE, STEPS, VECTOR, Rows

from workbench.layers import TensorSpec

HEADS = TensorSpec((5, 8))
MEMORY = TensorSpec((7, 8))
WAVE = TensorSpec((64,))
STEREO = TensorSpec((2, 64))

_RECURRENT: list = [
    ({}, [STEPS]),
    ({"hidden_size": 5, "returns": "sequence"}, [STEPS]),
    ({"hidden_size": 4, "num_layers": 2, "bidirectional": True, "dropout": 0.2}, [STEPS]),
    ({"hidden_size": 4, "bidirectional": True, "returns": "sequence"}, [STEPS]),
]
_TRANSFORMER = {
    "nhead": 2,
    "dim_feedforward": 12,
    "dropout": 0.3,
    "activation": "gelu",
    "layer_norm_eps": 1e-3,
    "norm_first": True,
    "bias": False,
    "is_causal": True,
}
_MEL = {
    "n_fft": 32,
    "hop_length": 8,
    "power": 1.0,
    "center": False,
    "sample_rate": 8000.0,
    "n_mels": 6,
    "f_min": 100.0,
    "f_max": 3500.0,
    "mel_scale": "slaney",
    "norm": "slaney",
}

ROWS: Rows = {
    "Input": [({"shape": (8,)}, []), ({"shape": (12,), "dtype": "int64"}, [])],
    "Output": [({}, [VECTOR]), ({}, [IDS])],
    "Linear": [({}, [VECTOR]), ({"out_features": 5, "bias": False}, [SEQUENCE])],
    "Bilinear": [
        ({"out_features": 3}, [VECTOR, TensorSpec((5,))]),
        ({"out_features": 2, "bias": False}, [STEPS, HEADS]),
    ],
    "Identity": [({}, [VECTOR]), ({}, [IDS])],
    "Embedding": [
        ({}, [IDS]),
        ({"num_embeddings": 10, "embedding_dim": 3}, [IDS]),
        ({"num_embeddings": 11, "embedding_dim": 3, "padding_idx": 10}, [IDS]),
    ],
    "EmbeddingBag": [
        ({}, [IDS]),
        ({"num_embeddings": 10, "embedding_dim": 3, "mode": "sum", "padding_idx": 4}, [IDS]),
        ({"num_embeddings": 10, "embedding_dim": 3, "padding_idx": 4}, [IDS]),
        ({"num_embeddings": 10, "embedding_dim": 3, "mode": "max"}, [IDS]),
        ({"num_embeddings": 10, "embedding_dim": 3, "mode": "max", "padding_idx": 4}, [IDS]),
    ],
    "Standardize": [({}, [VECTOR]), ({"invert": True}, [TensorSpec((1,))]), ({"eps": 0.1}, [IMAGE])],
    "Cast": [({}, [VECTOR]), ({"dtype": "float32"}, [IDS]), ({"dtype": "float32"}, [VECTOR])],
    "OneHot": [({}, [IDS]), ({"num_classes": 7}, [TensorSpec((3, 4), "int64")])],
    "LSTM": _RECURRENT,
    "GRU": _RECURRENT,
    "RNN": [*_RECURRENT, ({"hidden_size": 3, "nonlinearity": "relu"}, [STEPS])],
    "MeanOverTime": [({}, [STEPS])],
    "MaxOverTime": [({}, [STEPS])],
    "LastStep": [({}, [STEPS])],
    "FirstStep": [({}, [STEPS])],
    "ReverseTime": [({}, [STEPS])],
    "MultiheadAttention": [
        ({}, [HEADS]),
        ({"num_heads": 2, "is_causal": True}, [HEADS]),
        ({"num_heads": 4, "dropout": 0.3}, [HEADS, MEMORY]),
        ({"num_heads": 2, "bias": False}, [HEADS, TensorSpec((7, 3)), TensorSpec((7, 5))]),
        ({"num_heads": 2, "is_causal": True}, [HEADS, TensorSpec((4, 3))]),
    ],
    "TransformerEncoderLayer": [
        ({"dim_feedforward": 16}, [HEADS]),
        ({"nhead": 2, "dim_feedforward": 16, "is_causal": True}, [HEADS]),
        (_TRANSFORMER, [HEADS]),
    ],
    "TransformerDecoderLayer": [
        ({"dim_feedforward": 16}, [HEADS, MEMORY]),
        (_TRANSFORMER, [HEADS, MEMORY]),
    ],
    "SinusoidalPositions": [({}, [STEPS]), ({"base": 100.0}, [TensorSpec((4, 5))])],
    "LearnedPositions": [({}, [STEPS]), ({"max_length": 9}, [STEPS])],
    "RotaryPositions": [({}, [STEPS]), ({"base": 100.0}, [HEADS])],
    "ClassToken": [({}, [STEPS])],
    "Spectrogram": [
        ({"n_fft": 8}, [WAVE]),
        ({"n_fft": 32, "hop_length": 10, "power": 1.0, "log": True}, [STEREO]),
        ({"n_fft": 15, "power": 0.5, "center": False}, [WAVE]),
    ],
    "MelSpectrogram": [
        ({"n_fft": 8, "n_mels": 3}, [WAVE]),
        ({**_MEL, "log": True}, [STEREO]),
    ],
    "MFCC": [
        ({"n_fft": 8, "n_mels": 3, "n_mfcc": 2}, [WAVE]),
        ({**_MEL, "n_mfcc": 6}, [STEREO]),
    ],
}
