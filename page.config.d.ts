import type { Plugin as EsbuildPlugin } from 'esbuild';
import type { Plugin as VitePlugin } from 'vite';

export declare const texts: EsbuildPlugin;
export declare const viteTexts: VitePlugin;
