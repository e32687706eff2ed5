import { defineConfig } from 'vitest/config';
import { viteTexts } from './page.config.js';

export default defineConfig({
  plugins: [viteTexts],
  test: {
    include: ['test/**/*.test.ts'],
    coverage: { include: ['src/**/*.ts'], reporter: ['text-summary', 'html'] },
  },
});
