import type { ListenOptions, Server } from 'node:net';

/** Resolves once the server listens; rejects with the system's error. */
export function opened(server: Server, options: ListenOptions & { readonly fd?: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(options, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
