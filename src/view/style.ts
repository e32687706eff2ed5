import type { ChalkInstance } from 'chalk';

/** Colours by what they mean, so that a view never names a colour. */
export type Paint = (text: string) => string;

export interface Style {
  readonly sent: Paint;
  readonly received: Paint;
  /** FIN and RSV1–3. */
  readonly flags: Paint;
  readonly opcode: Paint;
  readonly length: Paint;
  /** The masking key. */
  readonly mask: Paint;
  /** Payload as it is on the wire, still masked. */
  readonly masked: Paint;
  readonly payload: Paint;
  /** What `escapeText` had to spell out. */
  readonly escape: Paint;
  readonly dim: Paint;
  readonly bold: Paint;
  readonly good: Paint;
  readonly bad: Paint;
  readonly warn: Paint;
}

export type ColorLevel = 0 | 1 | 2 | 3;

export interface ColorQuestion {
  /** `--color`; left out means `auto`. */
  readonly flag?: 'auto' | 'always' | 'never' | undefined;
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** Whether the stream that is written to is a terminal; stdout and stderr are judged separately. */
  readonly isTTY: boolean;
}

/**
 * How many colours to use: 0 none, 1 the basic 16, 2 the 256, 3 all. The flag decides, then FORCE_COLOR, NO_COLOR,
 * CLICOLOR_FORCE, TERM=dumb, the terminal and CLICOLOR, in this order.
 */
export function colorLevel({ flag = 'auto', variables, isTTY }: ColorQuestion): ColorLevel {
  if (flag === 'never') return 0;
  if (flag === 'always') return depth(variables);
  const { FORCE_COLOR: force, NO_COLOR: no, CLICOLOR_FORCE: clicolorForce, CLICOLOR: clicolor, TERM: term } = variables;
  if (force !== undefined) return forcedLevel(force, variables);
  if (no !== undefined && no !== '') return 0;
  if (clicolorForce !== undefined && clicolorForce !== '' && clicolorForce !== '0') return depth(variables);
  if (term === 'dumb' || !isTTY || clicolor === '0') return 0;
  return depth(variables);
}

function forcedLevel(force: string, variables: ColorQuestion['variables']): ColorLevel {
  if (force === '0' || force === 'false') return 0;
  if (force === '1' || force === '2' || force === '3') return Number(force) as ColorLevel;
  return depth(variables);
}

function depth({ COLORTERM = '', TERM = '' }: ColorQuestion['variables']): ColorLevel {
  if (/^(truecolor|24bit)$/i.test(COLORTERM) || /-(direct|truecolor)$/.test(TERM)) return 3;
  return /-256(color)?$/i.test(TERM) ? 2 : 1;
}

const asIs: Paint = (text) => text;

/** No colour at all, and no chalk loaded. */
export const plainStyle: Style = {
  sent: asIs,
  received: asIs,
  flags: asIs,
  opcode: asIs,
  length: asIs,
  mask: asIs,
  masked: asIs,
  payload: asIs,
  escape: asIs,
  dim: asIs,
  bold: asIs,
  good: asIs,
  bad: asIs,
  warn: asIs,
};

/** The style for a colour level; chalk is loaded only where there is colour. */
export async function colorStyle(level: ColorLevel): Promise<Style> {
  if (level === 0) return plainStyle;
  const { Chalk } = await import('chalk');
  return styleOf(new Chalk({ level }));
}

/**
 * Only colours that can be read on a dark and on a light background: of the basic 16, yellow and white are lost on paper,
 * blue and black on slate.
 */
function styleOf(chalk: ChalkInstance): Style {
  return {
    sent: chalk.cyan,
    received: chalk.magenta,
    flags: chalk.cyan,
    opcode: chalk.bold,
    length: chalk.green,
    mask: chalk.magenta,
    masked: chalk.dim,
    payload: asIs,
    escape: chalk.inverse,
    dim: chalk.dim,
    bold: chalk.bold,
    good: chalk.green,
    bad: chalk.red.bold,
    warn: chalk.magenta.bold,
  };
}
