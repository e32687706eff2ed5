import type { Options } from '../../cli/value.ts';
import type { Env, OutputStream } from '../../env.ts';
import { escapeText } from '../../view/escape.ts';
import { type ColorLevel, colorLevel, colorStyle, plainStyle, type Style } from '../../view/style.ts';

/** How one stream is written to: its colours, its width, and the door through which a peer's words pass. */
export interface Look {
  readonly style: Style;
  /** Columns. */
  readonly width: number;
  readonly safe: (text: string) => string;
}

export async function lookOf(options: Options, env: Env, stream: OutputStream): Promise<Look> {
  const style = await styleFor(levelOf(options, env, stream));
  const width = stream.isTTY && stream.columns ? stream.columns : 80;
  return { style, width, safe: (text) => escapeText(text, { mark: style.escape }) };
}

function levelOf(options: Options, env: Env, stream: OutputStream): ColorLevel {
  const flag = options.off('color') ? 'never' : (options.text('color') as 'auto' | 'always' | 'never' | undefined);
  return colorLevel({ flag, variables: env.variables, isTTY: stream.isTTY === true });
}

function styleFor(level: ColorLevel): Promise<Style> | Style {
  return level === 0 ? plainStyle : colorStyle(level);
}
