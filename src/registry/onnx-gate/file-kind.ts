import { OnnxRefusedError } from './onnx-refused-error.js';

const CONVERT =
  'Convert the model to ONNX first. scikit-learn: skl2onnx.to_onnx(model, X[:1].astype("float32"), options={"zipmap": False}); ' +
  'LightGBM and XGBoost: onnxmltools.convert_lightgbm(model, initial_types=[("input", FloatTensorType([None, n]))]) or convert_xgboost(...); ' +
  'CatBoost: model.save_model("model.onnx", format="onnx"); PyTorch: torch.onnx.export(model, x, "model.onnx", dynamic_axes={"input": {0: "N"}}).';

const ARCHIVES: readonly [name: string, magic: readonly number[]][] = [
  ['a gzip file', [0x1f, 0x8b]],
  ['a zip file (joblib, PyTorch, Keras or NumPy archives are zip files)', [0x50, 0x4b, 0x03, 0x04]],
  ['an HDF5 file (Keras)', [0x89, 0x48, 0x44, 0x46]],
  ['a zstd file', [0x28, 0xb5, 0x2f, 0xfd]],
  ['an xz file', [0xfd, 0x37, 0x7a, 0x58]],
  ['a bzip2 file', [0x42, 0x5a, 0x68]],
  ['an LZ4 file', [0x04, 0x22, 0x4d, 0x18]],
  ['a CatBoost binary model', [0x43, 0x42, 0x4d, 0x31]],
];

/**
 * Refuses, by their first bytes, files that people upload by mistake and files that would take another way through ONNX
 * Runtime than the one we check. No file is ever unpickled or unpacked.
 */
export function refuseOtherFileKinds(bytes: Uint8Array): void {
  // Pickle protocols 2 to 5 start with PROTO and their number; a joblib dump is such a pickle too.
  if (bytes[0] === 0x80 && bytes[1]! >= 2 && bytes[1]! <= 5) {
    throw new OnnxRefusedError(
      'pickle',
      'The file is a Python pickle (pickle or joblib), not an ONNX model. Loading a pickle runs code, so pickles are never accepted.',
      CONVERT,
    );
  }
  for (const [name, magic] of ARCHIVES) {
    if (startsWith(bytes, magic)) {
      throw new OnnxRefusedError(
        'archive',
        `The file is ${name}, not an ONNX model. Upload the .onnx file itself, uncompressed.`,
        CONVERT,
      );
    }
  }
  // ONNX Runtime takes any bytes with this mark at 4 for its own flatbuffer format, whatever else they are.
  if (startsWith(bytes.subarray(4), [0x4f, 0x52, 0x54, 0x4d])) {
    throw new OnnxRefusedError(
      'ort-format',
      "The file is in ONNX Runtime's own .ort format, which cannot be checked. Upload the .onnx file it was made from.",
    );
  }
}

function startsWith(bytes: Uint8Array, magic: readonly number[]): boolean {
  return magic.every((byte, i) => bytes[i] === byte);
}
