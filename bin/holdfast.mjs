#!/usr/bin/env node
// The program: switches on the compile cache before anything of weight is loaded, and leaves the
// rest to main.
import { createRequire, enableCompileCache } from 'node:module'
import { join } from 'node:path'

// Not imported from node:process: that would open stdin.
const { argv, env, exit, stderr, stdout } = process

// TypeScript is stripped and compiled once, not at every start; threads of vitest read the
// variable. This file comes before
// the cache: it is JavaScript, so that nothing has to be loaded to strip it.
const cache = join(import.meta.dirname, '..', 'node_modules', '.cache', 'holdfast')
env['NODE_COMPILE_CACHE'] ??= cache
enableCompileCache(cache)

// Whoever reads the output may stop early, e.g. head: that is no error of ours.
for (const stream of [stdout, stderr]) stream.on('error', () => {})

const { bundleFor } = await import('#src/cli/bundled.ts')
const bundle = bundleFor(argv.slice(2))
const { main } =
  bundle === undefined ? await import('#src/cli/main.ts') : createRequire(import.meta.url)(bundle)
const code = await main()
// A pipe takes what it can at once: the rest of a long output would be lost with the process.
await Promise.all(
  [stdout, stderr].map(stream => new Promise(resolve => void stream.write('', resolve))),
)
exit(code)
