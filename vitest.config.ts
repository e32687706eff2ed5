import { defineConfig } from 'vitest/config';
import { viteTexts } from './page.config.js';

/** No test goes through the proxies of whoever runs it. */
const PROXIES = ['ws_proxy', 'wss_proxy', 'http_proxy', 'https_proxy', 'all_proxy', 'no_proxy'];
const env = Object.fromEntries(PROXIES.flatMap((name) => [name, name.toUpperCase()]).map((name) => [name, '']));

export default defineConfig({
  plugins: [viteTexts],
  test: {
    include: ['test/**/*.test.ts'],
    env,
    // The first test of a file waits for the program to be loaded too: on a busy machine that alone takes seconds.
    // Most of the time a test waits for a process of its own.
    maxWorkers: '100%',
    testTimeout: 20_000,
    hookTimeout: 20_000,
    coverage: { include: ['src/**/*.ts'], reporter: ['text-summary', 'html'] },
  },
});
