/** Levels of lists and objects in each other. Whatever walks a value calls itself once for each. */
const DEEPEST = 1000;

/** What a client's text says as JSON; `undefined` where it is none, or nests deeper than can be walked. */
export function parseShallowJson(text: string): unknown {
  if (isDeep(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Told from the text: the value would have to be walked. What is no JSON may be told wrongly, and is none anyway. */
function isDeep(text: string): boolean {
  let depth = 0;
  let inText = false;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (inText) {
      if (unit === BACKSLASH) at++;
      else if (unit === QUOTE) inText = false;
    } else if (unit === QUOTE) inText = true;
    else if ((unit === OPENING_BRACKET || unit === OPENING_BRACE) && ++depth > DEEPEST) return true;
    else if (unit === CLOSING_BRACKET || unit === CLOSING_BRACE) depth--;
  }
  return false;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPENING_BRACKET = 0x5b;
const CLOSING_BRACKET = 0x5d;
const OPENING_BRACE = 0x7b;
const CLOSING_BRACE = 0x7d;
