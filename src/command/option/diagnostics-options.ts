import type { Options } from '../../cli/value.ts';
import type { Env } from '../../env.ts';
import type { Dump } from '../../view/frame.ts';
import type { Look } from '../session/look.ts';

/** How much a session says beside its payload, and how. */
export interface DiagnosticsOptions {
  readonly look: Look;
  /** 0 errors only, 1 the handshake, 2 a line a frame, 3 hex. */
  readonly verbosity: number;
  readonly dump: Dump | undefined;
  readonly dumpMax: number | undefined;
  readonly quiet: boolean;
  /** Whether breaches are borne because `--lenient` says so. */
  readonly lenient?: boolean | undefined;
  /** Whether lines begin with the connection's number. */
  readonly numbered: boolean;
  readonly url: string | undefined;
}

/** `-v` and `--dump` as given: which frames are shown, if any. */
export function dumpOf(options: Options): Dump | undefined {
  const given = options.text('dump');
  if (given !== undefined) return given as Dump;
  const verbosity = options.count('verbose');
  return verbosity >= 3 ? 'hex' : verbosity === 2 ? 'line' : undefined;
}

export function diagnosticsOptions(options: Options, look: Look, url: string | undefined, numbered = false): DiagnosticsOptions {
  return {
    look,
    verbosity: options.count('verbose'),
    dump: dumpOf(options),
    dumpMax: options.number('dump-max'),
    quiet: options.flag('quiet'),
    lenient: options.flag('lenient'),
    numbered,
    url,
  };
}

/** Prints lines on stderr. A stderr that is gone is no reason to stop. */
export function stderrPrinter(env: Env): (line: string) => void {
  env.stderr.on('error', () => undefined);
  return (line) => {
    env.stderr.write(`${line}\n`);
  };
}
