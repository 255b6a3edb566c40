/** Deeper JSON than this is no message of ours, and the database's parser has a limit of its own. */
const MAX_DEPTH = 100;

/** The text itself when the database can keep it as JSON, else the text as one JSON string: nothing of it is lost. */
export function storableJson(text: string): string {
  if (depthOf(text) > MAX_DEPTH) return JSON.stringify(text);
  try {
    JSON.parse(text);
    return text;
  } catch {
    return JSON.stringify(text);
  }
}

/** Deepest nesting of brackets, those in strings included: never too small. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (let i = 0; i < text.length; i += 1) {
    const character = text.charCodeAt(i);
    if (character === 0x5b || character === 0x7b) deepest = Math.max(deepest, (depth += 1));
    else if (character === 0x5d || character === 0x7d) depth -= 1;
  }
  return deepest;
}
