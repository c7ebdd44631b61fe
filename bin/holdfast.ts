#!/usr/bin/env node
// The program: switches on the compile cache before anything of weight is loaded, and leaves the rest to main.
import { enableCompileCache } from 'node:module'
import { join } from 'node:path'
import { env, exit } from 'node:process'

// TypeScript is stripped and compiled once, not at every start; threads of vitest read the variable.
const cache = join(import.meta.dirname, '..', 'node_modules', '.cache', 'holdfast')
env['NODE_COMPILE_CACHE'] ??= cache
enableCompileCache(cache)

const { main } = await import('./main.ts')
exit(await main())
