"""Cases of the layers of vectors and sequences, of those that join inputs, and of those for data."""

from layer_rows.specs import IDS, IMAGE, SEQUENCE, STEPS, VECTOR, Rows

from workbench.layers import TensorSpec

ROWS: Rows = {
    "Input": [({"shape": (8,)}, []), ({"shape": (12,), "dtype": "int64"}, [])],
    "Linear": [({}, [VECTOR]), ({"out_features": 5, "bias": False}, [SEQUENCE])],
    "Embedding": [({}, [IDS]), ({"num_embeddings": 10, "embedding_dim": 3}, [IDS])],
    "Standardize": [({}, [VECTOR]), ({"invert": True}, [TensorSpec((1,))]), ({"eps": 0.1}, [IMAGE])],
    "LSTM": [
        ({}, [STEPS]),
        ({"hidden_size": 5, "returns": "sequence"}, [STEPS]),
        ({"hidden_size": 4, "num_layers": 2, "bidirectional": True, "dropout": 0.2}, [STEPS]),
        ({"hidden_size": 4, "bidirectional": True, "returns": "sequence"}, [STEPS]),
    ],
    "GRU": [
        ({}, [STEPS]),
        ({"hidden_size": 5, "returns": "sequence"}, [STEPS]),
        ({"hidden_size": 4, "num_layers": 2, "bidirectional": True, "dropout": 0.2}, [STEPS]),
        ({"hidden_size": 4, "bidirectional": True, "returns": "sequence"}, [STEPS]),
    ],
    "Add": [({}, [VECTOR, VECTOR]), ({}, [IMAGE, IMAGE, IMAGE])],
    "Multiply": [({}, [VECTOR, VECTOR]), ({}, [SEQUENCE, SEQUENCE])],
    "Concat": [
        ({}, [VECTOR, TensorSpec((3,))]),
        ({"dim": 2}, [SEQUENCE, TensorSpec((12, 2)), SEQUENCE]),
        ({"dim": -1}, [IMAGE, TensorSpec((4, 10, 2))]),
    ],
}
