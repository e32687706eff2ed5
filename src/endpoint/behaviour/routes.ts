import { shortened } from '../../protocol/handshake/fault-words.ts';
import type { RequestHead } from '../../protocol/http/head.ts';
import type { PolicyRefusal } from '../admitting.ts';
import type { BehaviourKind } from './behaviour.ts';

/** Which clients are treated how: by the path that they ask for. The longest route wins, and a route ends where a segment does. */
export interface Route {
  /** `/chat`; a slash at the end makes no difference. */
  readonly path: string;
  readonly kind: BehaviourKind;
}

export interface Found {
  readonly kind: BehaviourKind;
  /** Its path, without a slash at the end; empty for `/`. */
  readonly route: string;
  /** The rest of the path that was asked for, percent-encoding decoded. */
  readonly rest: string;
}

export class Routes {
  /** The longest first. */
  readonly #routes: readonly { readonly route: string; readonly segments: readonly string[]; readonly kind: BehaviourKind }[];
  readonly #fallback: BehaviourKind | undefined;

  /** `fallback`: for every other path; without one the others are not found. */
  constructor(routes: readonly Route[], fallback: BehaviourKind | undefined) {
    this.#routes = routes
      .map(({ path, kind }) => ({ route: path.replace(/\/+$/, ''), segments: segmentsOf(path.replace(/\/+$/, '')), kind }))
      .toSorted((a, b) => b.segments.length - a.segments.length);
    this.#fallback = fallback;
  }

  get kinds(): readonly BehaviourKind[] {
    const kinds = this.#routes.map(({ kind }) => kind);
    return this.#fallback ? [...kinds, this.#fallback] : kinds;
  }

  find(target: string): Found | undefined {
    const segments = segmentsOf(pathOf(target));
    const found = this.#routes.find((route) => route.segments.every((segment, index) => segment === segments[index]));
    if (found) return { kind: found.kind, route: found.route, rest: restOf(segments.slice(found.segments.length)) };
    return this.#fallback && { kind: this.#fallback, route: '', rest: restOf(segments) };
  }

  /** Why a request is not let in: nothing is served at its path, or no more clients just now. */
  refusal({ target }: RequestHead): PolicyRefusal | undefined {
    const found = this.find(target);
    return found ? found.kind.refusal?.() : this.#notFound(target);
  }

  /**
   * "If the requested service is not available, the server MUST send an appropriate HTTP error code (such as 404 Not
   * Found)" (RFC 6455 §4.2.2).
   */
  #notFound(target: string): PolicyRefusal {
    const paths = this.#routes.map(({ route }) => route || '/').toSorted();
    return {
      status: 404,
      finding: {
        id: 'path',
        level: 'fail',
        side: 'client',
        section: 'RFC 6455 §4.2.2',
        requirement: 'Something is served at this path (--route adds one)',
        actual: pathOf(target),
      },
      why: `nothing is served at "${shortened(pathOf(target))}" (--route adds it)`,
      body: `Nothing is served at this path. There is: ${paths.join(', ')}\n`,
    };
  }
}

/** The path of a request-target, which may be a whole URL. */
export function pathOf(target: string): string {
  const path = target.replace(/[?#].*$/s, '');
  return path.startsWith('/') ? path : `/${/^[a-z][a-z0-9+.-]*:\/\/[^/]*\/?(.*)$/is.exec(path)?.[1] ?? path}`;
}

/** What stands behind the slashes; what is no percent-encoding stays as it is. */
function segmentsOf(path: string): string[] {
  return path
    .split('/')
    .slice(1)
    .map((segment) => {
      try {
        return decodeURIComponent(segment);
      } catch {
        return segment;
      }
    });
}

function restOf(segments: readonly string[]): string {
  return segments.map((segment) => `/${segment}`).join('');
}
