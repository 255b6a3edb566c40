"""Trains the starter model of the demo dataset, checks the ONNX file against LightGBM, and writes the model card.

    python train.py training-rows.csv

The rows come from make-training-rows.mjs. Python is needed only to make this model anew, never to run the program.
"""

import hashlib
import json
import sys
from importlib.metadata import version
from pathlib import Path

import lightgbm
import numpy as np
import onnx
import onnxruntime
import pandas as pd
from onnxmltools import convert_lightgbm
from onnxmltools.convert.common.data_types import FloatTensorType
from sklearn.linear_model import LinearRegression

SEED = 2015
TRAINING_ROWS = 20_000
GAP_ROWS = 288  # one simulated day, so that no testing row has a near copy among the training rows
TESTING_ROWS = 5_000
PARITY_TOLERANCE = 1e-3
EXAMPLE_ROWS = 5
LIBRARIES = ["lightgbm", "numpy", "onnx", "onnxmltools", "onnxruntime", "pandas", "scikit-learn", "skl2onnx"]

PARAMETERS = {
    "n_estimators": 120,
    "num_leaves": 23,
    "learning_rate": 0.06,
    "min_child_samples": 40,
    "random_state": SEED,
    "n_jobs": 1,
    "deterministic": True,
    "force_row_wise": True,
    "verbose": -1,
}


def metrics(truth, predicted):
    """The figures of the reference system; MAPE is a fraction."""
    error = predicted - truth
    mse = float(np.mean(error**2))
    return {
        "MAE": round(float(np.mean(np.abs(error))), 4),
        "MSE": round(mse, 4),
        "RMSE": round(mse**0.5, 4),
        "R2": round(1 - mse / float(np.var(truth)), 4) + 0.0,
        "RMSLE": round(float(np.sqrt(np.mean((np.log1p(predicted) - np.log1p(truth)) ** 2))), 4),
        "MAPE": round(float(np.mean(np.abs(error) / truth)), 4),
    }


def with_float32_thresholds(booster):
    """The same model with every threshold rounded down to float32, the type in which ONNX compares.

    For a float32 x, x <= t is the same as x <= (t rounded down), so no row changes its leaf; the converter's rounding to
    the nearest would move rows that lie on a threshold.
    """

    def round_down(text):
        exact = float(text)
        near = np.float32(exact)
        return repr(float(near if float(near) <= exact else np.nextafter(near, np.float32(-np.inf))))

    lines = []
    for line in booster.model_to_string().splitlines():
        if line.startswith("threshold="):
            line = "threshold=" + " ".join(round_down(text) for text in line[len("threshold=") :].split())
        if not line.startswith("tree_sizes="):  # byte offsets of the old text; LightGBM reads on without them
            lines.append(line)
    return lightgbm.Booster(model_str="\n".join(lines) + "\n")


def main():
    csv = Path(sys.argv[1])
    here = Path(__file__).parent
    rows = pd.read_csv(csv)
    features = list(rows.columns[:-1])
    # The message's doubles reach the model as float32, so it is trained on those.
    x = rows[features].to_numpy(np.float32)
    y = rows["quality"].to_numpy()
    first_test = TRAINING_ROWS + GAP_ROWS
    assert len(rows) == first_test + TESTING_ROWS, f"expected {first_test + TESTING_ROWS} rows, got {len(rows)}"
    x_train, y_train = x[:TRAINING_ROWS], y[:TRAINING_ROWS]
    x_test, y_test = x[first_test:], y[first_test:]

    model = lightgbm.LGBMRegressor(**PARAMETERS).fit(x_train, y_train)
    linear = LinearRegression().fit(x_train, y_train)

    proto = convert_lightgbm(
        with_float32_thresholds(model.booster_),
        name="product_quality",
        initial_types=[("input", FloatTensorType([None, len(features)]))],
        target_opset=15,
        zipmap=False,
    )
    proto.producer_name, proto.producer_version = "onnxmltools", version("onnxmltools")
    onnx.checker.check_model(proto)
    content = proto.SerializeToString()
    (here / "product_quality.onnx").write_bytes(content)

    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    output = session.run(None, {"input": x})[0][:, 0]
    difference = float(np.max(np.abs(output - model.predict(x))))
    assert difference < PARITY_TOLERANCE, f"ONNX Runtime and LightGBM differ by {difference}"

    predicted = output[first_test:].astype(np.float64)
    card = {
        "name": "product_quality_lightgbm",
        "version": 1,
        "description": "Starter model of the demo dataset: gradient-boosted trees that predict the quality of a roasting "
        "machine's product from its layer height and ten thermocouples.",
        "dataset": "product_quality",
        "task": "regression",
        "target": "quality",
        "features": features,
        "metrics": metrics(y_test, predicted),
        "baselines": {
            "linear regression": metrics(y_test, linear.predict(x_test)),
            "mean of the training rows": metrics(y_test, np.full(len(y_test), y_train.mean())),
        },
        "data": {
            "source": "the built-in roaster simulator, scenario steady, 300 s of plant time per row",
            "madeBy": "make-training-rows.mjs",
            "seed": SEED,
            "rows": len(rows),
            "trainingRows": TRAINING_ROWS,
            "gapRows": GAP_ROWS,
            "testingRows": TESTING_ROWS,
            "split": "in time order: the first rows train, one simulated day is left out, the last rows test",
            "sha256": hashlib.sha256(csv.read_bytes()).hexdigest(),
        },
        "training": {
            "madeBy": "train.py",
            "algorithm": "LightGBM regressor, squared error",
            "hyperParameters": {k: v for k, v in PARAMETERS.items() if k not in ("n_jobs", "verbose")},
            "libraries": {library: version(library) for library in LIBRARIES},
        },
        "artifact": {
            "file": "product_quality.onnx",
            "bytes": len(content),
            "sha256": hashlib.sha256(content).hexdigest(),
            "input": {"name": "input", "type": "float32", "shape": [None, len(features)]},
            "output": {"name": session.get_outputs()[0].name, "type": "float32", "shape": [None, 1]},
            "largestDifferenceToLightGBM": difference,
        },
        "examples": {
            "rows": x_test[:EXAMPLE_ROWS].astype(np.float64).round(2).tolist(),
            "outputs": [float(value) for value in predicted[:EXAMPLE_ROWS]],
            "truth": y_test[:EXAMPLE_ROWS].tolist(),
        },
        "licence": "Apache-2.0",
    }
    (here / "card.json").write_text(json.dumps(card, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    print(json.dumps({"bytes": len(content), "difference": difference, **card["metrics"]}))


if __name__ == "__main__":
    main()
