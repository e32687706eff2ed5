/** Masked text frames from strings. What was built is let go about every 256 KiB, as a socket would take it. */

const TAKEN = 256 * 1024;

/** Returns messages a second and µs of processor time a message. */
export async function build(candidate, { size, warmup, window }) {
  const { text, flush } = candidate.builder();
  const message = 'x'.repeat(size);
  const batch = Math.max(1, Math.floor(TAKEN / size));
  const run = async (milliseconds) => {
    let messages = 0;
    const startedAt = performance.now();
    const cpu = process.cpuUsage();
    while (performance.now() - startedAt < milliseconds) {
      for (let round = 0; round < 16; round++) {
        for (let i = 0; i < batch; i++) text(message);
        flush();
      }
      messages += 16 * batch;
      await new Promise(setImmediate);
    }
    const { user, system } = process.cpuUsage(cpu);
    const elapsed = performance.now() - startedAt;
    return { rate: (messages / elapsed) * 1000, cpu: (user + system) / messages, elapsed, used: user + system };
  };
  await run(warmup);
  return run(window);
}
