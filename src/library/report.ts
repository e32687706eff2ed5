/** Reports what a caller's function threw as Node does for a listener: as an uncaught exception, at its own time. */
export function reportException(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}
